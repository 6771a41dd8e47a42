"""Wait for the strategy's answer about a stop, but not indefinitely."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from appliance.exchange.priority import is_urgent
from appliance.strategy.safe_call import is_overridden

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

_ASKED_ABOUT_STOPS = ("confirm_trade_exit", "custom_exit")
LONG_PATIENCE_SECONDS = 10.0
SHORT_PATIENCE_SECONDS = 1.0


async def unless_stuck(strategy: Any, asked: Awaitable[Answer], otherwise: Callable[[], Answer]) -> Answer:
    """Return the strategy's answer; during a stop, wait for it only as long as the stop can wait.

    After that `otherwise` answers: strategy code that does not return must not prevent closing a position.
    """
    if not is_urgent():
        return await asked
    try:
        async with asyncio.timeout(stop_patience(strategy)):
            return await asked
    except TimeoutError:
        log.warning("The strategy did not answer in time: the stop is carried out without it")
        return otherwise()


def stop_patience(strategy: Any) -> float:
    """Return how long a stop waits for the strategy, in seconds: longer if it may refuse the exit."""
    has_a_say = any(is_overridden(strategy, name) for name in _ASKED_ABOUT_STOPS)
    return LONG_PATIENCE_SECONDS if has_a_say else SHORT_PATIENCE_SECONDS
