"""Provide what strategies need besides traded prices: candles of the mark price, and funding rates."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.bot.state.markets import Markets
from appliance.domain.enums import CandleType
from appliance.domain.errors import ExchangeError
from appliance.domain.futures import FundingRate
from appliance.exchange.candles import CandleCache
from appliance.exchange.forwarded_market_data import ForwardedMarketData
from appliance.exchange.gateway import FuturesData, MarketData
from appliance.rules.funding import HOUR_MS

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.domain.market import Candles

log = logging.getLogger(__name__)

Wanted = tuple[str, str, CandleType]
_RATES_STORED_MS = 33 * 24 * HOUR_MS
"""A hundred rates, if charged every eight hours: what exchanges return in one answer."""


class MarkPrices(ForwardedMarketData):
    """Provide market data whose candles are those of the mark price."""

    def __init__(self, data: MarketData, futures: FuturesData) -> None:
        super().__init__(data)
        self._futures = futures

    @property
    def candle_streams(self) -> None:
        """Streams carry traded prices only."""
        return

    async def fetch_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        return await self._futures.fetch_mark_candles(pair, timeframe, since_ms=since_ms, limit=limit)


@dataclass(kw_only=True, eq=False)
class OtherCandles:
    """Hold mark candles and funding rates, by pair."""

    markets: Markets

    def __post_init__(self) -> None:
        self._marks: CandleCache | None = None
        self._rates: dict[str, tuple[int, Sequence[FundingRate]]] = {}
        self._logged: set[tuple[str, CandleType]] = set()

    async def refresh(self, wanted: Iterable[Wanted], count: int) -> None:
        """Fetch new data of `wanted`; what is not available is logged once and left out."""
        futures, marks = self.markets.futures, {}
        for pair, timeframe, kind in wanted:
            if futures is not None and kind is CandleType.MARK:
                marks[pair, timeframe] = count
            elif futures is not None and kind is CandleType.FUNDING_RATE:
                await self._refresh_rates(pair, futures)
            else:
                self._log_once(pair, kind, f"candles of the type '{kind.value}' are not available here")
        if marks and futures is not None:
            self._marks = self._marks or CandleCache(MarkPrices(self.markets.gateway, futures))
            self._marks.keep_only(marks)
            await self._marks.refresh(marks)

    def frame(self, pair: str, timeframe: str, kind: CandleType) -> "DataFrame | None":
        """Return a dataframe that the caller may modify; None if nothing was fetched.

        Funding rates have the columns `date`, `funding_rate` and, with the same values, `open`.
        """
        if kind is CandleType.MARK:
            return self._marks.dataframe(pair, timeframe) if self._marks else None
        if kind is CandleType.FUNDING_RATE and pair in self._rates:
            return _as_frame(self._rates[pair][1])
        return None

    async def _refresh_rates(self, pair: str, futures: FuturesData) -> None:
        now = self.markets.gateway.now_ms()
        if self._rates.get(pair, (-1, ()))[0] == now // HOUR_MS:
            return
        try:
            self._rates[pair] = (
                now // HOUR_MS,
                await futures.fetch_funding_rates(pair, now - _RATES_STORED_MS),
            )
        except (ExchangeError, ValueError, TypeError) as error:
            self._log_once(pair, CandleType.FUNDING_RATE, str(error))

    def _log_once(self, pair: str, kind: CandleType, why: str) -> None:
        if (pair, kind) not in self._logged:
            self._logged.add((pair, kind))
            log.warning("No %s candles for %s: %s", kind.value, pair, why)


def _as_frame(rates: Sequence[FundingRate]) -> "DataFrame":
    import pandas as pd

    hours = [funding.timestamp // HOUR_MS * HOUR_MS for funding in rates]
    values = [funding.rate for funding in rates]
    dates = pd.to_datetime(pd.Series(hours, dtype="int64"), unit="ms", utc=True).dt.as_unit("us")
    return pd.DataFrame({"date": dates, "funding_rate": values, "open": values})
