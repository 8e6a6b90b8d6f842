"""What ``bin/mutate`` changes, and that the changed code is what runs."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .loaded import replace
from .mutants import Mutant, mutants_of
from .run import LEFT_OUT, equivalents, modules, spread

SAMPLE = """
from zhiliu.kit.contracts.rules import rule


@rule("Adults only.")
def is_adult(person, thing) -> bool:
    return thing >= 18


@rule("Members only.")
def is_member(person, thing) -> bool:
    return person == "wang"


def older_than(limit):
    def is_older(age) -> bool:
        return age > limit and age < 99

    return is_older


is_retired = older_than(65)
can_enter = is_adult & is_member
free_for = [lambda age: age < 6]
can_leave = can_enter | is_member


def enter(person, age):
    require(can_enter, person, age)
    if age > 90:
        raise ValueError
    return sorted(entry for entry in (3, 1) if entry)


class Doors:
    def visible_to(self, person):
        return self.filter(person=person, open=True)
"""


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of its own, loaded from the folder the process stands in."""
    (tmp_path / "mutated_sample.py").write_text(SAMPLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("mutated_sample")
    sys.modules.pop("mutated_sample", None)


def mutants() -> dict[str, Mutant]:
    return {mutant.change: mutant for mutant in mutants_of(Path("mutated_sample.py"))}


def test_each_condition_and_each_check_has_its_mutants(sample: Any) -> None:
    assert [f"{mutant.scope}: {mutant.change}" for mutant in mutants().values()] == [
        "is_adult: thing >= 18 -> thing > 18",
        "is_member: person == 'wang' -> person != 'wang'",
        "older_than: age > limit and age < 99 -> age < 99",
        "older_than: age > limit and age < 99 -> age > limit",
        "older_than: age > limit -> age >= limit",
        "older_than: age < 99 -> age <= 99",
        ": is_adult & is_member -> is_adult",
        ": is_adult & is_member -> is_member",
        ": age < 6 -> age <= 6",
        ": can_enter | is_member -> can_enter",
        ": can_enter | is_member -> is_member",
        "enter: require(can_enter, person, age) -> (dropped)",
        "enter: if age > 90: raise -> (dropped)",
        "enter: age > 90 -> age >= 90",
        "enter: entry -> not entry",
        "Doors.visible_to: self.filter(person=person, open=True) -> self.filter(open=True)",
        "Doors.visible_to: self.filter(person=person, open=True) -> self.filter(person=person)",
    ]


def test_only_methods_of_a_name_can_be_asked_for(sample: Any) -> None:
    scopes = {mutant.scope for mutant in mutants_of(Path("mutated_sample.py"), only_methods="visible_to")}
    assert scopes == {"Doors.visible_to"}


def test_a_changed_function_runs_wherever_it_is_held(sample: Any) -> None:
    assert (sample.is_adult("wang", 18), sample.can_leave("sun", 18)) == (True, False)
    replace(mutants()["thing >= 18 -> thing > 18"])
    assert sample.is_adult("wang", 18) is False
    replace(mutants()["person == 'wang' -> person != 'wang'"])
    assert sample.can_leave("sun", 18) is True


def test_a_changed_rule_is_the_one_other_rules_are_made_of(sample: Any) -> None:
    held = {"rule": sample.can_enter}
    assert (held["rule"]("sun", 20), sample.can_leave("sun", 20)) == (False, False)
    replace(mutants()["is_adult & is_member -> is_adult"])
    assert (held["rule"]("sun", 20), sample.can_enter("sun", 20), sample.can_leave("sun", 20)) == (True, True, True)


def test_a_function_made_by_another_is_changed_even_if_it_no_longer_needs_what_it_closes_over(sample: Any) -> None:
    assert sample.is_retired(20) is False
    replace(mutants()["age > limit and age < 99 -> age < 99"])
    assert sample.is_retired(20) is True


def test_a_changed_lambda_of_the_module_runs_wherever_it_is_held(sample: Any) -> None:
    [is_free] = sample.free_for
    assert is_free(6) is False
    replace(mutants()["age < 6 -> age <= 6"])
    assert is_free(6) is True


def test_a_file_that_is_not_loaded_is_no_survivor(sample: Any, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text("def asked(a): return a == 1\n", encoding="utf-8")
    with pytest.raises(LookupError, match=r"elsewhere\.py"):
        replace(next(mutants_of(Path("elsewhere.py"))))


def test_rules_queries_and_verbs_are_mutated_and_doors_are_not() -> None:
    names = {path.stem for path in modules("polls", [])}
    assert {"rules", "queries", "voting", "models"} <= names
    assert not names & (LEFT_OUT - {"models"})
    assert modules("communities", ["admission/ruling"]) == [Path("zhiliu/communities/admission/ruling.py")]


def test_a_sample_is_spread_over_the_whole_and_always_the_same(sample: Any) -> None:
    everything = list(mutants().values())
    assert spread(everything, 4) == [everything[0], everything[4], everything[8], everything[12]]
    assert spread(everything, 99) == everything


def test_a_formatted_string_that_cannot_be_written_back_is_no_obstacle(sample: Any, tmp_path: Path) -> None:
    # ``ast.unparse`` of Python 3.11 would write the wide blank as an escape, which it then refuses.
    code = f"def text(words): return f'{{\"{chr(0x3000)}\".join(words)}}' if words else ''\n"
    (tmp_path / "texts.py").write_text(code, encoding="utf-8")
    assert [mutant.change for mutant in mutants_of(Path("texts.py"))] == ["words -> not words"]


def test_every_equivalent_mutant_is_still_there_and_has_a_reason() -> None:
    known = equivalents()
    files = {Path(place.split()[0]) for place, _change in known}
    there = {(mutant.place, mutant.change) for path in files for mutant in mutants_of(path)}
    assert set(known) <= there
    assert all(known.values())


@pytest.mark.any_database
@pytest.mark.slow
def test_the_command_prints_its_figures() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHILIU_")}
    command = [sys.executable, "-m", "tests.mutation.run", "thanks", "--sample", "10"]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=170)
    figures = re.fullmatch(
        r"thanks: (\d+) mutants of \d+, (\d+) killed, 0 survive(?: \(.*\))?", run.stdout.splitlines()[-1]
    )
    assert figures, run.stdout + run.stderr
    assert int(figures[1]) == int(figures[2]) >= 8
