"""Feed systemd's watchdog, as long as the bot is well and no longer."""

import asyncio
import logging
from collections.abc import Callable

from appliance.ops import systemd

logger = logging.getLogger(__name__)


EXTENDED_BY_SECONDS = 60.0
"""How long systemd waits after the last sign of progress before it ends a start that is stuck."""
SIGNS_EVERY_SECONDS = 10.0


async def prolong_start(stuck: Callable[[], str | None], every: float | None = None) -> None:
    """Let systemd wait for the start for as long as there is progress, until cancelled.

    It runs in the event loop on purpose, as `feed` does: a loop that hangs asks for no more time, and systemd
    ends the program after `TimeoutStartSec` or the last time that was asked for, and starts it again.
    """
    while True:
        why = stuck()
        if why is None:
            systemd.extend_timeout(EXTENDED_BY_SECONDS)
        else:
            logger.error("No more time is asked for: %s", why)
            return
        await asyncio.sleep(SIGNS_EVERY_SECONDS if every is None else every)


async def feed(healthy: Callable[[], bool], interval: float | None = None) -> None:
    """Feed while `healthy()` says so; returns at once where no watchdog waits.

    `interval` is the watchdog's own, in seconds (systemd's when None); food comes twice within it. The
    feeder runs in the bot's event loop on purpose: a loop that hangs feeds nobody, and systemd restarts
    the bot. `healthy` is called in the loop and must not block.
    """
    limit = interval if interval is not None else systemd.watchdog_interval()
    if limit is None:
        return
    was_well = True
    while True:
        well = healthy()
        if well:
            systemd.watchdog()
        if was_well and not well:
            logger.warning("Not healthy: restart in %.0f s unless it mends.", limit)
        elif well and not was_well:
            logger.warning("Healthy again.")
        was_well = well
        await asyncio.sleep(limit / 2)
