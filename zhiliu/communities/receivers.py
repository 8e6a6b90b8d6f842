"""Keep communities in step with the directory: evaluate rules, and free the places of leavers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zhiliu.directory import facts as directory
from zhiliu.kit.contracts.facts import Fact, readers

from .admission.ruling import evaluate_all, ruled
from .admission.waiting import free_places_of_leavers
from .tasks import evaluate_rules

# After these facts anyone may fit or not, however far the change is from themselves.
_SWEEPING = (directory.DepartmentChanged, directory.PositionChanged, directory.ProfileFieldChanged)
_LEAVING = (directory.PersonLeft, directory.PeopleLeft)
_ONE_PERSON = (directory.PersonJoined, directory.PersonLeft, directory.PersonReturned)


@readers.register(key="communities")
def keep_members_in_step(facts: Sequence[Fact]) -> None:
    """Evaluate rules for the people in a batch of facts; for everyone, in a job, if the structure changed."""
    if leavers := [key for fact in facts if isinstance(fact, _LEAVING) for key in _people(fact)]:
        free_places_of_leavers(leavers)
    touched = {key for fact in facts for key in _people(fact)}
    sweeping = any(isinstance(fact, _SWEEPING) and fact.act != "added" for fact in facts)
    if not (touched or sweeping) or not ruled().exists():
        return
    if sweeping:
        evaluate_rules.enqueue()
    else:
        evaluate_all(only=touched)


def _people(fact: Fact) -> Iterable[int]:
    if isinstance(fact, _ONE_PERSON):
        return [fact.person_id]
    if isinstance(fact, (directory.PeopleChanged, directory.PeopleLeft)):
        return fact.person_ids
    if isinstance(fact, directory.PeopleEnrolled):
        return [*fact.person_ids, *fact.changed_ids]
    return []
