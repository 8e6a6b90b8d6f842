"""What happened: announced once, read by many.

A verb announces a fact inside its transaction; the recorder (the activity app) writes it to the log in the same
transaction. Consumers that must not miss a fact follow the log by position; those that only need to be fast listen
after the commit.
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
    """Base of all facts: ids only, never text, so that erasing a person needs no rewrite of the log.

    Args:
        by_id: the person who acted, or None where anonymity was promised.
        community_id: the community it happened in, if any.

    A subclass is declared with its name in the log, in webhooks and for programs: ``class NeedClosed(Fact,
    name="needs.need_closed")``. The name is permanent, even if the class is renamed; a base class that is never
    announced itself is declared with ``abstract=True``. ``about`` = (label of the object type, field name) names the
    object a fact is about. ``day_only`` is set where anonymity is promised: the log keeps the day instead of the time.
    ``administrative`` is the name of the act in the audit, for facts that belong there.

    Raises:
        TypeError: a subclass without a name, with a base's name, or with a name in use.
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
        """Return True if this fact belongs in the audit. Subclasses leave out what people do to themselves."""
        return bool(self.administrative)

    def payload(self) -> dict[str, Any]:
        """Return the ids of this fact, without actor and community, as JSON values."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {name: value for name, value in values.items() if name not in ("by_id", "community_id")}


FACTS: dict[str, type[Fact]] = {}
recorder: Provider[Callable[[Fact], None]] = Provider("recorder of facts")
# Consumers of the log that need facts only. The activity app passes them every fact, in order and at least once.
readers: Registry[Callable[[Sequence[Fact]], None]] = Registry("readers of facts")
_listeners: dict[type[Fact], list[Callable[[Any], None]]] = defaultdict(list)

F = TypeVar("F", bound=Fact)


def announce(fact: Fact, *, change: Change | None = None) -> None:
    """Record ``fact`` in the current transaction and call the listeners after its commit.

    Args:
        change: what an administrative act changed, for the audit.

    Raises:
        RuntimeError: outside a transaction, where fact and act could diverge.
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
    """Return the fact of a log row, or None when its class no longer exists."""
    kind = FACTS.get(name)
    if kind is None:
        return None
    field_names = {field.name for field in dataclasses.fields(kind)}
    return kind(by_id=by_id, community_id=community_id, **{k: v for k, v in payload.items() if k in field_names})


def _tell(listener: Callable[[Any], None], fact: Fact) -> None:
    try:
        listener(fact)
    except Exception:
        logger.exception("a listener failed on %s", fact.name)
