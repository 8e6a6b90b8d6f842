"""The form that chooses whom to invite to attend."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from zhiliu.conversations.models import Channel
from zhiliu.directory.models import Department, Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.web.forms import Form, TextField
from zhiliu.kit.web.http import key_of
from zhiliu.search.models import Tag
from zhiliu.search.typed_tags import split_tags

from .audience import MOST_AT_ONCE, AudienceChoice, people_to_invite
from .inviting_elsewhere import channel_posted_in, channels_to_post_in
from .models import Gathering

MOST_TAGS = 12


def _several(label: Any, address: str, **kwargs: Any) -> forms.MultipleChoiceField:
    widget = forms.SelectMultiple(attrs={"data-combobox": reverse_lazy(address)})
    return forms.MultipleChoiceField(label=label, required=False, widget=widget, **kwargs)


class AudienceForm(Form):
    """Who is invited to attend, and the channel to say it in. What a gathering does not have is left out.

    Args:
        viewer: the host. gathering: it has or is about to get a time.
    """

    members = forms.BooleanField(required=False, initial=True)
    had_need = forms.BooleanField(required=False, initial=True)
    channel = forms.ModelChoiceField(
        Channel.objects.none(), label=_("Post in a channel"), required=False, empty_label=_("Don’t post")
    )
    departments = _several(_("Departments"), "directory:department_search", help_text=_("Including sub-departments"))
    people = _several(_("Colleagues"), "directory:search")
    tags = TextField(
        label=_("Followers of tags"),
        max_length=300,
        required=False,
        help_text=_("Separate with commas. They are notified; who follows a tag stays private."),
    )

    def __init__(self, viewer: Person, gathering: Gathering, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.gathering = viewer, gathering
        for name, choice in (("members", AudienceChoice(members=True)), ("had_need", AudienceChoice(had_need=True))):
            self._count(name, people_to_invite(gathering, choice, by=viewer).count())
        self._offer_channels()
        for name in ("departments", "people"):
            field: Any = self.fields[name]
            wanted = self.data.getlist(self.add_prefix(name)) if hasattr(self.data, "getlist") else []
            # Only the shape of ids is checked here; the queries below drop what is out of reach.
            field.choices = [(value, value) for value in wanted if key_of(value)]

    def start_unticked(self) -> None:
        """Tick nothing: on the page of the audience the first call has been made."""
        for name in ("members", "had_need", "channel"):
            if name in self.fields:
                self.fields[name].initial = None

    def _count(self, name: str, count: int) -> None:
        if not count:
            del self.fields[name]
            return
        words = {
            "members": ngettext("The %(n)s member of %(name)s", "The %(n)s members of %(name)s", count),
            "had_need": ngettext(
                "The %(n)s colleague who has this need", "The %(n)s colleagues who have this need", count
            ),
        }
        self.fields[name].label = words[name] % {"n": count, "name": self.gathering.community.name}
        # More than one call can reach: not ticked, so that fixing a time is never refused by a default.
        self.fields[name].initial = count <= MOST_AT_ONCE

    def _offer_channels(self) -> None:
        channels = channels_to_post_in(self.gathering, self.viewer)
        if not channels or channel_posted_in(self.gathering) is not None:
            del self.fields["channel"]
            return
        field: Any = self.fields["channel"]
        field.queryset = Channel.objects.filter(pk__in=[channel.pk for channel in channels])
        field.initial = channels[0].pk

    def clean_tags(self) -> list[Tag]:
        """Return the tags.

        Raises:
            ValidationError: a tag does not exist, or there are too many.
        """
        names = list(dict.fromkeys(name.removeprefix("#") for name in split_tags(self.cleaned_data["tags"])))
        if len(names) > MOST_TAGS:
            raise forms.ValidationError(_("At most %(most)s tags.") % {"most": MOST_TAGS})
        tags = list(Tag.objects.filter(name__in=names))
        unknown = [name for name in names if name not in {tag.name for tag in tags}]
        if unknown:
            raise forms.ValidationError(_("There is no tag “%(name)s”.") % {"name": unknown[0]})
        return tags

    def choice(self) -> AudienceChoice:
        """Return whom to invite; people out of the host's reach are dropped."""
        chosen = self.cleaned_data
        return AudienceChoice(
            members=bool(chosen.get("members")),
            had_need=bool(chosen.get("had_need")),
            departments=list(Department.objects.filter(pk__in=chosen["departments"])),
            people=list(visible_people(self.viewer).filter(pk__in=chosen["people"])),
            tags=chosen["tags"],
        )
