"""Raise the limit of open files and connections as far as the system allows."""

import logging
import resource

log = logging.getLogger(__name__)

ENOUGH = 65_536
"""More are not needed; without a limit, programs that close all descriptors would close billions."""


def raise_limit() -> int:
    """Raise the soft limit of open files to the hard one, or to `ENOUGH`; return the new limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError) as error:  # it works with fewer connections
        log.warning("Only %d files can be open at once: %s", soft, error)
        return soft
    return wanted
