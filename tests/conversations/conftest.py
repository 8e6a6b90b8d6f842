"""Compare reasons in English, whatever the language of the installation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from tests.conversations.programs import Program


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def program(settings: Any) -> Iterator[Program]:
    """A program inside the network, whose host is allowed."""
    settings.WEBHOOK_PRIVATE_HOSTS = {"127.0.0.1"}
    program = Program()
    yield program
    program.server.shutdown()
    program.server.server_close()
