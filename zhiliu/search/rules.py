"""Rules of the search."""

from __future__ import annotations

from zhiliu.directory.rules import is_admin
from zhiliu.kit.contracts.rules import name_rule

keeps_synonyms = name_rule("search.keep_synonyms", is_admin)
