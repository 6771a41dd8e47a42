"""Simulate what only futures markets have: mark prices, funding rates, leverage tiers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.domain.errors import PairNotFound
from appliance.domain.futures import FundingRate, Tiers
from appliance.exchange.gateway import Series
from appliance.exchange.leverage_tiers import tiers
from appliance.exchange.simulated.path import key, noise
from appliance.rules.leverage import Formula

if TYPE_CHECKING:
    from appliance.domain.market import Candles
    from appliance.exchange.simulated.market import SimulatedMarket

FUNDING_MS = 8 * 3_600_000
_USUAL_RATE, _RATE_MOVE = 0.0001, 0.0004
_MARK_FOLLOWS = 0.5
_LARGE_DAY = 5.0e8
_MOST_RATES = 1000
_LARGE = ((50_000.0, 100.0, 0.005), (500_000.0, 50.0, 0.01), (5_000_000.0, 20.0, 0.025), (5.0e7, 5.0, 0.1))
_SMALL = ((10_000.0, 50.0, 0.01), (100_000.0, 20.0, 0.025), (1_000_000.0, 5.0, 0.1), (5_000_000.0, 1.0, 0.5))


class SimulatedFutures:
    """The futures data of a simulated market. All of it follows from seed, pair and time."""

    formula: Formula = "with_maintenance_amount"
    grace_seconds = 0

    def __init__(self, market: "SimulatedMarket", seed: int) -> None:
        self._market = market
        self._seed = seed

    async def leverage_tiers(self, pair: str) -> Tiers:
        return tiers(_LARGE if self._market.day_volume(pair) >= _LARGE_DAY else _SMALL)

    async def fetch_mark_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        """Return the pair's own candles with shorter wicks, no volume: single trades do not move the mark."""
        mark = await self._market.fetch_candles(pair, timeframe, since_ms=since_ms, limit=limit)
        opened, close = mark[:, 1], mark[:, 4]
        upper, lower = np.maximum(opened, close), np.minimum(opened, close)
        mark[:, 2] = upper + (mark[:, 2] - upper) * _MARK_FOLLOWS
        mark[:, 3] = lower + (mark[:, 3] - lower) * _MARK_FOLLOWS
        mark[:, 5] = 0.0
        return mark

    def has(self, series: Series) -> bool:
        """Return True: nothing is missing here."""
        return True

    async def fetch_series(
        self, pair: str, timeframe: str, series: Series, *, since_ms: int, limit: int | None = None
    ) -> "Candles":
        """Return another series. The index is the traded price; the premium, what the mark adds to it."""
        candles = await self._market.fetch_candles(pair, timeframe, since_ms=since_ms, limit=limit)
        mark = await self.fetch_mark_candles(pair, timeframe, since_ms=since_ms, limit=limit)
        if series == "open_interest":
            amount = np.round(self._market.day_volume(pair) / candles[:, 4] / 2, 3)
            return np.column_stack((candles[:, 0], amount, amount * candles[:, 4]))
        if series == "mark":
            return mark
        candles[:, 5] = 0.0
        if series == "premiumIndex":
            candles[:, 1:5] = np.round(mark[:, 1:5] / candles[:, 1:5] - 1, 8)
        return candles

    async def fetch_funding_rates(self, pair: str, since_ms: int) -> Sequence[FundingRate]:
        """Return the rates of every eighth hour from a time until now."""
        first = max(-(-since_ms // FUNDING_MS), 0)
        last = self._market.now_ms() // FUNDING_MS
        return self._rates(pair, first, min(last - first + 1, _MOST_RATES))

    async def fetch_funding_rate(self, pair: str) -> Mapping[str, Any]:
        now = self._market.now_ms()
        coming = now // FUNDING_MS + 1
        (following,) = self._rates(pair, coming, 1)
        return {
            "symbol": pair,
            "fundingRate": following.rate,
            "fundingTimestamp": following.timestamp,
            "markPrice": self._market.price(pair, now),
            "timestamp": now,
            "interval": "8h",
        }

    def delisting(self, pair: str) -> datetime | None:
        """Return None: simulated markets do not end."""
        return None

    def _rates(self, pair: str, first: int, count: int) -> list[FundingRate]:
        if pair not in self._market.markets:
            raise PairNotFound(f"The simulated market has no pair {pair}.")
        if count <= 0:
            return []
        swing = noise(np.array([key(self._seed, "funding", pair)]), first, count)[0]
        rates = np.round(_USUAL_RATE + _RATE_MOVE * swing**3, 8).tolist()
        return [FundingRate((first + place) * FUNDING_MS, rate) for place, rate in enumerate(rates)]
