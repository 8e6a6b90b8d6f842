"""Run it for a company: from the wheel, on a machine without Node, to the first "I used this", counting every hand."""

from __future__ import annotations

import csv
import datetime as dt
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from playwright.sync_api import Browser, Page, expect

from tests.browsers import COMPANY

from .conftest import ROOT, choose_language, free_port

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]
PASSWORD = "一句谁也猜不到的长话"
MOST_CLICKS, MOST_FIELDS = 25, 20
FAMILIES = "赵孙李周吴郑冯陈褚卫"
GIVEN = ("建国", "晓明", "丽华", "志强", "文静", "海燕")


@dataclass
class Count:
    """What hands did: clicks that lead on or decide, fields that were filled in."""

    clicks: int = 0
    fields: int = 0
    told: list[str] = field(default_factory=list)


class Hands:
    """Somebody at a page, counted.

    Args:
        who: for the report. page: theirs. count: of all people together.
    """

    def __init__(self, who: str, page: Page, count: Count) -> None:
        self.who, self.page, self.count = who, page, count

    def press(self, selector: str) -> None:
        """Click what leads to another page."""
        self._note(selector)
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.page.wait_for_load_state()

    def go(self, path: str) -> None:
        """Open what a link on the page before, Today or the inbox leads to: counted as one click."""
        self._note(path)
        answer = self.page.goto(path)
        assert answer is not None and answer.status == 200, path

    def tap(self, selector: str) -> None:
        """Click what changes the page at hand."""
        self._note(selector)
        self.page.locator(selector).first.click()

    def fill(self, selector: str, text: str) -> None:
        """Fill in a field."""
        self.count.fields += 1
        self.page.locator(selector).first.fill(text)

    def choose(self, selector: str, label: str) -> None:
        """Choose from a list."""
        self.count.fields += 1
        self.page.locator(selector).first.select_option(label=label)

    def _note(self, selector: str) -> None:
        self.count.clicks += 1
        self.count.told.append(f"{self.who}: {selector}")


@dataclass
class Installation:
    """What was installed from the wheel.

    Args:
        command: the program. folder: where it runs. url: as people know it. port: where it listens.
    """

    command: Path
    folder: Path
    url: str
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *arguments: str, language: str) -> str:
        """One command, in surroundings that hold nothing of this project and no Node."""
        done = subprocess.run(
            [str(self.command), *arguments],
            cwd=self.folder,
            env=self.surroundings(language),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def surroundings(self, language: str) -> dict[str, str]:
        """As of a user who has just been made."""
        return {"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "LANG": language}

    def up(self, language: str) -> None:
        """Start it and wait until it answers."""
        command = [str(self.command), "up", "--port", str(self.port)]
        self.processes.append(subprocess.Popen(command, cwd=self.folder, env=self.surroundings(language)))
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/signin/", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise AssertionError("it did not come up")

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Ask or change the database beside the product: nobody waits a day for a session here."""
        with sqlite3.connect(self.folder / "var" / "zhiliu.sqlite3", timeout=20) as connection:
            return connection.execute(statement, values).fetchall()


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and installed into an environment of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    wheel = next(folder.glob("*.whl"))
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(folder / "env")], check=True)
    install = [uv, "pip", "install", "-q", "--system-certs", "--python", str(folder / "env/bin/python"), str(wheel)]
    subprocess.run(install, check=True)
    return folder / "env/bin/zhiliu"


@pytest.fixture
def install(program: Path, tmp_path: Path) -> Iterator[Callable[[], Installation]]:
    """install() gives an installation nobody has set up yet."""
    made: list[Installation] = []

    def fresh() -> Installation:
        folder, port = tmp_path / f"company-{len(made)}", free_port()
        folder.mkdir()
        made.append(Installation(program, folder, f"http://{COMPANY}:{port}", port))
        return made[-1]

    yield fresh
    for installation in made:
        for process in installation.processes:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=15)


def roster(folder: Path) -> Path:
    """Sixty people as a personnel system exports them: GB18030, dates as they are written, managers by name."""
    people = ["林晓岚", "王一帆", "钱牧之", *(family + given for family in FAMILIES for given in GIVEN)][:60]
    lines = ["工号,姓名,部门,岗位,直属上级,入职日期,邮箱"]
    for number, name in enumerate(people, start=1):
        part = "售后部" if number % 2 else "销售部"
        manager = "林晓岚" if number > 1 else ""
        day = f"2021/3/{number % 28 + 1}"
        lines.append(f"Y{number:03},{name},云帆科技/{part},工程师,{manager},{day},y{number}@example.com")
    path = folder / "花名册.csv"
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    return path


def opened(browser: Browser, company: Installation, locale: str = "zh-CN", width: int = 1280) -> Page:
    """A browser of somebody who has never been here."""
    context = browser.new_context(
        viewport={"width": width, "height": 860},
        locale=locale,
        base_url=company.url,
        reduced_motion="reduce",
        accept_downloads=True,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def import_people(admin: Hands, path: Path) -> dict[str, str]:
    """Bring the roster in and take the links; without a question, as its managers are clear.

    Returns:
        The link of each person, by name.
    """
    admin.count.fields += 1
    admin.page.set_input_files('input[type="file"]', path)
    admin.press("main form .button.main")
    wait_for(admin.page, 'form[action$="/start/"] .button.main')
    admin.press('form[action$="/start/"] .button.main')
    wait_for(admin.page, 'form[action$="/links.csv"] button')
    admin._note("links.csv")
    with admin.page.expect_download() as download:
        admin.page.click('form[action$="/links.csv"] button')
    with Path(download.value.path()).open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))[1:]
    assert len(rows) == 60
    return {row[0]: row[3] for row in rows}


def wait_for(page: Page, selector: str) -> None:
    """Wait for what a job brings; the page may be loaded anew meanwhile."""
    expect(page.locator(selector).first).to_be_visible(timeout=60_000)


def come_in(who: str, link: str, page: Page, count: Count) -> Hands:
    """Open a link and choose a password."""
    hands = Hands(who, page, count)
    assert page.goto(link).status == 200  # type: ignore[union-attr]
    hands.fill("#id_password", PASSWORD)
    hands.press("form .button.main")
    return hands


def set_up(company: Installation, language: str, *arguments: str) -> str:
    """``zhiliu init``; the link it prints."""
    said = company.run("init", *arguments, "--address", company.url, language=language)
    found = re.search(rf"{re.escape(company.url)}/password/links/\S+", said)
    assert found, said
    company.up(language)
    return found[0]


def test_from_the_wheel_to_the_first_use(
    install: Callable[[], Installation], browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    company, count = install(), Count()
    link = set_up(company, "C.UTF-8", "--organisation", "云帆科技", "--name", "周航", "--email", "it@yf.example")
    admin = come_in("admin", link, opened(browser, company), count)
    expect(admin.page.locator("#guide-title")).to_be_visible()
    signed_in = Count(count.clicks, count.fields)

    # The roster, then the first community with everybody in it.
    admin.press('main a[href="/administration/imports/"]')
    links = import_people(admin, roster(company.folder))
    admin.press('main a[href="/communities/new/"]')
    admin.fill("#id_name", "售后互助")
    admin.choose("#id_department", "云帆科技")
    admin.press("main form .button.main")
    community = admin.page.url.rstrip("/").rpartition("/")[2]

    # A colleague says where they are stuck.
    wang = come_in("wang", links["王一帆"], opened(browser, company, width=390), count)
    wang.go(f"/communities/{community}/needs/new/")
    wang.fill("#id_title", "新机组头三天老跳高压")
    wang.press("main form .button.main")
    need = wang.page.url

    # The manager makes a topic of it, asks somebody to share, and fixes a time: one form.
    admin.go(need)
    admin.press(".ask-box .button.main")
    admin.fill("#id_for_whom", "第一次独立开机的人")
    admin.fill("#id_take_home", "三样东西的查法")
    admin.count.fields += 1
    admin.page.fill('[data-controller~="combobox"]:has(#id_sharer) input[role="combobox"], #id_sharer', "qianmu")
    admin.tap('[role="option"]:has-text("钱牧之")')
    day = dt.date.today() + dt.timedelta(days=2)
    admin.fill("#id_day", day.isoformat())
    admin.fill("#id_clock", "15:00")
    admin.fill("#id_place", "大会议室")
    admin.press("main form .button.main")
    if "/time/" in admin.page.url:
        admin.press("main form .button.main")
    gathering = int(re.search(r"/gatherings/(\d+)/", admin.page.url)[1])  # type: ignore[index]

    # The sharer agrees.
    qian = come_in("qian", links["钱牧之"], opened(browser, company), count)
    qian.go(f"/gatherings/{gathering}/invitation/")
    qian.press('button[name="answer"][value="accept"]')

    # The hour is over; its article is published.
    start = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=50)
    company.sql(
        "UPDATE gatherings_gathering SET starts_at = ?, ends_at = ? WHERE id = ?",
        start.strftime("%Y-%m-%d %H:%M:%S"),
        (start + dt.timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S"),
        gathering,
    )
    admin.go(f"/gatherings/{gathering}/end/")
    admin.fill('[name="summary"]', "先看冷凝器进风，再看风机转向，最后看充注量。")
    admin.press("main form .button.main")
    admin.press('form[action$="/deposit/"] button[name="publish"]')
    article = company.sql("SELECT article_id FROM gatherings_deposit WHERE gathering_id = ?", gathering)[0][0]

    # Somebody finds it on Today and notes that it helped.
    last = next(name for name in links if name not in ("林晓岚", "王一帆", "钱牧之"))
    user = come_in("user", links[last], opened(browser, company), count)
    user.press(f'main a[href="/articles/{article}/"]')
    user.tap(".ask-box a.button, .ask-box button")
    user.fill('[name="where"]', "慈溪水产库")
    outcome = user.page.locator('form[action*="/uses/"] [name="outcome"][value="worked"]')
    user._note("worked")
    outcome.check(force=True)
    user.press('form[action*="/uses/"] .button.main')
    assert company.sql("SELECT count(*) FROM knowledge_use WHERE article_id = ?", article) == [(1,)]

    # The guide ends with the minutes it took.
    admin.page.goto("/")
    admin.page.click('button[name="step"][value="mail"]')
    expect(admin.page.locator("main")).to_contain_text("全部就绪")
    clicks, fields = count.clicks - signed_in.clicks, count.fields - signed_in.fields
    with capsys.disabled():
        print(f"\nfrom sign-in to the first use, four people: {clicks} clicks, {fields} fields")
    assert clicks <= MOST_CLICKS and fields <= MOST_FIELDS, "\n".join(count.told)


def test_the_first_run_in_english(install: Callable[[], Installation], browser: Browser) -> None:
    company = install()
    given = ("--organisation", "Acme", "--name", "Ann", "--email", "ann@acme.example")
    link = set_up(company, "en_US.UTF-8", *given)
    admin = come_in("admin", link, opened(browser, company, locale="en-GB"), Count())
    if admin.page.get_attribute("html", "lang") != "en":
        choose_language(admin.page, "en")
    expect(admin.page.locator("h1")).to_have_text("Welcome")
    expect(admin.page.locator("main")).to_contain_text("Set up mail")
    admin.page.goto("/administration/mail/")
    expect(admin.page.locator("main")).to_contain_text("no mail server is set up")
    admin.page.goto("/administration/imports/")
    links = import_people(admin, roster(company.folder))
    admin.page.goto("/administration/people/?q=linxiaolan")
    expect(admin.page.locator("main")).to_contain_text("林晓岚")
    colleague = come_in("lin", links["林晓岚"], opened(browser, company), Count())
    expect(colleague.page.locator("h1")).to_be_visible()
    again = opened(browser, company)
    answer = again.goto(links["林晓岚"])
    assert answer is not None and answer.status == 410


class Letters(Message):
    """The company's mail server: keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[Any] = []

    def handle_message(self, message: Any) -> None:
        """Keep it."""
        self.got.append(message)

    def last(self, count: int) -> str:
        """The plain words of letter number ``count``, when it has come."""
        for _ in range(300):
            if len(self.got) >= count:
                part = self.got[count - 1]
                part = part.get_payload()[0] if part.is_multipart() else part
                return str(part.get_payload(decode=True).decode())
            time.sleep(0.1)
        raise AssertionError(f"letter {count} did not come")


@pytest.fixture
def letters() -> Iterator[tuple[Letters, int]]:
    """What a mail server got, and its port."""
    handler, port = Letters(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.mark.parametrize(
    ("locale", "code", "tried", "forgot"),
    [
        ("zh-CN", "zh-hans", "知流可以发邮件了", "申请重设密码"),
        ("en-GB", "en", "Zhiliu can send email", "asked for a new password"),
    ],
)
def test_mail_is_set_up_and_tried_and_leads_back_in(
    install: Callable[[], Installation],
    browser: Browser,
    letters: tuple[Letters, int],
    locale: str,
    code: str,
    tried: str,
    forgot: str,
) -> None:
    company, (got, port) = install(), letters
    link = set_up(company, "C.UTF-8", "--organisation", "云帆科技", "--name", "周航", "--email", "it@yf.example")
    admin = come_in("admin", link, opened(browser, company, locale=locale), Count())
    if admin.page.get_attribute("html", "lang") != {"zh-hans": "zh-Hans", "en": "en"}[code]:
        choose_language(admin.page, code)

    # Without a server nothing offers mail; with one, a test mail says so.
    stranger = opened(browser, company, locale=locale)
    stranger.goto("/password/forgotten/")
    expect(stranger.locator("#id_username")).to_have_count(0)
    admin.go("/administration/mail/")
    admin.fill("#id_host", "127.0.0.1")
    admin.fill("#id_port", str(port))
    admin.page.select_option("#id_security", "none")
    admin.fill("#id_sender", "知流 <zhiliu@yf.example>")
    admin.press("main form .button.main")
    admin.press('form[action$="/mail/test/"] button')
    assert tried in got.last(1) and company.url in got.last(1)
    assert got.got[0]["to"] == "it@yf.example"

    # Who forgot the password gets a link by mail that begins with the company's address, and is in.
    stranger.goto("/password/forgotten/")
    stranger.fill("#id_username", "it@yf.example")
    stranger.click("form:has(#id_username) .button.main")
    letter = got.last(2)
    assert forgot in letter, letter
    found = re.search(rf"{re.escape(company.url)}/password/links/\S+", letter)
    assert found, letter
    come_in("admin", found[0], stranger, Count())
    expect(stranger.locator("h1")).to_be_visible()
