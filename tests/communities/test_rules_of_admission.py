"""A rule says whom a community is for: it is written, tried, carried out, and follows the directory."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import fresh, make_community, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.admission.building import Builder, address_of, packed
from zhiliu.communities.admission.conditions import AdmissionCriteria, read_criteria
from zhiliu.communities.admission.ruling import AdmissionMoves, evaluate, misfits, preview, set_rule
from zhiliu.communities.admission.subjects import Condition
from zhiliu.communities.joining import add_members, give_role, join, leave, remove_member
from zhiliu.communities.models import AdmissionChange, AdmissionRule, Community, Membership, OptOut
from zhiliu.communities.role_permissions import Admission, JoinMethod, Role
from zhiliu.communities.starting import change_settings
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.managing.departments import change_department
from zhiliu.directory.managing.people import change_person
from zhiliu.directory.models import Department, Location, Person, Position, ProfileField
from zhiliu.directory.skills import declare_skills
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification

pytestmark = pytest.mark.django_db


class Company:
    """Sales with a team in the east below it, and service; three positions; two places.

    Qi is a director of sales in Hangzhou, Ma sells in the team of the east, Gu serves customers in Shanghai.
    """

    def __init__(self) -> None:
        self.sales = Department.objects.create(name="销售部")
        self.east = Department.objects.create(name="华东组", parent=self.sales)
        self.service = Department.objects.create(name="售后部")
        self.junior = Position.objects.create(name="专员", level=2)
        self.director = Position.objects.create(name="总监", level=6)
        self.hangzhou, self.shanghai = (Location.objects.create(name=name) for name in ("杭州", "上海"))
        years = timezone.localdate() - dt.timedelta(days=366 * 5)
        self.qi = make_person(
            "qi", department=self.sales, position=self.director, location=self.hangzhou, hired_on=years
        )
        self.ma = make_person("ma", department=self.east, position=self.junior, location=self.hangzhou)
        self.gu = make_person("gu", department=self.service, position=self.junior, location=self.shanghai)


@pytest.fixture
def company(db: None) -> Company:
    return Company()


@pytest.fixture
def closed(lin: Person) -> Community:
    return make_community(lin, name="销售读书会", kind="learning", visibility="private")


def who(wanted: AdmissionCriteria) -> set[str]:
    return set(wanted.people().values_list("handle", flat=True))


def of_sales(company: Company) -> AdmissionCriteria:
    return AdmissionCriteria((Condition("department", any=(company.sales.pk,)),))


def inside(community: Community) -> set[str]:
    return set(community.memberships.values_list("person__handle", flat=True))


def test_each_subject_asks_what_its_words_say(company: Company) -> None:
    field = ProfileField.objects.create(key="intake", label="届别", kind="choice", options=["2024", "2025"])
    Person.objects.filter(pk=company.ma.pk).update(extra={"intake": "2025"})
    declare_skills(company.gu, ["检漏", "报价"], by=company.gu)
    skills = tuple(company.gu.skills.values_list("skill_id", flat=True))
    year = timezone.localdate().year
    cases: list[tuple[Condition, set[str], str]] = [
        (Condition("department", any=(company.sales.pk,)), {"qi", "ma"}, "部门是销售部（含下级）"),
        (Condition("department", any=(company.east.pk,)), {"ma"}, "部门是华东组（含下级）"),
        (Condition("level", least=6), {"qi"}, "职级不低于 6（总监）"),
        (Condition("level", most=2), {"ma", "gu"}, "职级不高于 2（专员）"),
        (Condition("location", any=(company.shanghai.pk,)), {"gu"}, "工作地点是上海"),
        (Condition("tenure", least=5), {"qi"}, "工龄不低于 5 年"),
        (Condition("tenure", least=1, most=4), {"ma", "gu"}, "工龄在 1 年到 4 年之间"),
        (Condition("hired", least=f"{year - 4}-01-01"), {"ma", "gu"}, f"{year - 4}-01-01 及以后入职"),
        (Condition("skill", any=skills), {"gu"}, "专长是报价或检漏"),
        (Condition(f"field:{field.key}", any=("2025",)), {"ma"}, "届别是2025"),
        (Condition("kind", any=("employee",)), {"qi", "ma", "gu"}, "人员类型是员工"),
    ]
    with translation.override("zh-hans"):
        for asked, people, words in cases:
            wanted = AdmissionCriteria((asked,))
            assert who(wanted) == people, asked
            assert words in wanted.sentence(), wanted.sentence()
            assert read_criteria(json.loads(packed(wanted))) == wanted
            assert Builder(QueryDict(address_of(wanted)), None).wanted() == wanted


def test_all_conditions_count_any_value_is_enough_and_the_exception_takes_out(company: Company) -> None:
    both = Condition("department", any=(company.sales.pk, company.service.pk))
    assert who(AdmissionCriteria((both,))) == {"qi", "ma", "gu"}
    assert who(AdmissionCriteria((both, Condition("level", most=2)))) == {"ma", "gu"}
    wanted = AdmissionCriteria((both,), unless=Condition("location", any=(company.shanghai.pk,)))
    assert who(wanted) == {"qi", "ma"}
    Person.objects.filter(handle="ma").update(location=None)
    assert who(wanted) == {"qi", "ma"}
    with translation.override("en"):
        assert wanted.sentence() == (
            "Everyone whose department is 售后部 or 销售部 (including sub-departments), "
            "except those whose location is 上海"
        )


def test_leavers_and_guests_are_not_meant_unless_a_rule_asks_for_guests(company: Company, admin: Person) -> None:
    guest = make_person("gast", kind=Person.Kind.GUEST, department=company.sales)
    deactivate(company.ma, by=admin)
    assert who(of_sales(company)) == {"qi"}
    sales = of_sales(company).all
    assert who(AdmissionCriteria((*sales, Condition("kind", any=("guest",))))) == {guest.handle}


@pytest.mark.parametrize(
    "stored",
    [
        *(None, [], {}, {"schema": 2, "all": []}, {"schema": 1, "all": []}, {"schema": 1, "all": [7]}),
        {"schema": 1, "all": [{"about": "level", "least": "6"}]},
        {"schema": 1, "all": [{"about": "level", "any": [6]}]},
        {"schema": 1, "all": [{"about": "department", "any": [True]}]},
        {"schema": 1, "all": [{"about": "department", "any": ["1); --"]}]},
        {"schema": 1, "all": [{"about": "department"}]},
        {"schema": 1, "all": [{"about": "hired", "least": "yesterday"}]},
        {"schema": 1, "all": [{"about": "password", "any": ["x"]}]},
        {"schema": 1, "all": [{"about": "location", "any": [1]}] * 11},
    ],
)
def test_what_is_no_rule_is_refused(stored: Any) -> None:
    with pytest.raises(Refused):
        read_criteria(stored)


def test_a_rule_is_tried_without_changing_anything(company: Company, closed: Community, lin: Person) -> None:
    set_rule(closed, of_sales(company), version=0, by=lin)
    evaluate(closed)
    add_members(closed, {company.gu: Role.MEMBER}, by=lin)
    rule_preview = preview(closed, AdmissionCriteria((Condition("location", any=(company.shanghai.pk,)),)))
    names = {
        part: set(getattr(rule_preview, part).values_list("handle", flat=True)) for part in ("fit", "come", "leave")
    }
    assert names == {"fit": {"gu"}, "come": set(), "leave": {"qi", "ma"}}
    assert inside(closed) == {"lin", "qi", "ma", "gu"}


def test_who_fits_comes_and_who_came_by_the_rule_and_fits_no_more_leaves(
    company: Company, closed: Community, lin: Person, catch_up: Any
) -> None:
    add_members(closed, {company.gu: Role.MEMBER}, by=lin)
    set_rule(closed, of_sales(company), version=0, by=lin)
    assert evaluate(closed) == AdmissionMoves(came=2)
    assert evaluate(closed) == AdmissionMoves()
    assert inside(closed) == {"lin", "gu", "qi", "ma"}
    assert Community.objects.get(pk=closed.pk).member_count == 4
    joined = Activity.objects.filter(verb="communities.members_joined").latest("pk")
    assert joined.data == {"person_ids": [company.qi.pk, company.ma.pk], "way": "rule", "waited": False}
    set_rule(fresh_one(closed), AdmissionCriteria((Condition("level", least=6),)), version=1, by=lin)
    assert evaluate(closed) == AdmissionMoves(left=1)
    assert inside(closed) == {"lin", "gu", "qi"}
    assert list(AdmissionChange.objects.order_by("pk").values_list("person__handle", "direction")) == [
        *(("qi", "came"), ("ma", "came"), ("ma", "left")),
    ]
    catch_up()
    inbox_rows = Notification.objects.filter(thing_id=closed.pk, kind="community", person=company.ma)
    assert set(inbox_rows.values_list("notice", flat=True)) == {"communities.added_by_rule", "communities.left_by_rule"}


def fresh_one(community: Community) -> Community:
    return Community.objects.get(pk=community.pk)


def test_looking_at_some_people_moves_nobody_else(company: Company, closed: Community, lin: Person) -> None:
    wanted = AdmissionCriteria(of_sales(company).all, unless=Condition("location", any=(company.shanghai.pk,)))
    set_rule(closed, wanted, version=0, by=lin)
    assert evaluate(closed, only=[company.ma.pk, company.gu.pk]) == AdmissionMoves(came=1)
    assert evaluate(closed, only=[company.gu.pk]) == AdmissionMoves()
    assert evaluate(closed, only=[]) == AdmissionMoves()
    assert inside(closed) == {"lin", "ma"}
    Person.objects.filter(pk__in=[company.ma.pk, company.qi.pk]).update(location=company.shanghai)
    assert evaluate(closed, only=[company.qi.pk]) == AdmissionMoves()
    assert evaluate(closed, only=[company.ma.pk]) == AdmissionMoves(left=1)
    assert inside(closed) == {"lin"}


def test_who_has_a_role_stays_and_is_shown_to_those_who_decide(
    company: Company, closed: Community, lin: Person
) -> None:
    set_rule(closed, of_sales(company), version=0, by=lin)
    evaluate(closed)
    give_role(closed, company.qi, Role.EXPERT, by=lin)
    set_rule(fresh_one(closed), AdmissionCriteria((Condition("level", most=2),)), version=1, by=lin)
    evaluate(closed)
    assert inside(closed) == {"lin", "qi", "ma", "gu"}
    assert [misfit.person.handle for misfit in misfits(fresh_one(closed))] == ["qi"]


def test_who_left_is_not_fetched_back_and_may_come_back(company: Company, closed: Community, lin: Person) -> None:
    set_rule(closed, of_sales(company), version=0, by=lin)
    evaluate(closed)
    leave(fresh_one(closed), by=fresh(company.ma))
    remove_member(fresh_one(closed), company.qi, by=lin)
    assert evaluate(closed) == AdmissionMoves()
    assert OptOut.objects.count() == 2
    back = join(fresh_one(closed), by=fresh(company.ma), accepts=closed.rulebooks.first())
    assert isinstance(back, Membership)
    assert back.way == JoinMethod.RULE
    assert [opt_out.person.handle for opt_out in OptOut.objects.all()] == ["qi"]


def test_whom_the_rule_does_not_mean_reads_it_instead_of_a_button(
    company: Company, closed: Community, lin: Person, browse: Any
) -> None:
    set_rule(closed, of_sales(company), version=0, by=lin)
    with pytest.raises(Refused, match="销售部"):
        join(fresh_one(closed), by=fresh(company.gu), accepts=closed.rulebooks.first())
    page = browse(company.gu).get(closed.get_absolute_url()).content.decode()
    assert "部门是销售部（含下级）" in page
    assert f"{closed.get_absolute_url()}membership/" not in page
    assert (
        f"{closed.get_absolute_url()}membership/" in browse(company.ma).get(closed.get_absolute_url()).content.decode()
    )
    assert inside(closed) == {"lin"}


def test_it_follows_people_who_move_leave_and_come(
    company: Company, closed: Community, lin: Person, admin: Person, catch_up: Any, run_jobs: Any
) -> None:
    set_rule(closed, of_sales(company), version=0, by=lin)
    catch_up()
    evaluate(closed)
    change_person(company.gu, version=company.gu.version, by=admin, department=company.east)
    deactivate(company.qi, by=admin)
    catch_up()
    assert inside(closed) == {"lin", "ma", "gu"}
    change_department(company.east, name="华东组", parent=company.service, head=None, by=admin)
    catch_up()
    run_jobs()
    assert inside(closed) == {"lin"}


def test_a_rule_about_a_field_that_is_gone_moves_nobody(company: Company, closed: Community, lin: Person) -> None:
    field = ProfileField.objects.create(key="intake", label="届别", kind="choice", options=["2025"])
    Person.objects.filter(pk=company.ma.pk).update(extra={"intake": "2025"})
    set_rule(closed, AdmissionCriteria((Condition("field:intake", any=("2025",)),)), version=0, by=lin)
    evaluate(closed)
    ProfileField.objects.filter(pk=field.pk).update(retired_at=timezone.now())
    assert evaluate(closed) == AdmissionMoves()
    assert inside(closed) == {"lin", "ma"}


def test_only_who_sets_up_writes_the_rule_and_of_two_the_later_is_told(
    company: Company, closed: Community, lin: Person, wang: Person
) -> None:
    with pytest.raises(Forbidden):
        set_rule(closed, of_sales(company), version=0, by=wang)
    set_rule(closed, of_sales(company), version=0, by=lin)
    set_rule(fresh_one(closed), of_sales(company), version=0, by=lin)
    with pytest.raises(Refused):
        set_rule(fresh_one(closed), AdmissionCriteria((Condition("level", least=6),)), version=0, by=lin)
    assert AdmissionRule.objects.get().version == 1


def test_a_community_that_admits_otherwise_keeps_its_rule_and_moves_nobody(
    company: Company, closed: Community, lin: Person
) -> None:
    set_rule(closed, of_sales(company), version=0, by=lin)
    change_settings(fresh_one(closed), by=lin, admission=Admission.REQUEST)
    assert evaluate(closed) == AdmissionMoves()
    assert inside(closed) == {"lin"}


def test_the_page_puts_a_rule_together_without_scripts(
    company: Company, closed: Community, lin: Person, browse: Any, run_jobs: Any
) -> None:
    client, path = browse(lin), f"{closed.get_absolute_url()}admission/rule/"
    assert client.get(path).status_code == 200
    page = client.get(path, {"add": "1", "new": "department"}).content.decode()
    assert 'name="about" value="0.department"' in page
    asked = {"about": "0.department", "c0-any": company.sales.pk, "add_unless": "1", "new_unless": "level"}
    assert 'name="unless" value="level"' in client.get(path, asked).content.decode()
    asked = {"about": "0.department", "c0-any": company.sales.pk, "unless": "level", "cx-least": "6", "cx-most": ""}
    page = client.get(path, asked).content.decode()
    assert "ma" in page
    assert "除了" in page
    wanted = AdmissionCriteria((Condition("department", any=(company.sales.pk,)),), Condition("level", least=6))
    assert client.post(path, {"rule": packed(wanted), "version": "0"}).status_code == 302
    run_jobs()
    assert inside(closed) == {"lin", "ma"}
    assert "华东组" in client.get(f"{closed.get_absolute_url()}admission/moves/").content.decode()


@pytest.mark.parametrize("rule", ["", "{", "[" * 50_000, "null", '{"schema": 9}'])
def test_a_forged_rule_is_refused(closed: Community, lin: Person, browse: Any, rule: str) -> None:
    answer = browse(lin).post(f"{closed.get_absolute_url()}admission/rule/", {"rule": rule, "version": "x"})
    assert answer.status_code == 302
    assert not AdmissionRule.objects.exists()


@pytest.mark.parametrize("text", ["", "0", "x.department", "0.password", "9" * 40, "'; --", "0.department\x00", "²"])
def test_no_address_breaks_the_page(closed: Community, lin: Person, browse: Any, text: str) -> None:
    for name in ("about", "unless", "drop", "add", "new", "add_unless", "new_unless", "c0-any", "c0-least"):
        asked = {"about": "0.department", "c0-any": "1", "part": "fit", name: text}
        for page in ("rule/", "rule/people/"):
            answer = browse(lin).get(f"{closed.get_absolute_url()}admission/{page}", asked)
            assert answer.status_code in (200, 404), (name, page)


def test_pages_of_the_rule_are_for_those_who_look_after_it(
    company: Company, closed: Community, lin: Person, wang: Person, sun: Person, browse: Any
) -> None:
    add_members(closed, {wang: Role.MEMBER}, by=lin)
    for page in ("rule/", "rule/people/?part=fit", "moves/"):
        path = f"{closed.get_absolute_url()}admission/{page}"
        assert browse(wang).get(path).status_code == 403, page
        assert browse(sun).get(path).status_code == 404, page


@pytest.mark.parametrize("page", ["rule", "people", "moves"])
def test_lists_ask_the_same_number_of_questions_for_one_and_three(
    page: str, company: Company, closed: Community, lin: Person, browse: Any
) -> None:
    client, counts = browse(lin), []
    address = address_of(of_sales(company))
    paths = {"rule": f"rule/?{address}", "people": f"rule/people/?{address}&part=come", "moves": "moves/"}
    set_rule(closed, of_sales(company), version=0, by=lin)
    for number in (0, 1, 2):
        make_person(f"neu{number}", department=company.east)
        if page == "moves":
            evaluate(closed)
        client.get(f"{closed.get_absolute_url()}admission/{paths[page]}")
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(f"{closed.get_absolute_url()}admission/{paths[page]}")
        counts.append(len(found))
    assert counts[0] == counts[2]


@pytest.mark.django_db(transaction=True)
def test_two_evaluations_at_the_same_moment_move_everybody_once(lin: Person) -> None:
    company = Company()
    closed = make_community(lin, name="销售读书会", kind="learning")
    set_rule(closed, of_sales(company), version=0, by=lin)
    start, moved = threading.Barrier(4), []

    def run() -> None:
        start.wait()
        try:
            moved.append(evaluate(closed))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(item.came for item in moved) == [0, 0, 0, 2]
    assert AdmissionChange.objects.count() == 2
    assert Activity.objects.filter(verb="communities.members_joined", data__way="rule").count() == 1


KEYS = st.lists(st.integers(1, 2**62), min_size=1, max_size=5).map(tuple)
NUMBERS = st.integers(0, 60)
CONDITIONS = st.one_of(
    st.builds(Condition, st.sampled_from(["department", "location", "skill"]), any=KEYS),
    st.builds(Condition, st.sampled_from(["level", "tenure"]), least=NUMBERS),
    st.builds(Condition, st.sampled_from(["level", "tenure"]), least=NUMBERS, most=NUMBERS),
    st.builds(Condition, st.just("hired"), most=st.dates(dt.date(1990, 1, 1)).map(dt.date.isoformat)),
    st.builds(Condition, st.just("kind"), any=st.just(("guest",))),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CONDITIONS, min_size=1, max_size=4).map(tuple), st.one_of(st.none(), CONDITIONS))
def test_any_rule_is_read_as_it_was_written_and_can_be_asked(
    company: Company, conditions: tuple[Condition, ...], unless: Condition | None
) -> None:
    wanted = AdmissionCriteria(conditions, unless)
    assert read_criteria(json.loads(packed(wanted))) == wanted
    assert who(wanted) <= {"qi", "ma", "gu"}
    assert wanted.sentence()


def test_choosing_the_rule_in_the_settings_leads_to_writing_it(closed: Community, lin: Person, browse: Any) -> None:
    sent = {"name": closed.name, "mark": "读", "visibility": "private", "admission": "rule", "phase": "active"}
    answer = browse(lin).post(f"{closed.get_absolute_url()}settings/", {**sent, "sessions_a_month": "1"})
    assert answer["Location"] == f"{closed.get_absolute_url()}admission/rule/"


@pytest.mark.parametrize(
    ("today", "hired", "years"),
    [
        ("2028-02-29", "2027-02-28", 1),
        ("2028-02-29", "2027-03-01", 0),
        ("2028-02-29", "2024-02-29", 4),
        ("2028-02-29", "2024-03-01", 3),
        ("2027-02-28", "2024-02-29", 2),
        ("2027-03-01", "2024-02-29", 3),
    ],
)
def test_full_years_are_those_of_the_profile_page_on_29_february_too(
    db: None, today: str, hired: str, years: int
) -> None:
    person = make_person("qi", hired_on=dt.date.fromisoformat(hired))
    with freeze_time(f"{today} 04:00"):
        fits = [
            number
            for number in range(8)
            if AdmissionCriteria((Condition("tenure", least=number, most=number),)).people().exists()
        ]
        assert (fits, person.tenure_years()) == ([years], years)
