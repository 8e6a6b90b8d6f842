"""What two administrators do to synonyms at the same moment."""

from __future__ import annotations

import pytest

from tests.cast import make_person
from tests.directory.test_races import together
from zhiliu.directory.models import Organisation
from zhiliu.search.models import Synonym, SynonymGroup
from zhiliu.search.synonyms import add_synonyms

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_word_added_twice_at_once_is_in_one_group() -> None:
    Organisation(name="岭东冷链").save()
    first, second = make_person("admin"), make_person("lin", is_admin=True)
    lines = ("除霜、化霜", "除霜、融霜")
    added: list[SynonymGroup] = []
    together(
        lambda: added.append(add_synonyms(lines[0], by=first)), lambda: added.append(add_synonyms(lines[1], by=second))
    )
    assert len(added) == 2
    assert SynonymGroup.objects.count() == 1
    assert set(Synonym.objects.values_list("word", flat=True)) == {"除霜", "化霜", "融霜"}
