"""Wait for the strategy's word on a stop, but not for ever."""

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
    """Return what the strategy answers; where a stop is carried out, not later than that can wait.

    `otherwise` answers in its place while its thread does not get round to it: code that does not return must
    not keep a position from being closed.
    """
    if not is_urgent():
        return await asked
    try:
        async with asyncio.timeout(stop_patience(strategy)):
            return await asked
    except TimeoutError:
        log.warning("The strategy does not answer in time: a stop is carried out without asking it")
        return otherwise()


def stop_patience(strategy: Any) -> float:
    """Return how long a stop waits for the strategy, in seconds: longer where it may decide against it."""
    has_a_say = any(is_overridden(strategy, name) for name in _ASKED_ABOUT_STOPS)
    return LONG_PATIENCE_SECONDS if has_a_say else SHORT_PATIENCE_SECONDS
