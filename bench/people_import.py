"""Import 100,000 people from CSV and from XLSX: CPU, peak memory, and how long another writer waits meanwhile.

``python -m bench.people_import [people]``
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from config.settings.sqlite import choose

from .machine import line, pss_mb

# The same engine as the product: two must not write one file.
choose()
import sqlite3  # noqa: E402

PEOPLE = 100_000
HEAD = ["工号", "姓名", "部门", "岗位", "职级", "地点", "上级工号", "入职日期", "邮箱", "手机"]
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈单仇"
)
GIVEN = "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超霞平刚桂英华文玉兰红建国志新云龙海山春梅晓雪飞鹏宇浩然子轩梓涵欣怡嘉诚思远"
PLACES = ["杭州", "上海", "苏州", "深圳", "成都", "武汉"]
JOBS = ["工程师", "销售", "客户经理", "技术员", "操作工", "主管", "采购", "会计", "人事", "质检员"]
FIND = """
import django, sys; django.setup()
from zhiliu.console.install import set_up
set_up(organisation="岭东", name="周航", email="admin@example.com")
"""
FOLLOW = """
import django, os, resource; django.setup()
from zhiliu.activity.consumers import catch_up
catch_up()
spent = resource.getrusage(resource.RUSAGE_SELF)
print(f"search and notices follow: {spent.ru_utime + spent.ru_stime:.1f} s CPU")
"""


def people(count: int) -> list[list[str]]:
    """Generate a company: every tenth person manages ten others; 600 departments in three levels."""
    chance = random.Random(20261124)
    names = [a + b for a in SURNAMES for b in [*GIVEN, *(x + y for x, y in itertools.product(GIVEN, GIVEN))]]
    rows = []
    for n in range(count):
        centre, division = n % 20, n // 20 % 30
        hired = dt.date(2005, 1, 1) + dt.timedelta(days=chance.randrange(7600))
        rows.append(
            [
                f"E{n:06}",
                chance.choice(names),
                f"总部/{centre + 1:02}中心/{division + 1:02}部",
                chance.choice(JOBS),
                f"P{chance.randint(3, 9)}",
                chance.choice(PLACES),
                f"E{(n - 1) // 10:06}" if n else "",
                f"{hired.year}/{hired.month}/{hired.day}",
                f"e{n:06}@example.com",
                "",
            ]
        )
    # Managers must not come first.
    chance.shuffle(rows)
    return rows


def write_csv(path: Path, rows: list[list[str]]) -> None:
    """Write CSV like HR systems."""
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEAD, *rows])


def write_xlsx(path: Path, rows: list[list[str]]) -> None:
    """Write XLSX like Excel, with real dates."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": False}) as book:
        sheet, day = book.add_worksheet("花名册"), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEAD)
        for at, row in enumerate(rows, start=1):
            sheet.write_row(at, 0, row)
            year, month, date = map(int, row[7].split("/"))
            sheet.write_datetime(at, 7, dt.datetime(year, month, date), day)


class Writer(threading.Thread):
    """Another writer, ten times per second; records the longest wait."""

    def __init__(self, database: Path) -> None:
        super().__init__(daemon=True)
        self.database, self.longest, self.writes, self.done = database, 0.0, 0, threading.Event()

    def run(self) -> None:
        """Write until stopped."""
        connection = sqlite3.connect(self.database, timeout=30, isolation_level=None)
        while not self.done.wait(0.1):
            started = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO directory_attempt (key, at) VALUES ('bench', '2026-01-01')")
            connection.execute("COMMIT")
            self.longest, self.writes = max(self.longest, time.perf_counter() - started), self.writes + 1
        connection.close()


def measure(path: Path, count: int) -> None:
    """Import one file on a fresh installation and print the cost."""
    data = Path(tempfile.mkdtemp(prefix="zhiliu-bench-"))
    env = {
        **os.environ,
        "ZHILIU_DATA_DIR": str(data),
        "ZHILIU_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    try:
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=env, check=True)
        subprocess.run([sys.executable, "-c", FIND], env=env, check=True)
        writer = Writer(data / "zhiliu.sqlite3")
        writer.start()
        started = time.monotonic()
        command = [sys.executable, "-m", "zhiliu.console.command", "import", str(path), "--apply"]
        job = psutil.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        peak, cpu = 0.0, 0.0
        while job.poll() is None:
            try:
                peak = max(peak, pss_mb(job))
                times = job.cpu_times()
                cpu = max(cpu, times.user + times.system)
            except psutil.Error:
                break
            time.sleep(0.25)
        output = job.stdout.read() if job.stdout else ""
        took = time.monotonic() - started
        writer.done.set()
        writer.join(35)
        entered = ask(data, "SELECT count(*) FROM directory_person WHERE employee_number LIKE 'E%'")
        led = ask(data, "SELECT count(*) FROM directory_person WHERE manager_id IS NOT NULL")
        assert (entered, led) == (count, count - 1), (entered, led, output)
        print(
            f"{path.suffix[1:]}: {count:,} people in {cpu:.1f} s CPU ({took:.0f} s), peak {peak:.0f} MB PSS; "
            f"another writer waited {writer.longest * 1000:.0f} ms at the most ({writer.writes} writes)",
            flush=True,
        )
        if path.suffix == ".csv":
            writer = Writer(data / "zhiliu.sqlite3")
            writer.start()
            print(
                subprocess.run(
                    [sys.executable, "-c", FOLLOW], env=env, check=True, capture_output=True, text=True
                ).stdout.strip()
            )
            writer.done.set()
            writer.join(35)
            print(f"  meanwhile another writer waited {writer.longest * 1000:.0f} ms at the most")
    finally:
        shutil.rmtree(data, ignore_errors=True)


def ask(data: Path, question: str) -> int:
    """Return a number from the database."""
    with sqlite3.connect(data / "zhiliu.sqlite3") as connection:
        return int(connection.execute(question).fetchone()[0])


def main() -> None:
    """Measure both formats."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    print(line())
    with tempfile.TemporaryDirectory(prefix="zhiliu-bench-") as folder:
        rows = people(count)
        csv_file, xlsx_file = Path(folder) / "people.csv", Path(folder) / "people.xlsx"
        write_csv(csv_file, rows)
        write_xlsx(xlsx_file, rows)
        del rows
        measure(csv_file, count)
        measure(xlsx_file, count)


if __name__ == "__main__":
    main()
