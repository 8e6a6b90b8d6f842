"""Bring a small list of people in from the command line."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from zhiliu.directory.joining import new_person
from zhiliu.directory.models import Department, Person, Position


def import_people(path: str) -> int:
    """Enter people from a CSV file with the columns number, name, email, department, position.

    Those whose number is known already are left as they are, so that a second run doubles nobody. Lines that cannot be
    read are told one by one; the others go in.

    Returns:
        The exit code: 1 when a line was refused.
    """
    refused = entered = 0
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                entered += _enter({key: (value or "").strip() for key, value in row.items() if key})
            except (KeyError, ValidationError, IntegrityError) as error:
                refused += 1
                print(f"line {line}: {error}", file=sys.stderr)
    print(f"{entered} people entered, {refused} lines refused")
    return 1 if refused else 0


def _enter(row: dict[str, str]) -> int:
    if Person.objects.filter(number=row["number"]).exists():
        return 0
    department = (
        Department.objects.get_or_create(name=row["department"], parent=None)[0] if row.get("department") else None
    )
    position = Position.objects.get_or_create(name=row["position"])[0] if row.get("position") else None
    new_person(
        name=row["name"],
        number=row["number"],
        email=row.get("email") or None,
        department=department,
        position=position,
    )
    return 1
