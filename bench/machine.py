"""The machine the figures were measured on."""

from __future__ import annotations

import platform
from pathlib import Path

import psutil


def line() -> str:
    """Return one line about this machine."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    memory = psutil.virtual_memory().total / (1 << 30)
    return f"machine: {psutil.cpu_count()} x {model}, {memory:.0f} GiB, Python {platform.python_version()}"


def family_of(process: psutil.Process) -> list[psutil.Process]:
    """Return a process and its living children."""
    family = [process, *process.children(recursive=True)]
    return [item for item in family if item.status() != psutil.STATUS_ZOMBIE]


def pss_mb(process: psutil.Process) -> float:
    """Return the proportional memory of a process and its children, in MiB."""
    return sum(item.memory_full_info().pss for item in family_of(process)) / (1 << 20)


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU time of a process and its living children, in seconds."""
    family = family_of(process)
    return sum(item.cpu_times().user + item.cpu_times().system for item in family)
