"""People in searches: whom a word names, and how colleagues are addressed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people

# How colleagues are called by surname: 尹工, 史师傅, 唐总.
_TITLES = (
    *("工", "总", "师傅", "老师", "经理", "主任", "主管", "总监", "部长", "科长", "组长", "班长"),
    *("姐", "哥", "博士", "律师", "会计", "医生"),
)
_BEFORE = ("老", "小")
# Surnames of two characters (百家姓).
_TWO_CHARACTERS = frozenset(
    {
        *("欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟"),
        *("公孙", "令狐", "慕容", "夏侯", "南宫", "端木", "长孙", "宇文"),
    }
)
_CHINESE_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
MOST = 8


def surname_of(name: str) -> str:
    """Return the surname of a Chinese name, '' for any other."""
    if not _CHINESE_NAME.fullmatch(name):
        return ""
    return name[:2] if name[:2] in _TWO_CHARACTERS and len(name) > 2 else name[0]


def names_with_title(name: str) -> list[str]:
    """Return how the person may be addressed by surname."""
    surname = surname_of(name)
    if not surname:
        return []
    return [f"{surname}{title}" for title in _TITLES] + [f"{word}{surname}" for word in _BEFORE if len(surname) == 1]


def people_by_name(words: Iterable[str], viewer: Person) -> dict[str, tuple[int, ...]]:
    """Return the ids of visible people by those of ``words`` that are somebody's whole name; one query."""
    names = [word for word in dict.fromkeys(words) if _CHINESE_NAME.fullmatch(word)][:MOST]
    if not names:
        return {}
    ids: dict[str, list[int]] = defaultdict(list)
    for name, key in visible_people(viewer).filter(name__in=names).order_by("pk").values_list("name", "pk"):
        ids[name].append(key)
    return {name: tuple(keys[:MOST]) for name, keys in ids.items()}
