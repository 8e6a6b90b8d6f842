"""Arrange a gathering in the form that creates its topic: who shares, and when."""

from __future__ import annotations

from typing import Any

from django.utils.http import urlencode

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.directory.queries import room_names
from zhiliu.kit.web.addresses import address
from zhiliu.needs.models import Topic
from zhiliu.needs.ui_extensions import TopicFormPart, topic_form_parts

from .conflicts import conflicts_of
from .forms import WithTopicForm
from .inviting import invite_sharer
from .models import Gathering
from .proposing import propose
from .rules import can_propose
from .scheduling import fix_time


@topic_form_parts.register(key="gatherings")
def gathering_part(community: Community, viewer: Person, data: Any) -> TopicFormPart | None:
    """Return the form part for people who may propose a gathering."""
    if not can_propose(viewer, community):
        return None
    form = WithTopicForm(viewer, data)

    def arrange(topic: Topic) -> str | None:
        return arrange_with_topic(topic, form, by=viewer) if form.wants_gathering() else None

    return TopicFormPart("gatherings/with_topic.html", form, arrange, {"rooms": room_names()})


def arrange_with_topic(topic: Topic, form: WithTopicForm, *, by: Person) -> str:
    """Propose a gathering about a new topic, invite its sharer, and fix its time if it has no conflicts.

    Returns:
        The next page: the gathering, or its time form with the conflicts.
    """
    sharer = by if form.cleaned_data["i_share"] else form.cleaned_data["sharer"]
    gathering = propose(
        topic.community,
        title=topic.title,
        for_whom=topic.for_whom,
        take_home=topic.take_home,
        topic=topic,
        sharer=by if sharer == by else None,
        by=by,
    )
    if sharer is not None and sharer != by:
        invite_sharer(gathering, sharer, by=by)
    return _fix(gathering, form, by) if form.cleaned_data["day"] else gathering.get_absolute_url()


def _fix(gathering: Gathering, form: WithTopicForm, by: Person) -> str:
    starts_at, ends_at = form.moments()
    place = form.cleaned_data["place"]
    if conflicts_of(gathering, starts_at, ends_at, place):
        typed = {name: form[name].value() for name in ("day", "clock", "minutes", "place")}
        return f"{address('gatherings:time', gathering.pk)}?{urlencode(typed)}"
    fix_time(gathering, starts_at=starts_at, ends_at=ends_at, place=place, by=by)
    return gathering.get_absolute_url()
