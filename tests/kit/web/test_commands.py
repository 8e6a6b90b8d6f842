"""Commands of the box at the top are what the frame offers, found as people type Chinese."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.utils.translation import override

from tests.cast import make_community
from zhiliu.directory.models import Person
from zhiliu.kit.web.commands import Command, commands_of, fitting_commands
from zhiliu.kit.web.page_frame import build_frame

INBOX = Command("收件箱", "前往", "/inbox/")
LIBRARY = Command("知识库", "前往", "/knowledge/")
SALES = Command("大项目报价", "社区", "/communities/sales/", place=SimpleNamespace(name="大项目报价"))
WRITE = Command("Write an article", "New", "/articles/new/")
ALL = [INBOX, LIBRARY, SALES, WRITE]


def labels(text: str) -> list[str]:
    return [command.label for command in fitting_commands(ALL, text)]


@pytest.mark.parametrize("typed", ["收件箱", "收件", "shoujianxiang", "ShouJian", "sjx", "jianxiang", "jx", "箱"])
def test_a_command_is_found_by_han_pinyin_and_initials_from_any_word_on(typed: str) -> None:
    assert labels(typed) == ["收件箱"]


def test_what_begins_so_comes_before_what_only_holds_it() -> None:
    assert labels("article") == ["Write an article"]
    assert labels("qianwang") == ["收件箱", "知识库"]
    assert labels("x") == ["收件箱", "大项目报价"]
    assert labels("zzz") == []


@pytest.mark.parametrize(
    ("typed", "taken"),
    [("shoujianxiang", True), ("sjx", True), ("收件", True), ("sho", False), ("s", False), ("article", False)],
)
def test_enter_takes_only_what_is_surely_meant(typed: str, taken: bool) -> None:
    assert fitting_commands(ALL, typed)[0].best is taken


def test_the_beginning_of_a_communitys_name_is_rather_searched_for() -> None:
    assert not fitting_commands(ALL, "大项目")[0].best
    assert fitting_commands(ALL, "大项目报价")[0].best
    assert fitting_commands(ALL, "daxiangmu")[0].best


@pytest.mark.django_db
def test_the_commands_are_those_of_the_persons_own_frame(lin: Person, zhao: Person) -> None:
    make_community(lin, name="售后互助站")

    def offered(person: Person) -> set[str]:
        request = RequestFactory().get("/")
        request.user = person
        with override("zh-hans"):
            return {command.label for command in commands_of(build_frame(request))}

    assert {"收件箱", "社区", "售后互助站", "写文章", "深色", "English", "按键", "退出登录"} <= offered(lin)
    assert "管理" not in offered(lin)
    assert not {"售后互助站", "写文章", "管理"} & offered(zhao)
