"""Skills: declared by a person, endorsed by others."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import PeopleChanged, SkillEndorsed
from .models import Endorsement, Person, PersonSkill, Skill
from .rules import can_endorse


def declare_skills(person: Person, names: list[str], *, by: Person) -> None:
    """Replace a person's declared skills by ``names``; those kept keep their endorsements."""
    declared = list(dict.fromkeys(name.strip() for name in names if name.strip()))[:30]
    with transaction.atomic():
        person.skills.exclude(skill__name__in=declared).delete()
        for name in declared:
            skill, _new = Skill.objects.get_or_create(name=name[:40])
            PersonSkill.objects.get_or_create(person=person, skill=skill)
        announce(PeopleChanged(person_ids=(person.pk,), by_id=by.pk))


def endorse(claim: PersonSkill, *, by: Person) -> Endorsement:
    """Endorse a person's skill. Idempotent.

    Raises:
        Forbidden: a guest. Refused: a skill of ``by``.
    """
    require(can_endorse, by)
    if claim.person_id == by.pk:
        raise Refused(_("Others endorse your skills. You can’t endorse your own."))
    with transaction.atomic():
        endorsement, is_new = Endorsement.objects.get_or_create(claim=claim, by=by)
        if is_new:
            announce(SkillEndorsed(person_id=claim.person_id, skill_id=claim.skill_id, by_id=by.pk))
    return endorsement


def withdraw_endorsement(claim: PersonSkill, *, by: Person) -> None:
    """Withdraw an endorsement of ``by``. Idempotent."""
    Endorsement.objects.filter(claim=claim, by=by).delete()
