"""Facts of jobs."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class JobGivenUp(Fact, name="jobs.job_given_up"):
    """A job crashed its worker twice and will not run again."""

    task: str
    job: str
