"""Fetch the candle that is not closed yet, for charts that are watched: once for all who watch.

The bot itself has closed candles only. These requests are those of a page: they wait behind everything that
protects positions, grow rarer with the number of charts, and pause where the exchange does not answer.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.domain.errors import ExchangeError
from appliance.domain.timeframe import candle_open_ms

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

log = logging.getLogger(__name__)

NEW_SECONDS = 5.0
"""How long a candle is answered again; for each further chart two seconds more."""
SECONDS_MORE = 2.0
PAUSE_SECONDS = 30.0
"""How long nothing is fetched after a request that failed."""
PATIENCE_SECONDS = 8.0
FORGOTTEN_SECONDS = 15.0

Row = list[float]
"""Opening (s since 1970 UTC), open, high, low, close, volume."""


class _Known(Struct):
    row: Row | None = None
    due_at: float = 0.0
    asked_at: float = 0.0
    fetching: bool = False


class FormingCandles:
    """Hold the forming candles of the pairs that are watched. `monotonic` returns seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], _Known] = {}

    async def of(self, bot: "Bot", pair: str, timeframe: str) -> Row | None:
        """Return the forming candle; None while it is not known. Raises nothing."""
        now = self._monotonic()
        self._known = {
            key: one
            for key, one in self._known.items()
            if now - one.asked_at < FORGOTTEN_SECONDS or now < one.due_at
        }
        known = self._known.setdefault((pair, timeframe), _Known())
        known.asked_at = now
        if now >= known.due_at and not known.fetching:
            known.fetching = True
            try:
                known.row = await _fetched(bot, pair, timeframe)
                pause = NEW_SECONDS + SECONDS_MORE * (len(self._known) - 1)
            except (ExchangeError, TimeoutError) as error:
                log.debug("The forming candle of %s cannot be shown: %s", pair, error)
                known.row, pause = None, PAUSE_SECONDS
            except Exception as error:  # noqa: BLE001 - the edge of a page: it shows closed candles without it
                log.warning("The forming candle of %s cannot be shown: %s", pair, type(error).__name__)
                known.row, pause = None, PAUSE_SECONDS
            finally:
                known.fetching = False
            known.due_at = self._monotonic() + pause
        return known.row


async def _fetched(bot: "Bot", pair: str, timeframe: str) -> Row | None:
    rows = await asyncio.wait_for(bot.gateway.fetch_candles(pair, timeframe, limit=2), PATIENCE_SECONDS)
    if not len(rows):
        return None
    opened, *rest = (float(value) for value in rows[-1])
    now_ms = int(bot.now().timestamp() * 1000)
    return [opened / 1000, *rest] if opened >= candle_open_ms(timeframe, now_ms) else None
