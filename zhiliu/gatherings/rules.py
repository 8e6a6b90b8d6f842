"""Permissions of gatherings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.communities import rules as community_rules
from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import name_rule, rule

from .models import AudienceInvitation, DepartmentAsk, Gathering, Invitation, LightningTalk, Seat


@rule(_("Only people who can see the community can see this."))
def can_see(person: Person, gathering: Gathering) -> bool:
    """May see the gathering; twin of ``visible_to``."""
    if person.pk in (gathering.sharer_id, gathering.host_id) or reach(person).sees(gathering.community):
        return True
    invitations = Invitation.objects.filter(gathering=gathering, person=person).exclude(state=Invitation.State.DECLINED)
    if invitations.exists() or gathering.talks.standing().filter(speaker=person).exists():
        return True
    return AudienceInvitation.objects.filter(gathering=gathering, person=person).exists()


@rule(_("Only invited people can answer."))
def is_invited(person: Person, gathering: Gathering) -> bool:
    """Was invited to attend, or has signed up."""
    invited = AudienceInvitation.objects.filter(gathering=gathering, person=person)
    return invited.exists() or Seat.objects.filter(gathering=gathering, person=person).exists()


@rule(_("Gatherings are switched off in this community."))
def has_gatherings(person: Person, community: Any) -> bool:
    """The community has switched gatherings on."""
    return bool(community.has(Feature.GATHERINGS))


@rule(_("Only the host can do this."))
def is_host(person: Person, gathering: Gathering) -> bool:
    """Hosts it."""
    return person.is_active and gathering.host_id is not None and gathering.host_id == person.pk


@rule(_("Only the host and the speaker can do this."))
def is_sharer(person: Person, gathering: Gathering) -> bool:
    """Shares in it, alone or with a lightning talk they agreed to give."""
    if gathering.is_lightning:
        agreed = LightningTalk.State.ACCEPTED
        return person.is_active and gathering.talks.filter(speaker=person, state=agreed).exists()
    return person.is_active and gathering.sharer_id is not None and gathering.sharer_id == person.pk


@rule(_("Only the speaker can answer for this talk."))
def is_speaker(person: Person, talk: LightningTalk) -> bool:
    """Is to give the lightning talk."""
    return person.is_active and talk.speaker_id == person.pk


@rule(_("Only the person writing it up and the host can do this."))
def owns_deposit(person: Person, gathering: Gathering) -> bool:
    """Is to write down what was said."""
    deposit = getattr(gathering, "deposit", None)
    return deposit is not None and deposit.owner_id is not None and deposit.owner_id == person.pk


@rule(_("Only the department head can answer this."))
def heads_department(person: Person, ask: DepartmentAsk) -> bool:
    """Heads the department that was asked."""
    return person.is_active and ask.department.head_id is not None and ask.department.head_id == person.pk


@rule(_("This community is for members only: its gatherings are not shown outside."))
def is_open_to_colleagues(person: Person, gathering: Gathering) -> bool:
    """Its community can be read by all colleagues."""
    return gathering.community.visibility == Community.Visibility.OPEN


@rule(_("Schedule the gathering before making a poster."))
def is_announced(person: Person, gathering: Gathering) -> bool:
    """It is to come, its time is fixed, and it is not tea for two."""
    return gathering.state == Gathering.State.FIXED and not gathering.is_over and not gathering.is_tea_chat


_is_open = community_rules.is_open_for_work.of("community")
_moderates = community_rules.can_moderate.of("community")

name_rule("gatherings.see", can_see)
can_propose = name_rule("gatherings.propose", has_gatherings & community_rules.can_schedule)
# The host's refusal reason is shown; moderators know their own rights.
can_host = name_rule("gatherings.host", _is_open & (_moderates | is_host))
can_take_part = name_rule("gatherings.take_part", _is_open & can_see)
can_answer_audience = name_rule("gatherings.answer_audience", is_invited)
can_prepare = name_rule("gatherings.prepare", _is_open & (_moderates | is_host | is_sharer))
can_see_results = name_rule("gatherings.see_results", _moderates | is_host | is_sharer)
# Feedback with names is read only by the people the form names.
can_see_named_results = name_rule("gatherings.see_named_results", is_host | is_sharer)
can_deposit = name_rule("gatherings.deposit", _is_open & (_moderates | is_host | owns_deposit))
# The deposit's owner may publish the collected text directly if they may publish here.
can_publish_deposit = name_rule(
    "gatherings.publish_deposit", can_deposit & owns_deposit & community_rules.can_publish.of("community")
)
can_offer = name_rule("gatherings.offer", (has_gatherings & community_rules.can_schedule).of("community"))
can_nominate = name_rule("gatherings.nominate", (has_gatherings & community_rules.can_schedule).of("community"))
can_answer_for_department = name_rule("gatherings.answer_for_department", heads_department)
can_make_poster = name_rule("gatherings.poster", can_see & is_open_to_colleagues & is_announced)
can_answer_for_talk = name_rule("gatherings.answer_for_talk", is_speaker)
can_change_talk = name_rule("gatherings.change_talk", is_speaker | can_host.of("gathering"))
