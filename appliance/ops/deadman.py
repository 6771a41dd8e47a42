"""Ping an address while the bot is healthy; a service such as healthchecks.io alerts when pings stop.

This covers failures that the bot cannot report: a machine that is down, a network that is disconnected.
"""

import asyncio
import logging
from collections.abc import Callable

import aiohttp

from appliance.config.sections.operation import HealthSettings

log = logging.getLogger(__name__)

_ANSWER_SECONDS = 10.0


async def ping(settings: Callable[[], HealthSettings], troubles: Callable[[], list[str]]) -> None:
    """Ping `ping_url` every `ping_interval` seconds while `troubles()` is empty, until cancelled.

    The settings are read for each ping: a reload may have changed them. Failing pings are logged once.
    """
    failing = False
    while True:
        wanted = settings()
        if wanted.ping_url and not troubles():
            why = await _failure(wanted.ping_url)
            if why and not failing:
                log.warning("Ping of health.ping_url failed (%s); trying again", why)
            elif failing and not why:
                log.info("Ping of health.ping_url succeeded again")
            failing = bool(why)
        await asyncio.sleep(wanted.ping_interval)


async def _failure(url: str) -> str:
    """Ping once; return why it failed, or an empty string. The address is a secret and not part of it."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS)) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return "" if answer.status < 300 else f"status {answer.status}"
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
        return type(error).__name__
