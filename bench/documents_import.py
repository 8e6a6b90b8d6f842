"""Import a whole handbook and real Word files: pages per second with links and index, CPU of each part, peak memory.

``python -m bench.documents_import``
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from .machine import line, pss_mb
from .people_import import FIND, FOLLOW, Writer, ask

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def run(command: list[str], env: dict[str, str]) -> tuple[float, float, float, str]:
    """Run a command.

    Returns:
        CPU seconds of it and its children, seconds, peak PSS in MiB, and its last line of output.
    """
    started, peak, cpu = time.monotonic(), 0.0, 0.0
    with tempfile.TemporaryFile("w+") as output:
        job = psutil.Popen(command, env=env, stdout=output, stderr=subprocess.STDOUT, text=True)
        while job.poll() is None:
            try:
                peak = max(peak, pss_mb(job))
                family = [job, *job.children(recursive=True)]
                cpu = max(cpu, sum(sum(item.cpu_times()[:2]) for item in family))
            except psutil.Error:
                break
            time.sleep(0.1)
        job.wait()
        took = time.monotonic() - started
        output.seek(0)
        return cpu, took, peak, (output.read().strip().splitlines() or [""])[-1]


def measure(path: Path, compiled: str) -> None:
    """Import one file on a fresh installation, let the index follow, and print the cost."""
    data = Path(tempfile.mkdtemp(prefix="zhiliu-bench-"))
    env = {
        **os.environ,
        "ZHILIU_DATA_DIR": str(data),
        "ZHILIU_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        # As in an installation: compiled once, not by each rendering process.
        "PYTHONPYCACHEPREFIX": compiled,
        "PYTHONDONTWRITEBYTECODE": "",
    }
    try:
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=env, check=True)
        subprocess.run([sys.executable, "-c", FIND], env=env, check=True)
        command = [sys.executable, "-m", "zhiliu.console.command", "import", str(path), "--library", "company"]
        run([sys.executable, "-c", "import django; django.setup(); import zhiliu.kit.text.parallel_markdown"], env)
        # Starting a process is not part of the work.
        empty = run([sys.executable, "-c", "import django; django.setup()"], env)
        looked = run(command, env)
        writer = Writer(data / "zhiliu.sqlite3")
        writer.start()
        imported = run([*command, "--apply"], env)
        writer.done.set()
        writer.join(35)
        followed = run([sys.executable, "-c", FOLLOW], env)
        pages = ask(data, "SELECT count(*) FROM knowledge_importedpage WHERE digest != ''")
        print(f"{path.name}: {imported[3]}; starting a process takes {empty[1]:.1f} s")
        print(
            f"  dry run {looked[0]:.1f} s CPU ({looked[1]:.0f} s); all of it {imported[0]:.1f} s CPU "
            f"({imported[1]:.0f} s), index {followed[0]:.1f} s CPU ({followed[1]:.0f} s)"
        )
        # Rendering processes are counted; starting the two commands is not.
        spent = imported[0] + followed[0] - 2 * empty[0]
        print(
            f"  with links and index {pages / (imported[1] + followed[1] - 2 * empty[1]):.0f} pages a second, "
            f"{pages / spent:.0f} pages a second of CPU; "
            f"peak {max(imported[2], followed[2]):.0f} MB PSS; another writer waited "
            f"{writer.longest * 1000:.0f} ms at the most",
            flush=True,
        )
    finally:
        shutil.rmtree(data, ignore_errors=True)


def main() -> None:
    """Measure the handbook and the Word files."""
    print(line())
    with tempfile.TemporaryDirectory(prefix="zhiliu-bench-") as compiled:
        for name in ("handbook-zh.zip", "docx.zip"):
            if (DATA / name).exists():
                measure(DATA / name, compiled)
            else:
                print(f"shared/data/{name} is not beside the project")


if __name__ == "__main__":
    main()
