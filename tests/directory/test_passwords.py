"""Passwords are changed, forgotten and handed on; what leads in works once."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.directory.accounts import deactivate, new_person, reactivate
from zhiliu.directory.login_links import hand_link, login_link_key, read_login_link, use_link
from zhiliu.directory.models import LoginLink, Organisation, Person
from zhiliu.directory.passwords import change_password
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification

pytestmark = pytest.mark.django_db
OLD, NEW = "correct horse battery", "tall trees by the river"


def facts(verb: str) -> int:
    return Activity.objects.filter(verb=f"directory.{verb}").count()


def signed_in() -> Client:
    client = Client()
    assert client.post("/signin/", {"username": "lin", "password": OLD}).status_code == 302
    return client


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(lin: Person) -> None:
    here, elsewhere = signed_in(), signed_in()
    assert here.post("/password/", {"old": OLD, "password": NEW}).status_code == 302
    assert here.get("/people/").status_code == 200
    assert elsewhere.get("/people/").status_code == 302
    assert fresh(lin).check_password(NEW)
    assert facts("password_changed") == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("wrong", NEW, "这不是你现在的密码"),
        (OLD, "short", "至少 10 个字符"),
        (OLD, "1234567890123", "不能只有数字"),
        (OLD, "password123", "太多人用"),
        (OLD, "P@ssw0rd2026", "很容易被猜到"),
        (OLD, "lin@example.com", "很容易被猜到"),
        ("", NEW, "error"),
    ],
)
def test_a_wrong_old_or_a_weak_new_password_changes_nothing(lin: Person, old: str, new: str, said: str) -> None:
    answer = signed_in().post("/password/", {"old": old, "password": new})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert fresh(lin).check_password(OLD)
    assert facts("password_changed") == 0


def test_guessing_the_old_password_is_slowed_down(lin: Person) -> None:
    client = signed_in()
    for _ in range(8):
        client.post("/password/", {"old": "wrong", "password": NEW})
    answer = client.post("/password/", {"old": OLD, "password": NEW})
    assert "15 分钟" in answer.content.decode()
    assert fresh(lin).check_password(OLD)


def ask(name: str, run_jobs: Any, catch_up: Any) -> str:
    """What the page answers to somebody who forgot, after all work behind it was done."""
    answer = Client().post("/password/forgotten/", {"username": name})
    run_jobs()
    catch_up()
    run_jobs()
    assert answer.status_code == 200
    return re.sub(r"<(meta|input)[^>]*csrf[^>]*>", "", answer.content.decode())


@pytest.mark.parametrize("name", ["N-lin", "lin@example.com", "LIN@EXAMPLE.COM "])
def test_whoever_forgot_gets_a_link_that_works_once(name: str, lin: Person, run_jobs: Any, catch_up: Any) -> None:
    ask(name, run_jobs, catch_up)
    assert [message.to for message in mail.outbox] == [["lin@example.com"]]
    assert NEW not in mail.outbox[0].body and OLD not in mail.outbox[0].body
    path = re.search(r"https?://[^/]+(/password/links/\S+)", mail.outbox[0].body)[1]  # type: ignore[index]
    assert Client().get(path).status_code == 200
    assert fresh(lin).check_password(OLD), "opening the link changes nothing: mail programs do that too"
    client = Client()
    assert client.post(path, {"password": "short"}).status_code == 200
    assert client.post(path, {"password": NEW}).status_code == 302
    assert client.get("/people/").status_code == 200
    assert fresh(lin).check_password(NEW)
    assert Client().get(path).status_code == 410


def test_the_answer_never_tells_whether_somebody_is_known(
    lin: Person, wang: Person, xu: Person, admin: Person, run_jobs: Any, catch_up: Any
) -> None:
    Person.objects.filter(pk=wang.pk).update(kind=Person.Kind.BOT)
    Person.objects.filter(pk=xu.pk).update(email=None)
    sun = make_person("sun")
    deactivate(sun, by=admin)
    known = ask("N-lin", run_jobs, catch_up)
    mail.outbox.clear()
    for name in ("nobody", "N-wang", "N-xu", "N-sun", "' or 1=1", "x" * 120):
        assert ask(name, run_jobs, catch_up) == known
    assert mail.outbox == []
    assert set(LoginLink.objects.values_list("person_id", flat=True)) == {lin.pk}


def test_a_person_gets_three_mails_an_hour_at_the_most(lin: Person, run_jobs: Any, catch_up: Any) -> None:
    for _ in range(5):
        ask("N-lin", run_jobs, catch_up)
    assert len(mail.outbox) == 3


def test_one_place_can_ask_forty_times_an_hour(lin: Person) -> None:
    client = Client()
    answers = [client.post("/password/forgotten/", {"username": f"n{number}"}).status_code for number in range(41)]
    assert answers == [200] * 40 + [429]


def test_an_expired_link_and_one_of_a_leaver_are_refused(lin: Person, admin: Person) -> None:
    link = hand_link(lin, by=admin)
    LoginLink.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    with pytest.raises(Refused):
        read_login_link(login_link_key(link))
    with pytest.raises(Refused):
        use_link(link, password=NEW)
    link = hand_link(lin, by=admin)
    deactivate(lin, by=admin)
    with pytest.raises(Refused):
        read_login_link(login_link_key(link))
    with pytest.raises(Refused):
        hand_link(fresh(lin), by=admin)
    reactivate(lin, by=admin)
    with pytest.raises(Refused):
        use_link(link, password=NEW)
    assert not fresh(lin).has_usable_password()


def test_an_administrator_hands_a_link_to_somebody_without_a_password(admin: Person, lin: Person) -> None:
    worker = new_person(name="石长根", employee_number="L7")
    with pytest.raises(Forbidden):
        hand_link(worker, by=lin)
    first = hand_link(worker, by=admin)
    second = hand_link(worker, by=admin)
    with pytest.raises(Refused):
        read_login_link(login_link_key(first))
    client = Client()
    assert client.post(f"/password/links/{login_link_key(second)}/", {"password": NEW}).status_code == 302
    assert client.get("/people/").status_code == 200
    assert Client().post("/signin/", {"username": "L7", "password": NEW}).status_code == 302
    assert facts("login_link_handed") == 2
    assert facts("password_set") == 1


def test_a_new_password_stops_all_open_links(lin: Person, admin: Person) -> None:
    link = hand_link(lin, by=admin)
    signed_in().post("/password/", {"old": OLD, "password": NEW})
    with pytest.raises(Refused):
        use_link(link, password="somebody else set this")
    assert fresh(lin).check_password(NEW)


def test_a_password_set_by_link_ends_sessions_and_is_told(lin: Person, admin: Person, catch_up: Any) -> None:
    client = signed_in()
    use_link(hand_link(lin, by=admin), password=NEW)
    assert client.get("/people/").status_code == 302
    catch_up()
    assert list(Notification.objects.values_list("person__handle", "notice")) == [("lin", "directory.password_set")]


def test_a_first_password_is_no_news(admin: Person, catch_up: Any) -> None:
    use_link(hand_link(new_person(name="石长根", employee_number="L7"), by=admin), password=NEW)
    catch_up()
    assert not Notification.objects.exists()


def test_a_session_left_open_stays_closed_when_a_leaver_comes_back(lin: Person, admin: Person) -> None:
    client = signed_in()
    deactivate(lin, by=admin)
    reactivate(lin, by=admin)
    assert client.get("/people/").status_code == 302
    assert fresh(lin).is_active
    assert facts("person_left") == facts("person_returned") == 1


@pytest.mark.parametrize(
    "guessed",
    ["password12345", "1qaz2wsx3edc", "P@ssw0rd2026", "a123456789", "abcabcabcabc", "林晓岚lin1"],
)
def test_what_was_found_in_breaches_or_is_made_of_it_is_refused(lin: Person, guessed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(guessed, lin)
    assert {error.code for error in refused.value.error_list} <= {
        "password_too_easy",
        "password_too_common",
        "password_too_short",
    }


@pytest.mark.parametrize(
    ("name", "guessed"),
    [
        *(("张伟", f"{typed}1990") for typed in ("zhangwei", "weizhang", "ZhangWei", "zhangw", "wzhang")),
        *(("张伟", f"{typed}@1990") for typed in ("zhangwei", "zw1990")),
        *(("张伟", guessed) for guessed in ("zw19900101", "19900101zw", "zw@19900101", "Zhangwei@123")),
        ("欧阳伟", "ouyangwei1990"),
        ("欧阳伟", "weiouyang1990"),
        ("单雄", "shanxiong1990"),
        ("单雄", "danxiong@1990"),
        ("Wei Zhang", "zhangwei2020"),
        ("林晓岚", "xiaolan1990"),
        *(("林晓岚", favourite) for favourite in ("woaini1314", "woaini5201314", "woaini@1314", "a123456789")),
        *(("林晓岚", favourite) for favourite in ("qq123456789", "wang123456", "5201314aini", "woaiwojia520")),
    ],
)
def test_own_names_in_pinyin_and_chinese_favourites_are_guessed_quickly(lin: Person, name: str, guessed: str) -> None:
    lin.name = name
    with pytest.raises(ValidationError) as refused:
        validate_password(guessed, lin)
    assert "password_too_easy" in {error.code for error in refused.value.error_list}


def test_the_name_of_the_organisation_is_guessed_in_pinyin(lin: Person) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"name": "深圳云帆制造有限公司"})
    for guessed in ("yunfan@2024", "yunfanzhizao2024", "szyfzzyxgs20240101"):
        with pytest.raises(ValidationError) as refused:
            validate_password(guessed, lin)
        assert [error.code for error in refused.value.error_list] == ["password_too_easy"]


@pytest.mark.parametrize(
    "good", ["天气很好我们去爬山吧", "correct horse battery", "除霜以后再量一次水温", "长" * 5 + "话多说几句" * 40]
)
def test_a_sentence_is_a_good_password(lin: Person, good: str) -> None:
    validate_password(good, lin)


def test_a_link_that_was_used_keeps_the_moment_it_was_used(lin: Person, admin: Person) -> None:
    link = hand_link(lin, by=admin)
    used = timezone.now() - dt.timedelta(days=1)
    LoginLink.objects.filter(pk=link.pk).update(used_at=used)
    hand_link(lin, by=admin)
    change_password(lin, old=OLD, new=NEW)
    use_link(hand_link(lin, by=admin), password=OLD)
    hand_link(lin, by=admin)
    deactivate(lin, by=admin)
    assert LoginLink.objects.get(pk=link.pk).used_at == used
    assert not LoginLink.objects.filter(used_at=None).exists()


def test_a_changed_password_ends_the_links_of_its_person_only(lin: Person, wang: Person, admin: Person) -> None:
    for person in (lin, wang):
        hand_link(person, by=admin)
    change_password(lin, old=OLD, new=NEW)
    assert list(LoginLink.objects.filter(used_at=None).values_list("person__handle", flat=True)) == ["wang"]
