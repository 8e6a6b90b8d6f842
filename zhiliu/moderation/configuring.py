"""Settings of moderation: detector modes, limits, the list of words, canned responses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import Change, Picture, change, picture, picture_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .detecting.insults import bare
from .facts import PolicyChanged, TemplatesChanged, WordsChanged
from .models import CannedResponse, Mode, Policy, Word
from .rules import can_keep_words, can_moderate, can_set_policy

MOST_WORDS = 2000


def change_policy(
    community: Community, *, modes: Mapping[str, str], newcomer_limit: int, member_limit: int, version: int, by: Person
) -> Policy:
    """Set a community's detector modes and its limits of messages per hour.

    Args:
        modes: by detector; default modes may be omitted. version: of the form; 1 without a policy.

    Raises:
        Forbidden: may not change the community's settings. Refused: it was changed meanwhile.
    """
    require(can_set_policy, by, community)
    chosen = {key: mode for key, mode in modes.items() if mode in Mode.values}
    with transaction.atomic():
        current, _is_new = Policy.objects.get_or_create(community=community)
        was = picture(Policy, current.pk)
        updated = Policy.objects.filter(pk=current.pk, version=version).update(
            modes=chosen, newcomer_limit=newcomer_limit, member_limit=member_limit, version=version + 1
        )
        if not updated:
            raise Refused(_("Someone else changed this. Reload the page."))
        current.refresh_from_db()
        difference = change(was, picture_of(current))
        if difference.after:
            announce(PolicyChanged(community_id=community.pk, by_id=by.pk), change=difference)
    return current


def list_words(texts: Iterable[str], *, weight: int, by: Person) -> int:
    """Add words to the organisation's list; existing ones get the new weight.

    Returns:
        How many are new.

    Raises:
        Forbidden: not an administrator. Refused: the list is too long, or a word is too short.
    """
    require(can_keep_words, by)
    by_folded = {bare(text): text.strip() for text in texts if text.strip()}
    if any(len(folded) < 2 for folded in by_folded):
        raise Refused(_("A word needs at least two characters."), field="words")
    with transaction.atomic():
        existing = set(Word.objects.values_list("folded", flat=True))
        new = {folded: text for folded, text in by_folded.items() if folded not in existing}
        if len(existing) + len(new) > MOST_WORDS:
            raise Refused(_("The list has at most %(most)s words.") % {"most": MOST_WORDS}, field="words")
        heavier = Word.objects.filter(folded__in=by_folded).exclude(weight=weight)
        changed = heavier.update(weight=weight, changed_at=timezone.now())
        Word.objects.bulk_create(Word(text=text, folded=folded, weight=weight, by=by) for folded, text in new.items())
        if new or changed:
            after = {"words": sorted(new.values())[:50], "count": len(new)}
            announce(WordsChanged(by_id=by.pk), change=Change("", "moderation.word", {}, after))
    return len(new)


def unlist_word(word: Word, *, by: Person) -> None:
    """Remove a word from the list. Idempotent."""
    require(can_keep_words, by)
    with transaction.atomic():
        if Word.objects.filter(pk=word.pk).delete()[0]:
            announce(WordsChanged(by_id=by.pk), change=Change(word.text, "moderation.word", {"words": word.text}, {}))


def save_template(
    community: Community | None,
    *,
    title: str,
    text: str,
    by: Person,
    fits: str = "",
    template: CannedResponse | None = None,
) -> CannedResponse:
    """Save a canned response; administrators manage those of the organisation.

    Args:
        fits: the reason (of a report) for which it is suggested automatically.

    Raises:
        Forbidden: does not moderate there. Refused: the title is taken.
    """
    require(can_moderate, by, community)
    try:
        with transaction.atomic():
            was = Picture() if template is None else picture(CannedResponse, template.pk)
            response = template or CannedResponse(community=community)
            response.title, response.text, response.fits = title, text, fits
            response.save()
            announce(
                TemplatesChanged(community_id=community.pk if community else None, by_id=by.pk),
                change=change(was, picture_of(response)),
            )
    except IntegrityError:
        raise Refused(_("A canned reply with this title already exists."), field="title") from None
    return response


def drop_template(template: CannedResponse, *, by: Person) -> None:
    """Delete a canned response. Idempotent."""
    require(can_moderate, by, template.community)
    with transaction.atomic():
        was = picture_of(template)
        if CannedResponse.objects.filter(pk=template.pk).delete()[0]:
            announce(TemplatesChanged(community_id=template.community_id, by_id=by.pk), change=change(was, Picture()))
