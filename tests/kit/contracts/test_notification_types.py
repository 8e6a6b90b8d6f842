"""A notice that differs by its sentence and by whom it tells is data; registering one without either fails."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.translation import gettext_lazy, override

from zhiliu.kit.contracts.notification_types import NotificationType, notice_kinds, offers_notification

ROW = SimpleNamespace(who="王一帆", title="报价怎么审", count=1, details={})


class Thanked(NotificationType):
    """One person, one sentence."""

    key = "tests.thanked"
    tells = "to_id"
    says = gettext_lazy("%(who)s thanks you: “%(title)s”")


class WithoutSentence(NotificationType):
    """Tells somebody nothing."""

    key = "tests.silent"
    tells = "to_id"


class WithoutRecipients(NotificationType):
    """Tells nobody something."""

    key = "tests.lonely"
    says = "…"


@pytest.mark.parametrize(("told", "ids"), [(7, [7]), ([7, 8], [7, 8]), (None, []), ([], [])])
def test_the_named_field_says_whom_to_tell(told: Any, ids: list[int]) -> None:
    assert list(Thanked().recipients(SimpleNamespace(to_id=told))) == ids


def test_the_sentence_is_filled_in_and_translated_when_it_is_shown() -> None:
    with override("en"):
        assert str(Thanked().sentence(ROW)) == "王一帆 thanks you: “报价怎么审”"
    with override("zh-hans"):
        assert str(Thanked().sentence(ROW)) == "王一帆感谢你：“报价怎么审”"


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        (WithoutSentence, r"tests\.silent has neither says nor sentence\(\)"),
        (WithoutRecipients, r"tests\.lonely has neither tells nor recipients\(\)"),
    ],
)
def test_a_type_that_does_not_say_whom_or_what_is_not_registered(kind: type[NotificationType], fault: str) -> None:
    with pytest.raises(TypeError, match=fault):
        offers_notification(kind)
    assert notice_kinds.get(kind.key) is None


def test_methods_stand_in_for_what_is_not_plain_data(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[Any] = []
    monkeypatch.setattr(type(notice_kinds), "register", lambda self, kind, **_: registered.append(kind))

    class Written(WithoutSentence):
        key = "tests.written"

        def sentence(self, row: Any) -> str:
            return f"{row.count} {row.title}"

        def recipients(self, fact: Any) -> Iterable[int]:
            return [1, 2]

    offers_notification(Written)
    (kind,) = registered
    assert (kind.sentence(ROW), kind.recipients(None)) == ("1 报价怎么审", [1, 2])
