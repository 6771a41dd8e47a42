"""Ping an address for as long as all is well: whoever stops hearing raises the alarm.

That is for what no message tells: a machine that is gone, a network that is cut. Services such as
healthchecks.io wait for the ping.
"""

import asyncio
import logging
from collections.abc import Callable

import aiohttp

from appliance.config.sections.operation import HealthSettings

log = logging.getLogger(__name__)

_ANSWER_SECONDS = 10.0


async def ping(settings: Callable[[], HealthSettings], troubles: Callable[[], list[str]]) -> None:
    """Ping `ping_url` every `ping_interval` seconds while `troubles()` tells of none, until cancelled.

    Settings are read anew each time: a reload may have changed them. A ping that fails is told once.
    """
    failing = False
    while True:
        wanted = settings()
        if wanted.ping_url and not troubles():
            why = await _failure(wanted.ping_url)
            if why and not failing:
                log.warning("health.ping_url could not be pinged (%s); trying on", why)
            elif failing and not why:
                log.info("health.ping_url is pinged again")
            failing = bool(why)
        await asyncio.sleep(wanted.ping_interval)


async def _failure(url: str) -> str:
    """Ping once; return why that failed, nothing if it did not. The address is a secret and not told."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS)) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return "" if answer.status < 300 else f"status {answer.status}"
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
        return type(error).__name__
