"""Colleagues are found by the surname in full with the initials of the given name, also those who were here before."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from tests.cast import make_person
from zhiliu.directory.models import NameKey, Person

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    return [person.name for person in Person.objects.named(text)]


def test_surname_and_initials_find_a_colleague() -> None:
    make_person("lin", name="林晓岚")
    make_person("anna", name="Anna Li")
    assert (found("linxl"), found("annl")) == (["林晓岚"], [])


def test_those_who_were_here_before_get_their_keys() -> None:
    person = make_person("shan", name="单雄飞")
    NameKey.objects.filter(person=person, key__in=["shanxf", "danxf", "chanxf"]).delete()
    assert found("shanxf") == []
    migration = import_module("zhiliu.directory.migrations.0002_surname_keys")
    for _turn in range(2):
        migration.add_keys(apps, None)
        assert found("shanxf") == found("danxf") == ["单雄飞"]
