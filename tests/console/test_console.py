"""What operates an installation."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cast import make_person
from tests.journeys.conftest import ROOT, environment
from zhiliu.console.command import parser
from zhiliu.console.doctor import examine
from zhiliu.console.importing import import_people
from zhiliu.console.install import set_up
from zhiliu.directory.login_links import login_link_key, read_login_link, use_link
from zhiliu.directory.models import Department, Organisation, Person, SpecialDay
from zhiliu.kit.errors import Refused


@pytest.mark.django_db
def test_setting_up_makes_one_administrator_once() -> None:
    link = set_up(organisation="岭东冷链", name="周航", email="it@example.com")
    admin = Person.objects.get()
    assert admin.is_admin and not admin.has_usable_password()
    assert use_link(read_login_link(login_link_key(link)), password="correct horse battery") == admin
    assert Organisation.current_name() == "岭东冷链"
    assert SpecialDay.objects.exists()
    with pytest.raises(Refused):
        set_up(organisation="别的", name="别人", email="x@example.com")
    assert Person.objects.count() == 1


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, up to date: bringing one there takes half a minute, copying it no time."""
    data = tmp_path_factory.mktemp("migrated")
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment(data), check=True
    )
    return data


@pytest.fixture
def empty(migrated: Path, tmp_path: Path) -> Path:
    """A folder in which nobody has run anything yet, but for the tables."""
    return Path(shutil.copytree(migrated, tmp_path / "data"))


def run(data: Path, *arguments: str, typed: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """The command, as it is started by hand."""
    return subprocess.run(
        [sys.executable, "-m", "zhiliu.console.command", *arguments],
        cwd=ROOT,
        env=environment(data, ZHILIU_DEMO="0", **more),
        capture_output=True,
        text=True,
        input=typed,
    )


INIT = ("init", "--organisation", "岭东冷链", "--name", "周航", "--email", "it@example.com")


@pytest.mark.slow
def test_setting_up_speaks_the_persons_language_and_a_second_time_changes_nothing(
    migrated: Path, empty: Path, tmp_path: Path
) -> None:
    first = run(empty, *INIT, LANG="C.UTF-8")
    assert first.returncode == 0, first.stderr
    assert "岭东冷链" in first.stdout and "http://127.0.0.1:8000/password/links/" in first.stdout
    assert "zhiliu address" in first.stdout and "选好自己的密码" in first.stdout
    second = run(empty, *INIT, LANG="en_US.UTF-8")
    assert second.returncode == 1 and "Traceback" not in second.stderr
    assert "周航" in second.stdout and "zhiliu password" in second.stdout
    english = ("init", "--organisation", "Acme", "--name", "Ann", "--email", "ann@example.com")
    other = Path(shutil.copytree(migrated, tmp_path / "other"))
    third = run(other, *english, "--address", "https://kb.example.com", LANG="en_US.UTF-8")
    assert "Everything is ready for Acme." in third.stdout
    assert "https://kb.example.com/password/links/" in third.stdout and "zhiliu address" not in third.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("init",), "Give --organisation."),
        ((*INIT[:-1], "nonsense"), "is not an email address"),
        ((*INIT, "--address", "https://kb.example.com/zl"), "its own host name"),
        (("password", "nobody"), "No one who can sign in"),
        (("address", "https://kb.example.com"), "zhiliu init"),
    ],
)
def test_what_is_missing_or_wrong_at_the_terminal_is_said_in_a_sentence(
    arguments: tuple[str, ...], said: str, empty: Path
) -> None:
    done = run(empty, *arguments, ZHILIU_LANGUAGE="en")
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_lost_password_is_chosen_anew_by_a_link_from_the_terminal(empty: Path) -> None:
    assert run(empty, *INIT).returncode == 0
    given = run(empty, "password", "IT@example.com", ZHILIU_LANGUAGE="en")
    assert given.returncode == 0 and "/password/links/" in given.stdout and "周航" in given.stdout
    with sqlite3.connect(empty / "zhiliu.sqlite3") as database:
        assert database.execute("select count(*) from directory_loginlink where used_at is null").fetchone() == (2,)
        asked = "select door from audit_entry where verb = 'directory.login_link_handed'"
        assert database.execute(asked).fetchall() == [("command",)]


@pytest.mark.slow
def test_the_address_is_set_at_the_terminal_and_said_to_lead_nowhere_when_it_does(empty: Path) -> None:
    assert run(empty, *INIT).returncode == 0
    assert run(empty, "address").returncode == 1
    done = run(empty, "address", "http://127.0.0.1:1", ZHILIU_LANGUAGE="en")
    assert done.returncode == 1 and "each reader’s own computer" in done.stderr and "http://127.0.0.1:1" in done.stdout
    declared = run(empty, "address", "https://b.cn", ZHILIU_BASE_URL="https://a.cn", ZHILIU_LANGUAGE="en")
    assert declared.returncode == 1 and "ZHILIU_BASE_URL" in declared.stderr


@pytest.mark.django_db
def test_before_anybody_is_set_up_the_sign_in_page_says_what_to_do(client: Any) -> None:
    assert "zhiliu init" in client.get("/signin/").content.decode()
    make_person("wang")
    assert "zhiliu init" not in client.get("/signin/").content.decode()


@pytest.mark.django_db
def test_people_come_in_once_and_bad_lines_are_told(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "\ufeffnumber,name,email,department,position\n"
        "L1,单雄,shan@example.com,售后,工程师\nL2,王一帆,,售后,\nL3,赵敏,not-an-address,,\n",
        encoding="utf-8",
    )
    assert import_people(str(path), full=False, apply=True) == 2
    make_person("admin")
    assert import_people(str(path), full=False, apply=True) == 1
    assert import_people(str(path), full=False, apply=True) == 1
    assert sorted(Person.objects.exclude(handle="admin").values_list("employee_number", flat=True)) == ["L1", "L2"]
    assert Department.objects.count() == 1
    assert "line 4" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_doctor_names_what_is_missing(capsys: Any) -> None:
    assert examine() == 1
    said = capsys.readouterr().out
    assert "ok   database" in said
    assert "FAIL job process: no job process has been heard of lately" in said


@pytest.mark.django_db
def test_the_doctor_asks_for_what_mail_needs_to_come_in(capsys: Any, settings: Any) -> None:
    def said() -> str:
        examine()
        return next(line for line in capsys.readouterr().out.splitlines() if "mail that comes in" in line)

    assert said() == "ok   mail that comes in"
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.LMTP_LISTEN = f"127.0.0.1:{nobody.getsockname()[1]}"
        assert "set ZHILIU_MAIL_IN_ADDRESS too" in said()
        settings.MAIL_IN_ADDRESS = "reply+%s@example.com"
        assert said().startswith("FAIL") and "refused" in said()
        nobody.listen()
        assert said().startswith("ok")
        settings.IMAP_HOST, settings.IMAP_PORT = "127.0.0.1", 1
        assert said().startswith("FAIL") and "refused" in said()
    settings.LMTP_LISTEN = settings.IMAP_HOST = ""
    assert "set ZHILIU_LMTP_LISTEN or ZHILIU_IMAP_HOST too" in said()


@pytest.mark.parametrize(
    "command", ["up", "demo", "doctor", "init --organisation a --name b --email c", "import p.csv", "clean-pictures"]
)
def test_the_documented_commands_exist(command: str) -> None:
    assert callable(parser().parse_args(command.split()).run)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ZHILIU_PORT", "eighty", "ZHILIU_PORT"),
        ("ZHILIU_DATABASE_URL", "mysql://x", "must start with postgres://"),
        ("ZHILIU_TIME_ZONE", "Peking", "no such time zone"),
        ("ZHILIU_BASE_URL", "https://kb.example.com/zl/", "a host of its own"),
        ("ZHILIU_UNKNOWN", "x", ""),
    ],
)
def test_a_wrong_setting_stops_the_start_and_says_what_to_set(name: str, value: str, said: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zhiliu.console.command", "doctor"],
        cwd=ROOT,
        env=environment(tmp_path, **{name: value}),
        capture_output=True,
        text=True,
    )
    if said:
        assert done.returncode == 1
        assert name in done.stderr and said in done.stderr and "docs/ops/settings.md" in done.stderr
        assert "Traceback" not in done.stderr
    else:
        assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_settings_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    config = tmp_path / "zhiliu.toml"
    config.write_text('language = "en"\nport = 8123\n')
    code = "from config.settings.declared import read; d = read(); print(d.language, d.port)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(tmp_path, ZHILIU_CONFIG=str(config), ZHILIU_PORT="9000"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["en", "9000"]


@pytest.mark.slow
def test_what_the_command_line_does_is_audited_as_coming_from_there(empty: Path, tmp_path: Path) -> None:
    roster = tmp_path / "people.csv"
    roster.write_text("number,name\nL1,单雄\n", encoding="utf-8")
    steps = ("init --organisation 岭东 --name 周航 --email it@example.com", f"import {roster} --apply")
    for step in steps:
        done = subprocess.run(
            [sys.executable, "-m", "zhiliu.console.command", *step.split()],
            cwd=ROOT,
            env=environment(empty),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    with sqlite3.connect(empty / "zhiliu.sqlite3") as database:
        asked = "select verb, door from audit_entry where verb like '%import%' or verb like '%enrolled'"
        cursor = database.execute(asked)
        assert set(cursor.fetchall()) == {
            ("transfers.import_started", "command"),
            ("directory.people_enrolled", "command"),
            ("transfers.import_finished", "command"),
        }
