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
