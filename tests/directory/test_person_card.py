"""The card beside a name says in short who somebody is, to those who may see them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import make_person
from zhiliu.communities.models import Community
from zhiliu.directory.models import Department, Person
from zhiliu.directory.skills import declare_skills, endorse

pytestmark = pytest.mark.django_db


def vouched(person: Person, *voices: tuple[str, list[Person]]) -> None:
    declare_skills(person, [name for name, _by in voices], by=person)
    for name, people in voices:
        for by in people:
            endorse(person.skills.get(skill__name=name), by=by)


def test_it_tells_name_place_and_the_two_skills_most_vouch_for(
    lin: Person, wang: Person, sun: Person, browse: Any
) -> None:
    Person.objects.filter(pk=wang.pk).update(department=Department.objects.create(name="华东大区"))
    vouched(wang, ("报价", []), ("氟系统检漏", [lin]), ("除霜", [lin, sun]))
    page = browse(lin).get("/people/wang/card/").content.decode()
    assert all(part in page for part in ("王一帆", "wáng yī fān", "华东大区", "工龄 2 年"))
    assert page.index("除霜") < page.index("2 位同事认可") < page.index("氟系统检漏") < page.index("1 位同事认可")
    assert "报价" not in page and "被请教" not in page


def test_it_has_the_acts_of_the_profile(lin: Person, wang: Person, browse: Any) -> None:
    page = browse(lin).get("/people/wang/card/").content.decode()
    assert 'href="/people/wang/"' in page and "看主页" in page
    assert "/people/wang/thanks/" in page and "?with=wang" in page
    own = browse(wang).get("/people/wang/card/").content.decode()
    assert "/people/wang/thanks/" not in own and "?with=wang" not in own


def test_guests_see_and_are_seen_in_their_communities_only(
    lin: Person, zhao: Person, sun: Person, community: Community, browse: Any
) -> None:
    assert browse(zhao).get("/people/lin/card/").status_code == 200
    assert browse(lin).get("/people/zhao/card/").status_code == 200
    assert browse(zhao).get("/people/sun/card/").status_code == 404
    assert browse(sun).get("/people/zhao/card/").status_code == 404
    assert browse(sun).get("/people/nobody/card/").status_code == 404


def test_strangers_are_led_to_sign_in(client: Any, lin: Person) -> None:
    assert client.get("/people/lin/card/").status_code == 302


def test_one_and_three_skills_ask_the_same_number_of_questions(lin: Person, wang: Person, browse: Any) -> None:
    client, counts = browse(lin), []
    for size in (1, 3):
        voices = [(f"本事 {n}", [make_person(f"p{size}{n}")]) for n in range(size)]
        vouched(wang, *voices)
        client.get("/people/wang/card/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/people/wang/card/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] and counts[0] <= 6, counts
