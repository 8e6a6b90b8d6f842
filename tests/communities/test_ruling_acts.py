"""A rule is that of one community: what it moves, whom it leaves alone, and when it does not count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone, translation

from tests.cast import make_community, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.admission.conditions import AdmissionCriteria
from zhiliu.communities.admission.ruling import (
    AdmissionMoves,
    evaluate,
    evaluate_all,
    misfits,
    preview,
    rule_of,
    ruled,
    set_rule,
)
from zhiliu.communities.admission.subjects import Condition
from zhiliu.communities.models import (
    AdmissionChange,
    AdmissionRule,
    Community,
    Membership,
    Opening,
    OptOut,
    WaitingPlace,
)
from zhiliu.communities.role_permissions import Admission, JoinMethod, Role
from zhiliu.directory.models import Department, Person
from zhiliu.kit.errors import Refused

from .stage import count_facts, inside, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def sales(db: None) -> Department:
    return Department.objects.create(name="销售部")


@pytest.fixture
def qi(sales: Department) -> Person:
    """Sells."""
    return make_person("qi", department=sales)


@pytest.fixture
def ma(sales: Department) -> Person:
    """Sells."""
    return make_person("ma", department=sales)


@pytest.fixture
def here(lin: Person) -> Community:
    """A community for sales, once it has its rule."""
    return make_community(lin, name="销售读书会", kind="learning")


@pytest.fixture
def there(lin: Person) -> Community:
    """Another community."""
    return make_community(lin, name="羽毛球", kind="interest")


def sellers(sales: Department) -> AdmissionCriteria:
    return AdmissionCriteria((Condition("department", any=(sales.pk,)),))


def now(community: Community) -> Community:
    return Community.objects.get(pk=community.pk)


def came(community: Community, person: Person, role: str = Role.MEMBER, way: str = JoinMethod.RULE) -> None:
    Membership.objects.create(community=community, person=person, role=role, way=way)


# -- written ----------------------------------------------------------------------------------------------------------


def test_a_rule_is_written_for_one_community_and_announced_when_it_changes(
    here: Community, there: Community, sales: Department, lin: Person
) -> None:
    other = AdmissionCriteria((Condition("tenure", least=5),))
    set_rule(there, other, version=0, by=lin)
    Community.objects.filter(pk=there.pk).update(admission=Admission.REQUEST)
    rule = set_rule(here, sellers(sales), version=0, by=lin)
    assert (rule.community, rule.version, here.admission) == (here, 1, Admission.RULE)
    assert set_rule(now(here), sellers(sales), version=7, by=lin).version == 1
    assert count_facts("admission_rule_set") == 2
    assert (rule_of(now(here)), rule_of(now(there))) == (sellers(sales), None)
    assert dict(AdmissionRule.objects.values_list("community", "version")) == {here.pk: 1, there.pk: 1}


def test_the_rule_there_was_counts_again_where_a_community_admits_otherwise(
    here: Community, sales: Department, lin: Person
) -> None:
    set_rule(here, sellers(sales), version=0, by=lin)
    Community.objects.update(admission=Admission.REQUEST)
    assert rule_of(now(here)) is None
    assert set_rule(now(here), sellers(sales), version=1, by=lin).version == 2
    assert (now(here).admission, rule_of(now(here))) == (Admission.RULE, sellers(sales))


@pytest.mark.parametrize("version", [0, 2])
def test_a_rule_that_was_changed_meanwhile_stays(here: Community, sales: Department, lin: Person, version: int) -> None:
    set_rule(here, sellers(sales), version=0, by=lin)
    with pytest.raises(Refused, match="Someone else changed the rule"):
        set_rule(now(here), AdmissionCriteria((Condition("tenure", least=5),)), version=version, by=lin)
    assert (rule_of(now(here)), count_facts("admission_rule_set")) == (sellers(sales), 1)


# -- tried ------------------------------------------------------------------------------------------------------------


def test_a_preview_tells_who_comes_goes_and_stays_in_one_community(
    here: Community, there: Community, sales: Department, qi: Person, ma: Person, wang: Person, xu: Person, sun: Person
) -> None:
    for person in (qi, wang, xu):
        came(there, person)
    came(here, ma)
    came(here, wang)
    came(here, xu, role=Role.EXPERT)
    came(here, sun, way=JoinMethod.HAND)
    plan = preview(here, sellers(sales))
    handles = {
        part: sorted(getattr(plan, part).values_list("handle", flat=True)) for part in ("fit", "come", "leave", "stay")
    }
    assert handles == {"fit": ["ma", "qi"], "come": ["qi"], "leave": ["wang"], "stay": ["xu"]}


def test_who_stays_for_a_role_is_told_of_one_community_with_a_sound_rule(
    here: Community, there: Community, sales: Department, wang: Person, xu: Person, lin: Person
) -> None:
    for place in (here, there):
        came(place, xu, role=Role.EXPERT)
        came(place, wang)
    assert not misfits(now(here)).exists()
    set_rule(here, sellers(sales), version=0, by=lin)
    assert [(row.community, row.person) for row in misfits(now(here))] == [(here, xu)]
    gone_field = AdmissionCriteria((Condition("field:gone", any=("x",)),))
    AdmissionRule.objects.update(conditions=gone_field.stored())
    assert not misfits(now(here)).exists()


# -- carried out ------------------------------------------------------------------------------------------------------


def test_a_rule_moves_people_of_its_community_only(
    here: Community, there: Community, sales: Department, qi: Person, wang: Person, lin: Person
) -> None:
    for place in (here, there):
        came(place, wang)
    came(there, qi)
    set_rule(here, sellers(sales), version=0, by=lin)
    assert evaluate(here) == AdmissionMoves(came=1, left=1)
    assert (inside(here), inside(there)) == (["lin", "qi"], ["lin", "qi", "wang"])
    rows = AdmissionChange.objects.order_by("pk").values_list("community", "person__handle", "direction")
    assert list(rows) == [(here.pk, "wang", "left"), (here.pk, "qi", "came")]
    membership = Membership.objects.get(community=here, person=qi)
    assert (membership.role, membership.way, membership.involvement) == (Role.MEMBER, JoinMethod.RULE, "mentions")
    assert now(here).member_count == 2
    assert evaluate(here) == AdmissionMoves()


def test_who_opted_out_or_waits_elsewhere_is_brought_in_here(
    here: Community, there: Community, sales: Department, qi: Person, ma: Person, lin: Person
) -> None:
    for place, person in ((there, qi), (here, ma)):
        OptOut.objects.create(community=place, person=person)
    WaitingPlace.objects.create(community=there, person=qi, way=JoinMethod.OWN)
    set_rule(here, sellers(sales), version=0, by=lin)
    assert evaluate(here) == AdmissionMoves(came=1)
    assert (inside(here), waiting(there)) == (["lin", "qi"], ["qi"])


def test_who_came_otherwise_or_has_a_role_stays(
    here: Community, sales: Department, wang: Person, xu: Person, sun: Person, lin: Person
) -> None:
    came(here, wang, way=JoinMethod.HAND)
    came(here, xu, role=Role.EXPERT)
    came(here, sun)
    set_rule(here, sellers(sales), version=0, by=lin)
    assert evaluate(here) == AdmissionMoves(left=1)
    assert (inside(here), now(here).member_count) == (["lin", "wang", "xu"], 3)


@pytest.mark.parametrize(("most", "members", "line"), [(None, 3, []), (2, 2, ["ma"]), (1, 1, ["qi", "ma"])])
def test_who_finds_no_place_waits_in_the_order_of_the_directory(
    here: Community,
    sales: Department,
    qi: Person,
    ma: Person,
    lin: Person,
    most: int | None,
    members: int,
    line: list[str],
) -> None:
    Community.objects.filter(pk=here.pk).update(member_limit=most)
    set_rule(now(here), sellers(sales), version=0, by=lin)
    assert evaluate(here) == AdmissionMoves(came=members - 1)
    assert (len(inside(here)), waiting(here), now(here).member_count) == (members, line, members)


def test_who_has_waited_comes_before_who_fits_only_now(
    here: Community, sales: Department, qi: Person, sun: Person, lin: Person
) -> None:
    WaitingPlace.objects.create(community=here, person=sun, way=JoinMethod.OWN)
    Community.objects.filter(pk=here.pk).update(member_limit=2)
    set_rule(now(here), sellers(sales), version=0, by=lin)
    assert evaluate(here) == AdmissionMoves()
    assert (inside(here), waiting(here)) == (["lin", "sun"], ["qi"])


@pytest.mark.parametrize(
    ("phase", "opening", "is_at_work"),
    [
        (Community.Phase.ACTIVE, None, True),
        (Community.Phase.ARCHIVED, None, False),
        (Community.Phase.INCUBATING, None, True),
        (Community.Phase.INCUBATING, "planned", False),
        (Community.Phase.INCUBATING, "opened", True),
        (Community.Phase.INCUBATING, "planned elsewhere", True),
    ],
)
def test_a_rule_rests_while_its_community_is_archived_or_prepared(
    here: Community,
    there: Community,
    sales: Department,
    qi: Person,
    lin: Person,
    phase: str,
    opening: str | None,
    is_at_work: bool,
) -> None:
    set_rule(here, sellers(sales), version=0, by=lin)
    Community.objects.filter(pk=here.pk).update(phase=phase)
    if opening:
        moment = timezone.now() - dt.timedelta(days=1)
        place = there if opening == "planned elsewhere" else here
        opened_at = moment if opening == "opened" else None
        Opening.objects.create(community=place, parent=there, part="level", opens_at=moment, opened_at=opened_at)
    assert evaluate(here) == AdmissionMoves(came=1 if is_at_work else 0)
    assert inside(here) == (["lin", "qi"] if is_at_work else ["lin"])


def test_a_rule_about_something_that_is_gone_moves_nobody(
    here: Community, qi: Person, wang: Person, lin: Person
) -> None:
    came(here, wang)
    set_rule(here, AdmissionCriteria((Condition("field:gone", any=("x",)),)), version=0, by=lin)
    assert evaluate(here) == AdmissionMoves()
    assert inside(here) == ["lin", "wang"]


def test_all_rules_are_those_in_force_outside_the_archive(
    here: Community, there: Community, sales: Department, qi: Person, ma: Person, lin: Person
) -> None:
    archive, otherwise = (make_community(lin, name=name, kind="interest") for name in ("旧社区", "申请加入"))
    for place in (here, there, archive, otherwise):
        set_rule(place, sellers(sales), version=0, by=lin)
    Community.objects.filter(pk=archive.pk).update(phase=Community.Phase.ARCHIVED)
    Community.objects.filter(pk=otherwise.pk).update(admission=Admission.REQUEST)
    without = make_community(lin, name="没有规则", kind="interest")
    Community.objects.filter(pk=without.pk).update(admission=Admission.RULE)
    came(there, qi)
    leaves = make_person("leaves")
    came(there, leaves)
    assert set(ruled()) == {here, there}
    assert evaluate_all(only=[qi.pk, leaves.pk]) == AdmissionMoves(came=1, left=1)
    assert evaluate_all() == AdmissionMoves(came=2)
    assert [inside(place) for place in (here, there, archive, otherwise, without)] == [
        *(["lin", "ma", "qi"], ["lin", "ma", "qi"], ["lin"], ["lin"], ["lin"]),
    ]
    assert Activity.objects.filter(verb="communities.members_joined", data__way="rule").count() == 3
