"""Repeat questions that an exchange could not answer now, after a delay."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from appliance.domain.errors import RateLimited, TemporaryExchangeError

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class RetryPolicy(msgspec.Struct, frozen=True):
    """State how often to ask, and how long to wait between: twice as long each time. Delays in seconds."""

    attempts: int = 4
    first_delay: float = 0.5
    longest_delay: float = 60.0

    def delay(self, attempt: int, error: TemporaryExchangeError) -> float:
        """Return the delay after the `attempt`-th failure (from 1); the exchange's own request counts."""
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return min(error.retry_after, self.longest_delay)
        doubled = self.first_delay * 2.0 ** (attempt - 1)
        return min(doubled * random.uniform(0.8, 1.2), self.longest_delay)


async def retried(ask: Callable[[], Awaitable[Answer]], policy: RetryPolicy) -> Answer:
    """Return the answer. Raises the last `TemporaryExchangeError` when the attempts are used up.

    Only for questions that may be asked twice without harm, never for orders.
    """
    for attempt in range(1, policy.attempts):
        try:
            return await ask()
        except TemporaryExchangeError as error:
            if isinstance(error, RateLimited) and (error.retry_after or 0.0) > policy.longest_delay:
                raise  # asking before the time would only lengthen it
            delay = policy.delay(attempt, error)
            logger.debug("%s Retrying in %.1f s.", error, delay)
            await asyncio.sleep(delay)
    return await ask()
