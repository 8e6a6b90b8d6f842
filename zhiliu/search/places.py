"""The place of a text: which community it is proposed for, and the field in which a person chooses one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.communities.queries import my_communities
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import cards_for
from zhiliu.kit.contracts.rules import Rule

from .index import find

KINDS = ("need", "topic", "question", "post", "article", "gathering")
SHORTEST = 4
# How many places beside their own a field offers, and how much of what a person did lately counts.
MOST = 300
RECENT = 300


@dataclass(frozen=True)
class Place:
    """The community a text is proposed for, and why.

    Args:
        is_chosen: by the person, or by the page they came from; the text changes it no more.
    """

    community: Community | None
    why: str = ""
    is_chosen: bool = False

    @property
    def slug(self) -> str:
        """Return the value of the field, '' for none."""
        return self.community.slug if self.community else ""


@dataclass(frozen=True)
class WritingPage:
    """A page of ``search/writing.html``.

    Args:
        name: of the page. list_name: of the list that shows what was written.
        new, similar, list: names of the addresses of the form, of the answer to typing, and of that list.
        draft: under which text is kept on the device.
    """

    name: Any
    list_name: Any
    new: str
    similar: str
    list: str
    draft: str


def places_for(person: Person, rule: Rule, named: str = "") -> list[Community]:
    """Return the communities where ``rule`` allows the person: all of their own, and others, by name.

    Args:
        named: slug of a community that is among them however many there are: one came from there, or chose it.
    """
    seen = Community.objects.without_tree_fields().visible_to(person).exclude(phase=Community.Phase.ARCHIVED)
    mine = seen.filter(pk__in=reach(person).roles).order_by("name")
    others = seen.exclude(pk__in=reach(person).roles).order_by("name")
    rows = [*mine, *others[:MOST]]
    if named and all(community.slug != named for community in rows):
        rows += others.filter(slug=named)
    return [community for community in rows if rule(person, community)]


def why_nowhere(person: Person, rule: Rule, feature: Feature) -> Any:
    """Return why ``rule`` refuses the person in the first of their communities with ``feature``; None without one."""
    mine = (community for community in my_communities(person) if community.has(feature))
    return next((rule.why_not(person, community) for community in mine), None)


def named_place(sent: QueryDict, places: Sequence[Community]) -> Community | None:
    """Return the community the address names, if it is among the places."""
    return next((place for place in places if place.slug == sent.get("community")), None)


def chosen_or_proposed(sent: QueryDict, person: Person, places: Sequence[Community], text: str) -> Place:
    """Return the place for what is being written.

    It is the named one (``community``), if that was chosen (``chosen``) or the person came from there; otherwise
    :func:`proposed_place`.
    """
    named = named_place(sent, places)
    if named is not None and sent.get("chosen", "1"):
        return Place(named, _("You can choose another community."), is_chosen=True)
    return proposed_place(text, person, places)


def proposed_place(text: str, person: Person, places: Sequence[Community]) -> Place:
    """Return the place with the most similar texts, else the one the person is most active in, else their first."""
    by_key = {place.pk: place for place in places}
    key = _most_similar(text, person, by_key)
    if key is not None:
        return Place(by_key[key], _("Suggested because similar things are here."))
    recent = Activity.objects.filter(by_id=person.pk).order_by("-id").values_list("community_id", flat=True)[:RECENT]
    active = Counter(key for key in recent if key in by_key)
    if active:
        return Place(by_key[active.most_common(1)[0][0]], _("Suggested because you are most active here."))
    mine = [place for place in places if place.pk in reach(person).roles]
    return Place(mine[0] if mine else None, _("You can choose another community.") if mine else "")


def _most_similar(text: str, person: Person, among: dict[int, Community]) -> int | None:
    """Return the id of the community whose texts are most similar; a part of the words is not enough."""
    if len(text) < SHORTEST:
        return None
    results = find(text, keys=reach(person).keys, kinds=KINDS, limit=12)
    if results.is_weak:
        return None
    scores = {(hit.kind, hit.key): hit.score for hit in results.hits}
    similarity: Counter[int] = Counter()
    for reference, card in cards_for(list(scores), person).items():
        if card.community_id in among:
            similarity[card.community_id] += int(scores[reference] * 1000)
    return similarity.most_common(1)[0][0] if similarity else None


class PlaceField(forms.ChoiceField):
    """The community a text goes to; :meth:`offer` sets the choices. The value is the community."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", pgettext_lazy("of a text", "Community"))
        # Captured: the choice is noted before the form asks for what is similar there.
        choosing = {"data-place-target": "field", "data-action": "change->place#choose:capture"}
        kwargs.setdefault("widget", forms.Select(attrs=choosing))
        messages = {"required": gettext_lazy("Choose a community."), "invalid_choice": gettext_lazy("Choose another.")}
        super().__init__(error_messages=messages, **kwargs)
        self.communities: dict[str, Community] = {}

    def offer(self, communities: Sequence[Community], person: Person) -> None:
        """Offer these, the person's own apart from the others."""
        self.communities = {community.slug: community for community in communities}
        mine = reach(person).roles
        own = [(row.slug, row.name) for row in communities if row.pk in mine]
        others = [(row.slug, row.name) for row in communities if row.pk not in mine]
        groups = [(_("My communities"), own), (_("Other communities"), others)] if own and others else [*own, *others]
        self.choices = [("", _("Choose a community")), *groups]

    def clean(self, value: Any) -> Community:
        """Return the community."""
        return self.communities[super().clean(value)]
