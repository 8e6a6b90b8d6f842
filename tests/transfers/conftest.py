"""Files to import."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from zhiliu.directory.models import Person
from zhiliu.transfers.importing import advance, choose_columns, receive_file
from zhiliu.transfers.models import ImportRun

HEAD = "工号,姓名,部门,岗位,上级工号,入职日期,邮箱"


def roster(*lines: str, head: str = HEAD) -> bytes:
    """Return a CSV file of these lines."""
    return "\n".join([head, *lines, ""]).encode()


@pytest.fixture
def bring(admin: Person) -> Callable[..., ImportRun]:
    """A function: bring(bytes) reads and checks a file with the guessed columns."""

    def go(content: bytes, *, name: str = "people.csv", full: bool = False) -> ImportRun:
        run = receive_file(io.BytesIO(content), name=name, by=admin, full=full)
        advance(run)
        if run.state == ImportRun.State.COLUMNS:
            choose_columns(run, run.columns, full=full, by=admin)
            advance(run)
        return run

    return go
