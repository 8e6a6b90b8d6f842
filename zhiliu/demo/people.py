"""Build the people of the sample company: 42 with a story, the others with a name and a place."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import Any

from django.utils.crypto import salted_hmac

from zhiliu.directory.accounts import write_name_keys
from zhiliu.directory.facts import PersonJoined
from zhiliu.directory.models import (
    Department,
    Location,
    Organisation,
    Person,
    PersonSkill,
    Position,
    ProfileField,
    Room,
    Skill,
)
from zhiliu.kit.system.db import update_rows
from zhiliu.kit.text.chinese_text import readings

from .sources import read
from .stage import SEED, Stage

TOTAL = 300
# People with one-click sign-in and their roles. Shown in the sample company only, whose language is Chinese.
CAST = {
    "lin": "社区经理，负责三个社区",
    "wang": "客户经理，社区成员",
    "xu": "新同事，入职第二周",
    "qian-muzhi": "老师傅，常被请来分享",
    "jiang-shuyi": "知识顾问，负责知识库",
    "zhao": "客人，来自合作安装公司",
    "admin": "系统管理员",
}


def demo_calendar_key(key: str) -> str:
    """Return the secret part of a calendar URL: reproducible, and long enough to pass as one."""
    return salted_hmac("zhiliu.demo.calendar", key).hexdigest()[:32]


def build(stage: Stage) -> None:
    """Create organisation, departments, positions, rooms and all people."""
    company = read("company")
    Organisation(name=company["name"], welcome=company["welcome"]).save()
    places = {item["key"]: Location.objects.create(name=item["name"]) for item in company["locations"]}
    Room.objects.bulk_create(
        Room(location=places[key], name=name, seats=seats)
        for key, rooms in company["rooms"].items()
        for name, seats in rooms
    )
    positions = {
        item["key"]: Position.objects.create(name=item["name"], level=item["level"]) for item in company["positions"]
    }
    departments = _departments(company["departments"])
    principals = read("people")
    for entry in principals:
        stage.people[entry["key"]] = _principal(stage, entry, departments, positions, places)
    _managers(stage, principals)
    _skills(stage, principals)
    stage.others = _others(stage, company, departments, positions, places)
    everybody = [*stage.people.values(), *stage.others]
    write_name_keys(everybody)
    _profile_fields(company["profile_fields"], everybody)
    for person in everybody:
        stage.tell(PersonJoined(person_id=person.pk), stage.clock.at(-185))
    _heads(stage, company["departments"], departments)


def _departments(entries: list[dict[str, Any]]) -> dict[str, Department]:
    departments: dict[str, Department] = {}
    for entry in entries:
        parent = departments.get(entry.get("parent", ""))
        departments[entry["key"]] = Department.objects.create(name=entry["name"], code=entry["key"], parent=parent)
    return departments


def _heads(stage: Stage, entries: list[dict[str, Any]], departments: dict[str, Department]) -> None:
    for entry in entries:
        department = departments[entry["key"]]
        department.head = stage.people.get(entry.get("head", ""))
        department.save(update_fields=["head"])


def _principal(stage: Stage, entry: dict[str, Any], departments: Any, positions: Any, places: Any) -> Person:
    key = entry["key"]
    order = list(CAST).index(key) if key in CAST else None
    person = Person(
        name=entry["name"],
        handle=key.replace("_", "-"),
        employee_number=None if entry.get("kind") == "guest" else f"L{1000 + len(stage.people)}",
        email=f"{key}@lingdong.example",
        kind=entry.get("kind", "employee"),
        department=departments.get(entry.get("department", "")),
        position=positions.get(entry.get("position", "")),
        location=places.get(entry.get("location", "")),
        hired_on=stage.clock.today + dt.timedelta(days=entry["hired_day"]),
        tagline=entry.get("tagline") or "",
        is_admin=key == "admin",
        calendar_key=demo_calendar_key(key),
        joined_at=stage.clock.at(max(-185, entry["hired_day"])),
        came_in_at=stage.clock.at(max(-185, entry["hired_day"])),
        extra={"demo_part": CAST[key], "demo_order": order} if order is not None else {},
    )
    person.set_unusable_password()
    person.save()
    return person


def _managers(stage: Stage, entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        manager = stage.people.get(entry.get("manager") or "")
        if manager:
            Person.objects.filter(pk=stage.people[entry["key"]].pk).update(manager=manager)


def _skills(stage: Stage, entries: list[dict[str, Any]]) -> None:
    names = {name for entry in entries for name in entry.get("skills") or []}
    Skill.objects.bulk_create(Skill(name=name) for name in sorted(names))
    skills = {skill.name: skill for skill in Skill.objects.all()}
    claims = [
        PersonSkill(person=stage.people[entry["key"]], skill=skills[name], at=stage.clock.at(-150))
        for entry in entries
        for name in entry.get("skills") or []
    ]
    PersonSkill.objects.bulk_create(claims)


def _others(stage: Stage, company: dict[str, Any], departments: Any, positions: Any, places: Any) -> list[Person]:
    names = _names(stage, company)
    homes = [key for key in departments if key not in ("company", "sales", "delivery", "service", "rd")]
    ranks = [position for position in positions.values() if position.level <= 5]
    people = []
    for index, name in enumerate(names, start=1):
        department = departments[stage.chance.choice(homes)]
        person = Person(
            name=name,
            handle=f"{readings(name)[0][:30]}-{index}",
            employee_number=f"L{2000 + index}",
            email=f"l{2000 + index}@lingdong.example",
            department=department,
            position=stage.chance.choice(ranks),
            location=stage.chance.choice(list(places.values())),
            hired_on=stage.clock.today - dt.timedelta(days=int(40 + stage.chance.expovariate(1 / 1500))),
            calendar_key=demo_calendar_key(str(index)),
            joined_at=stage.clock.at(-185),
            came_in_at=stage.clock.at(-185),
            password="!",  # noqa: S106
        )
        people.append(person)
    return list(Person.objects.bulk_create(people))


def _profile_fields(entries: list[dict[str, Any]], everybody: list[Person]) -> None:
    """Create the company's profile fields, filled in by most.

    A random generator of its own leaves other content unchanged.
    """
    chance = random.Random(SEED + 1)
    for place, entry in enumerate(entries, start=1):
        options = entry.get("options", []) if entry["kind"] == ProfileField.Kind.CHOICE else []
        ProfileField.objects.create(**{**entry, "options": options}, place=place)
    by_key = {entry["key"]: entry.get("options", []) for entry in entries}
    employees = [person for person in everybody if person.kind == Person.Kind.EMPLOYEE]
    for person in employees:
        values = {
            key: _leaning(chance, options) for key, options in by_key.items() if options and chance.random() < 0.85
        }
        person.extra = {**person.extra, **values, "ruzhipici": _intake(chance, person)}
    update_rows(employees, ["extra"])


def _leaning(chance: random.Random, options: list[str]) -> str:
    """Return one of the options, earlier ones more often: a company hires near its sites."""
    return options[min(int(chance.expovariate(3 / len(options))), len(options) - 1)]


def _intake(chance: random.Random, person: Person) -> str:
    assert person.hired_on is not None
    return f"{person.hired_on.year} 届校招" if chance.random() < 0.45 else f"{person.hired_on.year} 年社招"


def _names(stage: Stage, company: dict[str, Any]) -> list[str]:
    taken_names = {person.name for person in stage.people.values()}
    every = [f"{surname}{given}" for surname, given in itertools.product(company["surnames"], company["given"])]
    stage.chance.shuffle(every)
    return [name for name in every if name not in taken_names][: TOTAL - len(stage.people)]
