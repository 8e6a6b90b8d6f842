"""The state of a running order: its length against the gathering's, and what is on stage."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.directory.models import Person

from .lightning import FEWEST
from .models import Gathering, LightningTalk


@dataclass(frozen=True)
class RunningOrder:
    """The standing talks of a gathering in order, and the declined ones.

    Args:
        talks: standing ones. declined: whose speaker declined. minutes: of the gathering, 0 without a time.
    """

    talks: list[LightningTalk]
    declined: list[LightningTalk]
    minutes: int

    @property
    def speakers_who_declined(self) -> list[Person]:
        """The speakers of the declined talks."""
        return [talk.speaker for talk in self.declined]

    @property
    def total(self) -> int:
        """The length of all talks together, in minutes."""
        return sum(talk.minutes for talk in self.talks)

    @property
    def over(self) -> int:
        """By how many minutes the talks exceed the gathering; 0 if they fit or it has no time."""
        return max(0, self.total - self.minutes) if self.minutes else 0

    @property
    def missing(self) -> int:
        """How many talks are missing to the minimum of three."""
        return max(0, FEWEST - len(self.talks))

    @property
    def given(self) -> list[LightningTalk]:
        """Talks whose speaker agreed."""
        return [talk for talk in self.talks if talk.state == LightningTalk.State.ACCEPTED]

    @property
    def current(self) -> LightningTalk | None:
        """The running talk."""
        return next((talk for talk in self.talks if talk.is_running), None)

    @property
    def coming(self) -> list[LightningTalk]:
        """Talks that have not started."""
        return [talk for talk in self.talks if talk.started_at is None]

    @property
    def following(self) -> LightningTalk | None:
        """The next talk."""
        return next(iter(self.coming), None)


def order_of(gathering: Gathering) -> RunningOrder:
    """Return the running order of a gathering; one query."""
    talks = list(gathering.talks.select_related("speaker__department"))
    declined = [talk for talk in talks if talk.state == LightningTalk.State.DECLINED]
    return RunningOrder([talk for talk in talks if talk not in declined], declined, gathering.minutes)
