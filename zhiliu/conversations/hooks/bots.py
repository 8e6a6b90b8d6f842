"""Bots, in whose name programs post."""

from __future__ import annotations

import secrets

from zhiliu.directory.models import Person


def new_bot(name: str) -> Person:
    """Create a bot with this name; it can never sign in."""
    bot = Person(handle=f"bot-{secrets.token_hex(6)}", name=name, kind=Person.Kind.BOT)
    bot.set_unusable_password()
    bot.save()
    return bot
