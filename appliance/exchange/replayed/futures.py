"""Show what only futures markets have, of stored candles: mark prices, funding rates, leverage tiers."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import ExchangeError
from appliance.domain.futures import FundingRate, Tiers
from appliance.exchange.gateway import Series
from appliance.exchange.leverage_tiers import careful_tiers
from appliance.rules.leverage import Formula

if TYPE_CHECKING:
    from appliance.domain.market import Candles
    from appliance.exchange.replayed.played_time import PlayedTime

_RATES_TIMEFRAME = "1h"
_MOST_CANDLES = 1000
_CHARGED_MS = 8 * 3_600_000


class StoredSeries(Protocol):
    """What is stored beside traded prices."""

    def load_series(self, pair: str, timeframe: str, series: Series) -> "Candles":
        """Return a series: times (ms, UTC) first; none where nothing is stored. Raises `DataError`."""


@dataclass(frozen=True, kw_only=True)
class ReplayedFutures:
    """The futures data of a replayed market, until its present.

    `formula` and `grace_seconds` are those of the exchange that the candles are from, `tiers` by pair.
    """

    stored: StoredSeries
    time: "PlayedTime"
    tiers: Mapping[str, Tiers]
    formula: Formula
    grace_seconds: int
    _loaded: "dict[tuple[str, str, Series], Candles]" = field(default_factory=dict)

    async def leverage_tiers(self, pair: str) -> Tiers:
        return self.tiers.get(pair) or careful_tiers()

    async def fetch_mark_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        """Return stored mark candles; of the one that is not over, its open alone is known."""
        rows = await self._until_now(pair, timeframe, "mark")
        rows = rows[rows[:, 0] >= since_ms][:_MOST_CANDLES] if since_ms is not None else rows[-_MOST_CANDLES:]
        return rows if limit is None else rows[:limit] if since_ms is not None else rows[-limit:]

    def has(self, series: Series) -> bool:
        """Return True: what is not stored is an error of its own."""
        return True

    async def fetch_series(
        self, pair: str, timeframe: str, series: Series, *, since_ms: int, limit: int | None = None
    ) -> "Candles":
        rows = await self._until_now(pair, timeframe, series)
        return rows[rows[:, 0] >= since_ms][: limit or _MOST_CANDLES]

    async def fetch_funding_rates(self, pair: str, since_ms: int) -> Sequence[FundingRate]:
        rows = await self._until_now(pair, _RATES_TIMEFRAME, "funding_rate")
        return [FundingRate(int(at), float(rate)) for at, rate in rows[:, :2].tolist() if at >= since_ms]

    async def fetch_funding_rate(self, pair: str) -> Mapping[str, Any]:
        """Return the last rate as the next one: what will be charged is not known before."""
        rates = await self.fetch_funding_rates(pair, 0)
        now = self.time.now_ms()
        return {
            "symbol": pair,
            "fundingRate": rates[-1].rate if rates else None,
            "fundingTimestamp": (now // _CHARGED_MS + 1) * _CHARGED_MS,
            "timestamp": now,
        }

    def delisting(self, pair: str) -> datetime | None:
        """Return None: stored candles do not announce their end."""
        return None

    async def _until_now(self, pair: str, timeframe: str, series: Series) -> "Candles":
        """Return the stored rows until now. Raises `ExchangeError` where there are none at all."""
        key = (pair, timeframe, series)
        if key not in self._loaded:
            self._loaded[key] = await asyncio.to_thread(self.stored.load_series, pair, timeframe, series)
        rows, now = self._loaded[key], self.time.now_ms()
        if not len(rows):
            raise ExchangeError(
                f"There are no {series} candles ({timeframe}) of {pair} to replay: download them with "
                "`download-data --trading-mode futures`."
            )
        known = rows[: int(np.searchsorted(rows[:, 0], now, side="right"))]
        if series == "funding_rate" or not len(known):
            return known
        if timeframes.next_open_ms(timeframe, int(known[-1, 0])) > now:
            known = known.copy()
            known[-1, 2:5] = known[-1, 1]
            known[-1, 5:] = 0.0
        return known
