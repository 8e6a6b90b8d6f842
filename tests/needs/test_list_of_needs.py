"""The list of needs is searched, ordered and taken along; who is anonymous stays so in the file."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zhiliu.audit.models import Entry
from zhiliu.comments.commenting import comment
from zhiliu.communities.models import Community
from zhiliu.directory.models import Department, Person
from zhiliu.needs.models import Need
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import close_need, set_support, voice_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def needs(
    community: Community, wang: Person, xu: Person, lin: Person, django_capture_on_commit_callbacks: Any
) -> list[Need]:
    """The first is most wanted, the second most discussed and anonymous, the third the newest."""
    Person.objects.filter(pk=wang.pk).update(department=Department.objects.create(name="售后部"))
    wanted = voice_need(community, title="压缩机半夜停机", body="三号库", by=wang)
    discussed = voice_need(community, title="老师傅不肯教", by=wang, anonymous=True)
    newest = voice_need(community, title="漏氟先查哪", by=wang)
    set_support(wanted, on=True, by=xu)
    with django_capture_on_commit_callbacks(execute=True):
        comment("need", discussed.pk, body="同感", by=lin)
    return [wanted, discussed, newest]


def titles(client: Client, community: Community, query: str = "") -> list[str]:
    return [row.need.title for row in client.get(f"/communities/{community.slug}/needs/?{query}").context["rows"]]


def lines(client: Client, community: Community, query: str = "") -> list[str]:
    answer = client.get(f"/communities/{community.slug}/needs/export/?{query}&as=csv")
    return str(b"".join(answer.streaming_content).decode("utf-8-sig")).splitlines()  # type: ignore[attr-defined]


def test_needs_have_three_orders(needs: list[Need], community: Community, xu: Person, browse: Any) -> None:
    wanted, discussed, newest = (need.title for need in needs)
    client = browse(xu)
    assert titles(client, community) == [newest, wanted, discussed]
    assert titles(client, community, "order=support") == [wanted, newest, discussed]
    assert titles(client, community, "order=discussed") == [discussed, newest, wanted]
    assert titles(client, community, "order=nonsense&show=nonsense") == [newest, wanted, discussed]


def test_needs_are_found_by_words_of_title_and_text_among_those_that_are_shown(
    needs: list[Need], community: Community, xu: Person, lin: Person, browse: Any
) -> None:
    client = browse(xu)
    assert titles(client, community, "q=漏氟") == ["漏氟先查哪"]
    assert titles(client, community, "q=三号库") == ["压缩机半夜停机"]
    close_need(needs[2], reason="查过了", by=lin)
    assert titles(client, community, "q=漏氟") == []
    assert titles(client, community, "q=漏氟&show=closed") == ["漏氟先查哪"]
    assert "没找到需求" in client.get(f"/communities/{community.slug}/needs/?q=漏氟").content.decode()


def test_the_file_holds_what_the_list_shows_and_names_nobody_who_is_anonymous(
    needs: list[Need], community: Community, xu: Person, browse: Any
) -> None:
    client, today = browse(xu), timezone.localdate().isoformat()
    assert lines(client, community, "order=support") == [
        "标题,状态,提出人,部门,也有这个需求的人数,评论数,题目,提出日期",
        f"压缩机半夜停机,进行中,王一帆,售后部,1,0,,{today}",
        f"漏氟先查哪,进行中,王一帆,售后部,0,0,,{today}",
        f"老师傅不肯教,进行中,匿名,,0,1,,{today}",
    ]
    assert [line.split(",")[0] for line in lines(client, community, "q=漏氟")[1:]] == ["漏氟先查哪"]
    entries = Entry.objects.filter(verb="directory.list_exported", by_id=xu.pk, community_id=community.pk)
    assert [entry.subject for entry in entries] == [f"“{community.name}”的需求"] * 2


def test_the_file_says_which_topic_a_need_became(
    needs: list[Need], community: Community, lin: Person, browse: Any
) -> None:
    make_topic(community, [needs[0]], title="夜班", for_whom="值夜的人", take_home="单子", by=lin)
    assert ",夜班," in lines(browse(lin), community, "show=topics")[1]


def test_who_does_not_see_the_community_gets_no_file(
    closed_community: Community, sun: Person, wang: Person, browse: Any
) -> None:
    path = f"/communities/{closed_community.slug}/needs/export/"
    assert browse(sun).get(path).status_code == 404
    assert not Entry.objects.filter(verb="directory.list_exported").exists()
    assert browse(wang).get(path).headers["Content-Disposition"] == 'attachment; filename="needs.xlsx"'
