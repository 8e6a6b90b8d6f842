"""Who was invited to attend, and what they answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person

from .gathering import Gathering, Seat


class AudienceCall(models.Model):
    """One act of inviting: who invited, when, and how many people it reached."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="calls")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    again = models.BooleanField(default=False, help_text="A second call to those who had not answered the first.")
    count = models.PositiveIntegerField(help_text="How many people it reached.")


def _seat() -> Exists:
    return Exists(Seat.objects.filter(gathering=OuterRef("gathering"), person=OuterRef("person")))


class AudienceInvitationQuerySet(models.QuerySet["AudienceInvitation"]):
    """Queries about invitations to attend."""

    def with_seats(self) -> AudienceInvitationQuerySet:
        """Annotate ``comes``: whether the person has a seat or is on the waiting list."""
        return self.annotate(comes=_seat())

    def unanswered(self) -> AudienceInvitationQuerySet:
        """Return those of active people who neither signed up nor said maybe or no."""
        return self.without_seat().filter(answer="", person__is_active=True)

    def standing(self) -> AudienceInvitationQuerySet:
        """Return those of people without a seat who have not said no: they may still come."""
        return self.without_seat().exclude(answer=AudienceInvitation.Answer.NO)

    def without_seat(self) -> AudienceInvitationQuerySet:
        """Return those of people who neither have a seat nor wait for one."""
        return self.filter(~_seat())


class AudienceInvitation(models.Model):
    """An invitation to attend. A seat is a yes; ``answer`` stores what else the person said."""

    class Answer(models.TextChoices):
        MAYBE = "maybe", pgettext_lazy("invitation to attend", "Maybe")
        NO = "no", pgettext_lazy("invitation to attend", "Can’t come")

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="audience_invitations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    call = models.ForeignKey(AudienceCall, models.CASCADE, related_name="invitations")
    second_call = models.ForeignKey(AudienceCall, models.SET_NULL, null=True, related_name="reminded")
    seen_at = models.DateTimeField(null=True, help_text="When the person first opened the gathering’s page.")
    answer = models.CharField(max_length=5, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = AudienceInvitationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("gathering", "person", name="audience_invitation_once")]
        indexes = [
            models.Index(fields=["person"], name="audience_invitation_by_person"),
            models.Index(fields=["gathering"], condition=Q(answer=""), name="audience_unanswered"),
        ]
