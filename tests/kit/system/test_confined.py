"""Work in a process of its own: it answers, it raises, and what it takes too much of ends it and nothing else."""

from __future__ import annotations

import os
import re
import time

import pytest

from zhiliu.kit.system import confined as module
from zhiliu.kit.system.confined import Overrun, confined


def own_process() -> int:
    return os.getpid()


def refuse(word: str) -> None:
    raise ValueError(word)


def never_end() -> None:
    re.compile(r"(a+)+$").match("a" * 60 + "b")


def fill_memory() -> int:
    return len(bytearray(8 << 30))


def fall_over() -> None:
    os.abort()


def sleep() -> None:
    time.sleep(60)


def nest() -> int:
    return nest() + 1


def test_it_answers_from_another_process_that_is_used_again() -> None:
    first = confined(own_process)
    assert first != os.getpid() and confined(own_process) == first


def test_a_child_that_nobody_needs_ends_and_the_next_work_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_children", module._Children())
    monkeypatch.setattr(module, "_IDLE_SECONDS", 0.5)
    monkeypatch.setattr(module, "_USED_UNTIL", 0.2)
    first = confined(own_process)
    child = module._children._waiting[0]._process
    child.join(timeout=20)
    assert child.exitcode == 0
    assert confined(own_process) != first


def test_what_it_raises_is_raised_here() -> None:
    with pytest.raises(ValueError, match="no"):
        confined(refuse, "no")


@pytest.mark.parametrize("work", [never_end, fill_memory, fall_over, sleep, nest])
def test_what_takes_too_much_is_ended_and_the_next_goes_on(work: object) -> None:
    with pytest.raises(Overrun):
        confined(work, seconds=1)  # type: ignore[arg-type]
    assert confined(own_process) != os.getpid()
