"""Models of gatherings."""

from ..evening.models import Evening, SheetLine
from .audience import AudienceCall, AudienceInvitation
from .deposits import Deposit, DepositQuerySet, GatheringFile
from .gathering import (
    CheckIn,
    Format,
    Gathering,
    GatheringQuerySet,
    Invitation,
    LightningTalk,
    LightningTalkQuerySet,
    Seat,
    new_code,
)
from .room import Pulse, Question, Reminder
from .sharers import STILL_WANTED, DepartmentAsk, Nomination, Offer, SharerWanted, wants_sharer

__all__ = [
    "STILL_WANTED",
    "AudienceCall",
    "AudienceInvitation",
    "CheckIn",
    "DepartmentAsk",
    "Deposit",
    "DepositQuerySet",
    "Evening",
    "Format",
    "Gathering",
    "GatheringFile",
    "GatheringQuerySet",
    "Invitation",
    "LightningTalk",
    "LightningTalkQuerySet",
    "Nomination",
    "Offer",
    "Pulse",
    "Question",
    "Reminder",
    "Seat",
    "SharerWanted",
    "SheetLine",
    "new_code",
    "wants_sharer",
]
