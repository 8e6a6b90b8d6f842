"""What happened, said once and heard by many.

A verb announces a fact inside its transaction; the recorder (the activity app) writes it to the log in the same
transaction. Whoever must not miss anything follows the log by position; whoever only wants to be quick listens after
the commit.
"""

from __future__ import annotations

import dataclasses
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.db import transaction

from .audit import Change, auditor
from .registry import Provider, Registry

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of all facts: ids only, never text, so that the log needs no rewrite when a person is erased.

    Args:
        by_id: the person who acted, or None where anonymity was promised.
        community_id: the community it happened in, if one.

    A subclass is declared with the name the log, webhooks and programs know it by: ``class NeedClosed(Fact,
    name="needs.need_closed")``. The name is kept for good, whatever becomes of the class; a base that never happens
    itself is declared with ``abstract=True``. A subclass says what it is about by ``about`` =
    (label of the object type, field name). Facts of acts that promise anonymity set ``day_only``: the log keeps their
    day instead of their time.
    ``administrative`` is what the act is called in the audit, for facts that belong there.

    Raises:
        TypeError: a subclass without a name, with a base's name, or with a name that is taken.
    """

    name: ClassVar[str] = ""
    about: ClassVar[tuple[str, str] | None] = None
    day_only: ClassVar[bool] = False
    administrative: ClassVar[Any] = ""
    by_id: int | None = None
    community_id: int | None = None

    def __init_subclass__(cls, *, name: str = "", abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if bool(name) == abstract:
            raise TypeError(f"{cls.__qualname__}: a fact has a name, or it is abstract")
        if name in FACTS:
            raise TypeError(f"{cls.__qualname__}: {name} is {FACTS[name].__qualname__} already")
        cls.name = name
        if name:
            FACTS[name] = cls

    def is_administrative(self) -> bool:
        """Whether this very fact belongs in the audit; what people do to themselves does not."""
        return bool(self.administrative)

    def payload(self) -> dict[str, Any]:
        """The ids of this fact, without actor and community, as JSON values."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {name: value for name, value in values.items() if name not in ("by_id", "community_id")}


FACTS: dict[str, type[Fact]] = {}
recorder: Provider[Callable[[Fact], None]] = Provider("recorder of facts")
# Followers of the log that want facts only. The activity app hands them every fact, in order and at least once.
readers: Registry[Callable[[Sequence[Fact]], None]] = Registry("readers of facts")
_listeners: dict[type[Fact], list[Callable[[Any], None]]] = defaultdict(list)

F = TypeVar("F", bound=Fact)


def announce(fact: Fact, *, change: Change | None = None) -> None:
    """Record ``fact`` in the current transaction and tell the listeners after its commit.

    Args:
        change: what an administrative act did, for the audit.

    Raises:
        RuntimeError: outside a transaction, where the fact and the act could come apart.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{fact.name} announced outside a transaction")
    recorder.provider(fact)
    if fact.is_administrative():
        auditor.provider(fact, change or Change())
    for listener in _listeners[type(fact)]:
        # One lambda per listener: functools.partial with robust=True breaks on Django 5.2.
        transaction.on_commit(lambda listener=listener: _tell(listener, fact))  # type: ignore[misc]


def listen(kind: type[F]) -> Callable[[Callable[[F], None]], Callable[[F], None]]:
    """Decorator: call the function with each fact of ``kind`` after commit. A failure is logged, never raised."""

    def register(function: Callable[[F], None]) -> Callable[[F], None]:
        _listeners[kind].append(function)
        return function

    return register


def rebuild(name: str, by_id: int | None, community_id: int | None, payload: dict[str, Any]) -> Fact | None:
    """The fact a log row stands for, or None when its class is gone from the code."""
    kind = FACTS.get(name)
    if kind is None:
        return None
    known = {field.name for field in dataclasses.fields(kind)}
    return kind(by_id=by_id, community_id=community_id, **{k: v for k, v in payload.items() if k in known})


def _tell(listener: Callable[[Any], None], fact: Fact) -> None:
    try:
        listener(fact)
    except Exception:
        logger.exception("a listener failed on %s", fact.name)
