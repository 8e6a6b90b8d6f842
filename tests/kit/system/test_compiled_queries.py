"""Questions that are composed once and asked with other values."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhiliu.directory.models import Person
from zhiliu.kit.models import Session
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.web.sessions import SessionStore

pytestmark = pytest.mark.django_db


def test_a_prepared_question_answers_as_the_query_set_does(lin: Any, wang: Any) -> None:
    Person.objects.filter(pk=lin.pk).update(extra={"籍贯": "岭东"}, hired_on=dt.date(2020, 2, 29), is_admin=True)
    asked = CompiledQuery(lambda key: Person.objects.filter(pk=key, is_active=True).order_by(), 1)
    for person in (lin, wang):
        found, usual = asked.first(person.pk), Person.objects.get(pk=person.pk)
        assert found is not None
        names = [field.attname for field in Person._meta.concrete_fields]
        assert {name: getattr(found, name) for name in names} == {name: getattr(usual, name) for name in names}
    assert asked.first(lin.pk).extra == {"籍贯": "岭东"}  # type: ignore[union-attr]
    assert asked.first(0) is None


def test_what_changed_since_is_in_the_answer(lin: Any) -> None:
    asked = CompiledQuery(lambda key: Person.objects.filter(pk=key, is_active=True).order_by(), 1)
    assert asked.first(lin.pk) is not None
    Person.objects.filter(pk=lin.pk).update(is_active=False)
    assert asked.first(lin.pk) is None


def test_rows_are_those_of_values_list_in_its_order(lin: Any, wang: Any) -> None:
    def make(handle: str, key: int) -> Any:
        people = Person.objects.filter(handle=handle) | Person.objects.filter(pk=key)
        return people.order_by("name").values_list("name", "joined_at", "is_admin", "manager__name")

    asked = CompiledQuery(make, "", 1)
    with CaptureQueriesContext(connection) as queries:
        assert asked.rows(lin.handle, wang.pk) == list(make(lin.handle, wang.pk))
        assert asked.rows("'; --", wang.pk) == list(make("'; --", wang.pk))
    assert len(queries) == 4


def test_a_list_of_keys_is_one_value_however_long_it_is(lin: Any, wang: Any) -> None:
    asked = CompiledQuery(
        lambda keys, names: Person.objects.filter(pk__among=keys, name__among=names).values_list("pk", flat=True),
        [1],
        [""],
    )
    everybody = [lin.pk, wang.pk]
    with CaptureQueriesContext(connection) as queries:
        assert {key for (key,) in asked.rows(everybody, [lin.name, wang.name, "'; --"])} == set(everybody)
        assert asked.rows(list(range(wang.pk + 1, wang.pk + 5000)), [wang.name]) == []
        assert asked.rows([wang.pk], [lin.name, wang.name]) == [(wang.pk,)]
        assert asked.rows([], [wang.name]) == []
    assert len(queries) == 4


def test_a_session_is_found_until_it_expires() -> None:
    session_store = SessionStore()
    session_store["word"] = "水"
    session_store.save()
    assert SessionStore(session_store.session_key)["word"] == "水"
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    expired = SessionStore(session_store.session_key)
    assert "word" not in expired and expired.session_key is None
    assert "word" not in SessionStore("no-such-session-at-all")


def test_addresses_in_templates_are_those_of_django_escaped() -> None:
    text = Template('{% url "communities:home" slug %}|{% url "communities:home" slug=slug as kept %}{{ kept }}')
    assert text.render(Context({"slug": "a-b"})) == "/communities/a-b/|/communities/a-b/"
