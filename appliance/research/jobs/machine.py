"""Decide how much memory a job may use on this machine."""

import os
from contextlib import suppress
from pathlib import Path

from appliance.config.sections.research import ResearchSettings
from appliance.research.jobs.messages import Limits

SHARE = 0.75
"""The part of the memory that a job may use if nothing else is configured."""


def limits_of(settings: ResearchSettings) -> Limits:
    """Return the limits of jobs; reads from /sys and /proc."""
    memory = settings.job_memory_mb * 1024**2 or int(memory_here() * SHARE)
    return Limits(seconds=settings.job_seconds, memory=memory, nice=settings.job_nice)


def memory_here(group: Path = Path("/sys/fs/cgroup/memory.max")) -> int:
    """Return the bytes of memory of this machine, or of the container; 0 where that is not known."""
    total = 0
    with suppress(OSError, ValueError):
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):  # no container, or one without a limit
        total = min(total or 2**63, int(group.read_text()))
    return total


def memory_free(group: Path = Path("/sys/fs/cgroup"), machine: Path = Path("/proc/meminfo")) -> int | None:
    """Return the bytes of memory that programs can still get, of the machine or the container.

    None where that is not known. File caches count as free, as far as the kernel says so.
    """
    found: list[int] = []
    with suppress(OSError, ValueError, StopIteration):
        line = next(line for line in machine.read_text().splitlines() if line.startswith("MemAvailable:"))
        found.append(int(line.split()[1]) * 1024)
    with suppress(OSError, ValueError):  # no container, or one without a limit
        limit, used = (int((group / name).read_text()) for name in ("memory.max", "memory.current"))
        found.append(max(limit - used + _inactive(group), 0))
    return min(found, default=None)


def _inactive(group: Path) -> int:
    """Return the bytes of file caches that the kernel takes back first."""
    with suppress(OSError, ValueError, StopIteration):
        lines = (group / "memory.stat").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("inactive_file ")).split()[1])
    return 0


def memory_of_group(pid: int, proc: Path = Path("/proc")) -> int | None:
    """Return the bytes that a process and its forks hold, what they share counted for each.

    None where that is not known.
    """
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        with suppress(OSError, ValueError, IndexError):
            total += int((proc / str(one) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            children = (proc / str(one) / "task" / str(one) / "children").read_text()
            waiting += [int(child) for child in children.split()]
    return total or None
