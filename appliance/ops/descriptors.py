"""Let the process open as many files and connections as the system allows it."""

import logging
import resource

log = logging.getLogger(__name__)

ENOUGH = 65_536
"""More than that is of no use; systems without a limit would have programs close billions of them."""


def raise_limit() -> int:
    """Raise the soft limit of open files to the hard one, or to what is enough; return what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError) as error:  # it goes on with fewer connections
        log.warning("Only %d files can be open at once: %s", soft, error)
        return soft
    return wanted
