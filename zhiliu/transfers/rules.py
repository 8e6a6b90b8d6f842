"""Who may bring things in from files."""

from __future__ import annotations

from zhiliu.directory.rules import is_admin
from zhiliu.kit.rules import name_rule

can_import = name_rule("transfers.import", is_admin)
