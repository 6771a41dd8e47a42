"""Ask again, after a while, what an exchange could not answer now."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from appliance.domain.errors import RateLimited, TemporaryExchangeError

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class Patience(msgspec.Struct, frozen=True):
    """Say how often to ask, and how long to wait between: twice as long each time. Delays in seconds."""

    attempts: int = 4
    first_delay: float = 0.5
    longest_delay: float = 60.0

    def delay(self, attempt: int, error: TemporaryExchangeError) -> float:
        """Return how long to wait after the `attempt`-th failure (from 1); an exchange's own wish counts."""
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return min(error.retry_after, self.longest_delay)
        doubled = self.first_delay * 2.0 ** (attempt - 1)
        return min(doubled * random.uniform(0.8, 1.2), self.longest_delay)


async def patiently(ask: Callable[[], Awaitable[Answer]], patience: Patience) -> Answer:
    """Return the answer. Raises the last `TemporaryExchangeError` when the attempts are used up.

    Only for questions that may be put twice without harm, never for orders.
    """
    for attempt in range(1, patience.attempts):
        try:
            return await ask()
        except TemporaryExchangeError as error:
            if isinstance(error, RateLimited) and (error.retry_after or 0.0) > patience.longest_delay:
                raise  # asking before the time would only lengthen it
            delay = patience.delay(attempt, error)
            logger.debug("%s Asking again in %.1f s.", error, delay)
            await asyncio.sleep(delay)
    return await ask()
