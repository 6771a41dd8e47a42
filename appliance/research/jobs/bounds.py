"""Limit the process of a job from within: memory, priority, and a life no longer than its parent's."""

import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from appliance.research.jobs.messages import Limits

_PR_SET_PDEATHSIG = 1
_FIRST_TO_KILL = "1000"


def bind(limits: Limits, parent: int) -> None:
    """Set the limits of this process and of those that it forks, and end it with the process `parent`.

    When the machine runs out of memory, the kernel kills these first, not the bot.
    """
    os.nice(limits.nice)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_KILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits.memory:
        # Address space, which RLIMIT_AS limits, is reserved by libraries far beyond what they use.
        with suppress(ValueError, OSError):  # there is a lower limit already
            resource.setrlimit(resource.RLIMIT_DATA, (limits.memory, limits.memory))
    end_with = _ending_with_parent()
    end_with(parent)
    os.register_at_fork(before=_remember, after_in_child=lambda: end_with(_forking))


_forking = 0
"""The process that forks, for its child to compare its parent with."""


def _remember() -> None:
    global _forking
    _forking = os.getpid()


def _ending_with_parent() -> Callable[[int], None]:
    """Return what has the kernel kill this process once its parent is dead (Linux only)."""
    if sys.platform != "linux":
        return lambda parent: None
    import ctypes  # late: other systems may lack the function

    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def end_with(parent: int) -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before that
            os._exit(1)

    return end_with
