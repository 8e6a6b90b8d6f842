"""Fields the company defines: who fills them in, who sees them, who shares them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.directory.fields import field_suggestions, filters_for, inputs, values_shown
from zhiliu.directory.managing.fields import add_field, change_field, move_up, retire_field
from zhiliu.directory.managing.people import change_person
from zhiliu.directory.models import Person, ProfileField
from zhiliu.directory.profile import fields_to_fill, introduce
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db
FEW = ProfileField.Reader.FEW
ADMINS = ProfileField.Filler.ADMINS


@pytest.fixture
def hometown(admin: Person) -> ProfileField:
    return add_field(label="籍贯", label_en="Home province", kind="choice", options=["山东", "浙江"], by=admin)


@pytest.fixture
def school(admin: Person) -> ProfileField:
    return add_field(label="毕业院校", kind="text", by=admin)


def tell(person: Person, *, by: Person | None = None, **values: str) -> None:
    about = {"tagline": "", "experience": "", "pinyin": "", "skills": []}
    introduce(person, **about, values=values, by=by or person)  # type: ignore[arg-type]


def shown(person: Person, viewer: Person) -> dict[str, tuple[Any, int]]:
    return {str(item.field): (item.text, item.others) for item in values_shown(fresh(person), fresh(viewer))}


def test_a_value_links_to_the_colleagues_who_share_it(
    hometown: ProfileField, school: ProfileField, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    for person in (lin, wang):
        tell(person, jiguan="山东", biyeyuanxiao="江城工业大学")
    tell(xu, jiguan="浙江")
    assert shown(lin, xu) == {"籍贯": ("山东", 1), "毕业院校": ("江城工业大学", 1)}
    assert shown(xu, lin) == {"籍贯": ("浙江", 0)}
    text = browse(xu).get("/people/lin/").content.decode()
    assert "?field-jiguan=%E5%B1%B1%E4%B8%9C" in text
    found = browse(xu).get("/people/", {"field-jiguan": "山东"}).content.decode()
    assert "林晓岚" in found and "王一帆" in found and "徐小满</a>" not in found
    both = browse(xu).get("/people/", {"field-jiguan": "山东", "field-biyeyuanxiao": "别的大学"}).content.decode()
    assert "王一帆" not in both
    answer = browse(xu).get("/people/fields/biyeyuanxiao/", {"q": "江"})
    assert answer.json() == [{"value": "江城工业大学", "label": "江城工业大学"}]


def test_what_few_see_is_hidden_and_cannot_be_searched_by(
    lin: Person, wang: Person, admin: Person, browse: Any
) -> None:
    secret = add_field(label="家庭情况", kind="text", seen_by=FEW, by=admin)
    tell(lin, **{secret.key: "两个孩子"})
    assert shown(lin, wang) == {}
    assert shown(lin, lin) == shown(lin, admin) == {"家庭情况": ("两个孩子", 0)}
    assert "两个孩子" not in browse(wang).get("/people/lin/").content.decode()
    for viewer in (wang, admin):
        everybody = browse(viewer).get("/people/", {secret.input_name: "别的"}).content.decode()
        assert "林晓岚" in everybody
    assert browse(wang).get(f"/people/fields/{secret.key}/").status_code == 404


def test_guests_never_see_fields(
    hometown: ProfileField, community: Any, lin: Person, wang: Person, zhao: Person, admin: Person, browse: Any
) -> None:
    tell(lin, jiguan="山东")
    client = browse(zhao)
    assert "山东" not in client.get("/people/lin/").content.decode()
    listed = client.get("/people/", {"field-jiguan": "浙江"}).content.decode()
    assert "林晓岚" in listed and "山东" not in listed
    assert client.get("/people/fields/jiguan/").status_code == 404
    tell(zhao, by=admin, jiguan="山东")
    assert fresh(zhao).extra == {}


def test_what_administrators_fill_in_is_not_changed_by_the_person(
    hometown: ProfileField, lin: Person, admin: Person, browse: Any
) -> None:
    intake = add_field(label="入职批次", kind="text", filled_by=ADMINS, by=admin)
    Person.objects.filter(pk=lin.pk).update(extra={"demo_part": "经理"})
    sent = {"tagline": "", "skills": "", "experience": "", "pinyin": ""}
    given = {**sent, "field-jiguan": "山东", intake.input_name: "2019 届", "field-demo_part": "x"}
    assert browse(lin).post("/people/lin/profile/", given).status_code == 302
    tell(lin, jiguan="山东", **{intake.key: "2019 届", "demo_part": "x"})
    assert fresh(lin).extra == {"demo_part": "经理", "jiguan": "山东"}
    change_person(fresh(lin), version=fresh(lin).version, by=admin, values={intake.key: "2021 届"})
    assert fresh(lin).extra == {"demo_part": "经理", "jiguan": "山东", intake.key: "2021 届"}
    browse(lin).post("/people/lin/profile/", {**sent, "field-jiguan": ""})
    assert fresh(lin).extra == {"demo_part": "经理", intake.key: "2021 届"}


def test_a_value_outside_the_list_is_refused_but_an_old_one_is_kept(
    hometown: ProfileField, lin: Person, admin: Person, browse: Any
) -> None:
    sent = {"tagline": "", "skills": "", "experience": "", "pinyin": ""}
    assert browse(lin).post("/people/lin/profile/", {**sent, "field-jiguan": "火星"}).status_code == 200
    assert fresh(lin).extra == {}
    tell(lin, jiguan="山东")
    change_field(hometown, label="籍贯", options=["浙江"], by=admin)
    assert browse(lin).post("/people/lin/profile/", {**sent, "field-jiguan": "山东"}).status_code == 302
    assert fresh(lin).extra == {"jiguan": "山东"}


def test_a_date_is_a_date(admin: Person, lin: Person, browse: Any) -> None:
    field = add_field(label="转正日期", kind="date", by=admin)
    sent = {"tagline": "", "skills": "", "experience": "", "pinyin": "", field.input_name: "2025-03-01"}
    assert browse(lin).post("/people/lin/profile/", sent).status_code == 302
    assert fresh(lin).extra == {field.key: "2025-03-01"}
    assert "2025" in browse(admin).get("/people/lin/").content.decode()
    assert 'value="2025-03-01"' in browse(lin).get("/people/lin/profile/").content.decode()


def test_a_retired_field_is_gone_and_comes_back_with_its_values(
    hometown: ProfileField, lin: Person, wang: Person, admin: Person, browse: Any
) -> None:
    tell(lin, jiguan="山东")
    client = browse(admin)
    client.post(f"/administration/fields/{hometown.pk}/retirement/", {"on": "1"})
    assert shown(lin, wang) == {}
    assert "field-jiguan" not in browse(lin).get("/people/lin/profile/").content.decode()
    with pytest.raises(Refused):
        add_field(label="籍贯", kind="text", by=admin)
    retire_field(hometown, False, by=admin)
    assert shown(lin, wang) == {"籍贯": ("山东", 0)}


@pytest.mark.parametrize("label", ["籍贯", "Contains", "123", "demo part", "（）", "in"])
def test_any_label_makes_a_key_that_can_be_asked_for(label: str, admin: Person, lin: Person, wang: Person) -> None:
    field = add_field(label=label, kind="text", by=admin)
    for person in (lin, wang):
        tell(person, **{field.key: "同一个"})
    assert field.key.isalnum() and not field.key.isdecimal()
    assert shown(lin, wang) == {label: ("同一个", 1)}


def test_fields_are_added_ordered_and_need_a_list(admin: Person, lin: Person, browse: Any) -> None:
    client = browse(admin)
    common = {"filled_by": "person", "seen_by": "colleagues", "label_en": ""}
    new = "/administration/fields/new/"
    assert (
        client.post(new, {**common, "label": "籍贯", "kind": "choice", "options": "山东\n\n山东\n浙江"}).status_code
        == 302
    )
    assert client.post(new, {**common, "label": "毕业院校", "kind": "text"}).status_code == 302
    assert client.post(new, {**common, "label": "兴趣", "kind": "choice", "options": " "}).status_code == 200
    first, second = ProfileField.objects.all()
    assert first.options == ["山东", "浙江"]
    client.post(f"/administration/fields/{second.pk}/up/")
    move_up(second, by=admin)
    assert [str(profile_field) for profile_field in ProfileField.objects.all()] == ["毕业院校", "籍贯"]
    for act in (
        lambda: add_field(label="x", kind="text", by=lin),
        lambda: change_field(first, label="x", by=lin),
        lambda: retire_field(first, True, by=lin),
        lambda: move_up(first, by=lin),
    ):
        with pytest.raises(Forbidden):
            act()
    assert [str(profile_field) for profile_field in ProfileField.objects.filter(retired_at=None)] == [
        "毕业院校",
        "籍贯",
    ]


def test_in_english_the_english_label_is_shown(hometown: ProfileField, lin: Person, browse: Any) -> None:
    tell(lin, jiguan="山东")
    Person.objects.filter(pk=lin.pk).update(language="en")
    assert "Home province" in browse(lin).get("/people/lin/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_a_profile_asks_a_fixed_number_of_questions_however_many_fields(
    count: int, admin: Person, lin: Person, browse: Any, django_assert_max_num_queries: Any
) -> None:
    fields = [add_field(label=f"字段{number}", kind="text", by=admin) for number in range(count)]
    for person in (lin, *(make_person(f"p{number}") for number in range(count))):
        tell(person, **{field.key: "同" for field in fields})
    client = browse(lin)
    client.get("/people/lin/")
    with django_assert_max_num_queries(23):
        assert client.get("/people/lin/").status_code == 200


def test_a_field_is_changed_moved_and_retired_alone_and_once(
    hometown: ProfileField, school: ProfileField, admin: Person
) -> None:
    change_field(hometown, label="老家", options=["山东"], by=admin)
    for _ in range(2):
        retire_field(school, True, by=admin)
    assert [(str(field), field.retired_at is None) for field in ProfileField.objects.all()] == [
        ("老家", True),
        ("毕业院校", False),
    ]
    acts = Activity.objects.filter(verb="directory.profile_field_changed").order_by("pk").values_list("data", flat=True)
    for _ in range(2):
        retire_field(school, False, by=admin)
        assert [row["act"] for row in acts.all()] == ["added", "added", "changed", "retired", "back"]
    third = add_field(label="兴趣", kind="text", by=admin)
    retire_field(school, True, by=admin)
    move_up(third, by=admin)
    assert list(ProfileField.objects.filter(retired_at=None).values_list("label", flat=True)) == ["兴趣", "老家"]


def test_a_field_keeps_its_name_and_a_list_its_choices(
    hometown: ProfileField, school: ProfileField, admin: Person
) -> None:
    change_field(hometown, label="籍贯", options=["山东", "江苏"], by=admin)
    for act, field in (
        (lambda: change_field(hometown, label="毕业院校", options=["山东"], by=admin), "label"),
        (lambda: change_field(hometown, label="籍贯", options=[], by=admin), "options"),
        (lambda: add_field(label="兴趣", kind="choice", by=admin), "options"),
        (lambda: add_field(label="籍贯", kind="text", by=admin), "label"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.field == field
    change_field(school, label="母校", by=admin)
    hometown.refresh_from_db()
    assert (hometown.options, ProfileField.objects.count()) == (["山东", "江苏"], 2)


def test_dates_and_what_few_see_make_no_groups(
    hometown: ProfileField, admin: Person, lin: Person, wang: Person
) -> None:
    date = add_field(label="转正日期", kind="date", by=admin)
    few = add_field(label="家庭", kind="text", seen_by=FEW, by=admin)
    for person in (lin, wang):
        tell(person, jiguan="山东", **{date.key: "2025-03-01", few.key: "两个孩子"})
    items = {str(item.field): (item.others, bool(item.url)) for item in values_shown(fresh(lin), fresh(lin))}
    assert items == {"籍贯": (1, True), "转正日期": (0, False), "家庭": (0, False)}
    assert [str(item.field) for item in filters_for(admin, {})] == ["籍贯"]
    retire_field(hometown, True, by=admin)
    assert filters_for(admin, {}) == []


def test_values_several_share_are_suggested_most_frequent_first(
    school: ProfileField, admin: Person, lin: Person, wang: Person, xu: Person, sun: Person, zhao: Person
) -> None:
    people = [lin, wang, xu, sun, make_person("p1"), make_person("p2")]
    for person, value in zip(people, ["乙", "甲", "甲", "甲", "乙", "丙"], strict=True):
        tell(person, biyeyuanxiao=value)
    Person.objects.filter(pk=zhao.pk).update(extra={"biyeyuanxiao": "丙"})
    assert field_suggestions(school) == ["甲", "乙"]
    Person.objects.filter(pk=people[4].pk).update(is_active=False)
    assert field_suggestions(school) == ["甲"]


def test_a_list_offers_its_choices_and_an_own_value_that_is_offered_no_more(
    hometown: ProfileField, lin: Person, admin: Person
) -> None:
    for value, offered in (
        ("", ["", "山东", "浙江"]),
        ("山东", ["", "山东", "浙江"]),
        ("江苏", ["", "山东", "浙江", "江苏"]),
    ):
        field: Any = inputs([hometown], {"jiguan": value})["field-jiguan"]
        assert ([key for key, _label in field.choices], field.initial) == (offered, value)


def test_who_fills_in_what(hometown: ProfileField, lin: Person, zhao: Person, admin: Person) -> None:
    intake = add_field(label="批次", kind="text", filled_by=ADMINS, by=admin)
    filled = [fields_to_fill(person, by) for person, by in ((lin, lin), (lin, admin), (zhao, zhao), (zhao, admin))]
    assert filled == [[hometown], [hometown, intake], [], []]
