"""The layers hold: imports and foreign keys point down, never up."""

from __future__ import annotations

import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent
FLOOR = {name: level for level, name in enumerate(settings.FLOORS)}


def test_imports_go_down() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--config", "pyproject.toml", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_foreign_keys_go_down() -> None:
    wrong = []
    for model in apps.get_models():
        home = apps.get_app_config(model._meta.app_label).name
        for field in model._meta.get_fields():
            other = getattr(field, "related_model", None)
            if home not in FLOOR or other is None or field.auto_created:
                continue
            target = apps.get_app_config(other._meta.app_label).name
            if target in FLOOR and FLOOR[target] > FLOOR[home]:
                wrong.append(f"{home}.{model.__name__}.{field.name} -> {target}")
    assert wrong == []


def test_every_app_says_what_it_owns() -> None:
    short = [name for name in settings.FLOORS if len((sys.modules[name].__doc__ or "").strip()) < 60]
    assert short == []


def test_settings_facts_rules_and_notices_are_documented() -> None:
    done = subprocess.run([sys.executable, "bin/catalogue", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"run bin/catalogue; stale or undocumented:\n{done.stdout}{done.stderr[-2000:]}"


def table(heading: str) -> list[dict[str, str]]:
    """Return the table under a heading of docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text().split(heading)[1].split("\n## ")[0]
    lines = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    head = [cell.strip() for cell in lines[0]]
    return [dict(zip(head, [cell.strip() for cell in line], strict=True)) for line in lines[2:]]


def test_the_table_of_roles_and_acts_is_the_one_the_code_asks() -> None:
    from zhiliu.communities.role_permissions import MAY, Permission

    written = {(row["act"], role) for row in table("## 4. Roles x acts") for role, cell in row.items() if cell == "yes"}
    in_code = {(str(act.value), str(role)) for role, acts in MAY.items() for act in acts}
    assert written == in_code
    assert {row["act"] for row in table("## 4. Roles x acts")} == set(Permission.values)


def test_the_table_of_kinds_and_features_is_the_one_the_code_asks() -> None:
    from zhiliu.communities.role_permissions import KINDS, Feature

    for row in table("## 5. Kinds x features"):
        template = KINDS[row["kind"]]
        assert {name for name in Feature.values if row[name] == "on"} == {str(feature) for feature in template.features}
        assert row["sessions a month"] == str(template.sessions_a_month)
        assert row["admission"] == template.admission
        assert (row["first format"], row["first template"]) == (template.default_format, template.default_template)
    assert len(table("## 5. Kinds x features")) == len(KINDS)


HEAVY = ["statsmodels", "scipy", "lifelines", "ortools", "pandas", "numpy", "PIL.Image", "holidays"]


@pytest.mark.any_database
@pytest.mark.slow
def test_web_and_jobs_do_not_load_heavy_libraries() -> None:
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; import config.asgi;"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_registry_address_and_no_path_of_a_machine_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    locks = [ROOT / name for name in tracked if name.endswith("-lock.json") or name.startswith("requirements/")]
    assert [str(path) for path in locks if '"resolved"' in path.read_text() or "index-url" in path.read_text()] == []


def test_translations_inside_f_strings_are_found(tmp_path: Path) -> None:
    loader = SourceFileLoader("bin_messages", str(ROOT / "bin" / "messages"))
    messages = module_from_spec(spec_from_loader("bin_messages", loader))  # type: ignore[arg-type]
    loader.exec_module(messages)
    source = tmp_path / "words.py"
    source.write_text("""def say(n):\n    return f"{n}: {_('seen')}, {pgettext('between', 'too')}"\n""")
    assert {(string[1], string[3]) for string in messages.strings(source)} == {("seen", None), ("too", "between")}
