"""Request every address of the resolver as everybody, with samples as arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.messages import ERROR, get_messages
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from zhiliu.directory.models import Person

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """An entry of a ``urls.py``.

    Args:
        name: with its namespace.
        route: as written, from the root.
    """

    name: str
    route: str

    @property
    def pieces(self) -> list[str]:
        """The parts between slashes; arguments as their bare name, like ``<pk>``."""
        return [_ARGUMENT.sub(r"<\1>", piece) for piece in self.route.split("/")]

    def path(self, samples: dict[str, Any]) -> str:
        """Return the address with samples as arguments.

        Each argument is looked up with the part before it (``needs/<pk>``). A key with the address's name or its
        namespace takes precedence, for names that several apps use.

        Raises:
            LookupError: there is no sample.
        """
        before, filled = "", []
        for piece in self.pieces:
            if "<" in piece:
                value = self._sample(f"{before}/{piece}", samples)
                filled.append(_ARGUMENT.sub(lambda _match, value=value: str(value), piece))
            else:
                filled.append(piece)
            before = piece
        return "/" + "/".join(filled)

    def _sample(self, key: str, samples: dict[str, Any]) -> Any:
        for name in (f"{self.name} {key}", f"{self.name.partition(':')[0]} {key}", key):
            if name in samples:
                return samples[name]
        raise LookupError(f"{self.name} needs a sample for {key}")


def addresses(resolver: URLResolver | None = None, namespace: str = "", before: str = "") -> Iterator[Address]:
    """Yield every address of the project, in resolving order."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Address(namespace + (pattern.name or ""), route)
        else:
            yield from addresses(pattern, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""), route)


class Visitor:
    """A person with a browser whose changes are rolled back."""

    def __init__(self, person: Person | None) -> None:
        # A server error is an answer too: 500.
        self.client = Client(raise_request_exception=False)
        if person is not None:
            self.client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        self._cookies = self.client.cookies.output(header="")

    def answer(self, method: str, path: str, values: dict[str, str]) -> str:
        """Return the status in short; ``login`` and ``refused`` (sent back with the reason) are kinds of 302."""
        self.client.cookies.clear()
        self.client.cookies.load(self._cookies)
        with transaction.atomic():
            response = getattr(self.client, method.lower())(path, values)
            word = _word(response)
            response.close()
            transaction.set_rollback(True)
        return word

    def text(self, path: str, values: dict[str, str]) -> str:
        """Return the page at an address, '' for what is no page."""
        self.client.cookies.clear()
        self.client.cookies.load(self._cookies)
        with transaction.atomic():
            response = self.client.get(path, values)
            is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
            text = response.content.decode() if is_page else ""
            response.close()
            transaction.set_rollback(True)
        return text


def _word(response: Any) -> str:
    if response.status_code != 302:
        # htmx requests are refused by a message and the same page.
        return str(response.status_code)
    if response.headers["Location"].partition("?")[0] == resolve_url(settings.LOGIN_URL):
        return "login"
    is_refused = any(message.level >= ERROR for message in get_messages(response.wsgi_request))
    return "refused" if is_refused else "302"
