"""Idle memory of ``zhiliu up``, summed over its processes, and how fast it stops. ``python -m bench.rest``"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import psutil

from .machine import line, pss_mb

PORT = 8392


def main() -> None:
    """Start, use a little, wait, measure, stop."""
    data = tempfile.mkdtemp(prefix="zhiliu-bench-")
    env = {**os.environ, "ZHILIU_DATA_DIR": data, "ZHILIU_DEMO": "1", "ZHILIU_LOG_LEVEL": "ERROR"}
    subprocess.run([sys.executable, "-m", "zhiliu.demo.fill"], env=env, check=True, stderr=subprocess.DEVNULL)
    up = subprocess.Popen(
        [sys.executable, "-m", "zhiliu.console.command", "up", "--port", str(PORT)], env=env, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/signin/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        for _ in range(50):
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/signin/", timeout=5).close()
        time.sleep(8)
        process = psutil.Process(up.pid)
        print(line())
        family = [process, *process.children(recursive=True)]
        print(f"zhiliu up at rest: {pss_mb(process):.0f} MB PSS in {len(family)} processes")
        for item in family:
            print(f"  {item.memory_full_info().pss / (1 << 20):6.0f} MB  {' '.join(item.cmdline()[1:5])}")
        started = time.monotonic()
        up.send_signal(signal.SIGTERM)
        up.wait(timeout=20)
        print(f"stopped {time.monotonic() - started:.1f} s after SIGTERM")
    finally:
        up.kill()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
