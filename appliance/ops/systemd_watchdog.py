"""Notify systemd's watchdog while the bot is healthy."""

import asyncio
import logging
from collections.abc import Callable

from appliance.ops import systemd_notify

logger = logging.getLogger(__name__)


EXTENDED_BY_SECONDS = 60.0
"""Seconds that systemd waits after the last sign of progress before it kills a stuck start."""
SIGNS_EVERY_SECONDS = 10.0


async def prolong_start(stuck: Callable[[], str | None], every: float | None = None) -> None:
    """Extend the start timeout of systemd while there is progress, until cancelled.

    It runs in the event loop on purpose, as `feed` does: if the loop hangs, the timeout is not extended, and
    systemd kills and restarts the program.
    """
    while True:
        why = stuck()
        if why is None:
            systemd_notify.extend_timeout(EXTENDED_BY_SECONDS)
        else:
            logger.error("The start timeout is not extended: %s", why)
            return
        await asyncio.sleep(SIGNS_EVERY_SECONDS if every is None else every)


async def feed(healthy: Callable[[], bool], interval: float | None = None) -> None:
    """Notify the watchdog while `healthy()` is true; return at once if there is no watchdog.

    `interval` is the timeout of the watchdog in seconds (that of systemd if None); it is notified twice
    within it. This runs in the event loop of the bot on purpose: if the loop hangs, systemd restarts the bot.
    `healthy` is called in the loop and must not block.
    """
    limit = interval if interval is not None else systemd_notify.watchdog_interval()
    if limit is None:
        return
    was_well = True
    while True:
        well = healthy()
        if well:
            systemd_notify.watchdog()
        if was_well and not well:
            logger.warning("Not healthy: systemd restarts the bot in %.0f s unless it recovers.", limit)
        elif well and not was_well:
            logger.warning("Healthy again.")
        was_well = well
        await asyncio.sleep(limit / 2)
