"""What a running order looks like: how long it is against the hour, and what stands on the stage now."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.directory.models import Person

from .lightning import FEWEST
from .models import Gathering, LightningTalk


@dataclass(frozen=True)
class RunningOrder:
    """The talks of a gathering in their order, those declined left out, and those apart.

    Args:
        talks: that stand. declined: whose speaker said no, for the host. minutes: of the gathering, 0 without a time.
    """

    talks: list[LightningTalk]
    declined: list[LightningTalk]
    minutes: int

    @property
    def speakers_who_declined(self) -> list[Person]:
        """Whoever said no."""
        return [talk.speaker for talk in self.declined]

    @property
    def total(self) -> int:
        """Minutes of all talks together."""
        return sum(talk.minutes for talk in self.talks)

    @property
    def over(self) -> int:
        """By how many minutes the talks are longer than the gathering; 0 where they fit or it has no time yet."""
        return max(0, self.total - self.minutes) if self.minutes else 0

    @property
    def missing(self) -> int:
        """How many talks it lacks to be worth the way."""
        return max(0, FEWEST - len(self.talks))

    @property
    def given(self) -> list[LightningTalk]:
        """Those whose speaker agreed."""
        return [talk for talk in self.talks if talk.state == LightningTalk.State.ACCEPTED]

    @property
    def current(self) -> LightningTalk | None:
        """The talk that runs."""
        return next((talk for talk in self.talks if talk.is_running), None)

    @property
    def coming(self) -> list[LightningTalk]:
        """Those not started yet."""
        return [talk for talk in self.talks if talk.started_at is None]

    @property
    def following(self) -> LightningTalk | None:
        """The next one."""
        return next(iter(self.coming), None)


def order_of(gathering: Gathering) -> RunningOrder:
    """The running order of a gathering; one query."""
    talks = list(gathering.talks.select_related("speaker__department"))
    declined = [talk for talk in talks if talk.state == LightningTalk.State.DECLINED]
    return RunningOrder([talk for talk in talks if talk not in declined], declined, gathering.minutes)
