"""Answer public questions about an exchange's linear perpetual markets through ccxt's class of it."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.errors import ExchangeError
from appliance.domain.futures import FundingRate, Tiers
from appliance.domain.timeframe import to_date
from appliance.exchange.ccxt import read_markets
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.market_data import CcxtMarketData
from appliance.exchange.ccxt.protocol import Json, unchanged
from appliance.exchange.ccxt.settings import FUTURES, with_all
from appliance.exchange.gateway import Series
from appliance.exchange.leverage_tiers import tiers_without_keys
from appliance.exchange.retry import RetryPolicy
from appliance.rules.leverage import Formula

if TYPE_CHECKING:
    from appliance.domain.market import Candles

log = logging.getLogger(__name__)

_MOST_RATES = 100
_MOST_INTEREST = 200
"""How many entries of open interest one call returns on every exchange that has them."""
_METHODS: dict[Series, str] = {
    "mark": "fetchMarkOHLCV",
    "index": "fetchIndexOHLCV",
    "premiumIndex": "fetchPremiumIndexOHLCV",
    "open_interest": "fetchOpenInterestHistory",
    "funding_rate": "fetchFundingRateHistory",
}
"""What ccxt calls them."""
_STATED_AHEAD = timedelta(days=14)


class CcxtFutures:
    """Answer what only futures markets have. Candles without a mark price come from `data`."""

    def __init__(self, connection: Connection, data: CcxtMarketData) -> None:
        self._connection, self._data = connection, data
        self._tiers: dict[str, Tiers] = {}
        self._tiers_are_public = True

    @property
    def formula(self) -> Formula:
        return self._connection.traits.formula

    @property
    def grace_seconds(self) -> int:
        return self._connection.traits.funding_grace_seconds

    async def leverage_tiers(self, pair: str) -> Tiers:
        """Return the tiers of a pair, asked for once; without keys those known of it, or careful ones."""
        self._connection.check(pair)
        if pair not in self._tiers and self._tiers_are_public:
            try:
                self._tiers |= await self._fetch_tiers(pair)
            except ExchangeError as error:
                self._tiers_are_public = False
                log.info(
                    "%s does not show its leverage tiers without keys (%s): using those that it published "
                    "in the past, and careful ones, of 20 times at most, for other pairs",
                    self._connection.name,
                    error,
                )
        if found := self._tiers.get(pair):
            return found
        return await asyncio.to_thread(tiers_without_keys, self._connection.name, pair)

    async def _fetch_tiers(self, pair: str) -> dict[str, Tiers]:
        """Return the tiers of this pair, and of the others that came with them."""
        if self._connection.has("fetchMarketLeverageTiers") is True:
            tiers = await self._connection.ask(
                lambda exchange: exchange.fetch_market_leverage_tiers(pair), read_markets.leverage_tiers
            )
            return {pair: tiers}
        if not self._connection.has("fetchLeverageTiers"):
            return {}
        answers = await self._connection.ask(lambda exchange: exchange.fetch_leverage_tiers(), unchanged)
        return {
            name: self._connection.read(read_markets.leverage_tiers, answer)
            for name, answer in answers.items()
            if answer
        }

    async def fetch_mark_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        if not self.has("mark"):
            return await self._data.fetch_candles(pair, timeframe, since_ms=since_ms, limit=limit)
        return await self._fetch_prices(pair, timeframe, "mark", since_ms, limit)

    def has(self, series: Series) -> bool:
        return bool(self._connection.has(_METHODS[series]))

    async def fetch_series(
        self, pair: str, timeframe: str, series: Series, *, since_ms: int, limit: int | None = None
    ) -> "Candles":
        if not self.has(series):
            raise ExchangeError(f"{self._connection.name} has no candles of the type {series}.")
        if series == "open_interest":
            return await self._fetch_open_interest(pair, timeframe, since_ms, limit or _MOST_INTEREST)
        return await self._fetch_prices(pair, timeframe, series, since_ms, limit)

    async def _fetch_prices(
        self, pair: str, timeframe: str, series: Series, since_ms: int | None, limit: int | None
    ) -> "Candles":
        self._connection.check(pair)
        self._data.check_timeframe(timeframe)
        most = min(limit or self._data.candle_limit, self._data.candle_limit)
        return await self._connection.ask(
            lambda exchange: exchange.fetch_ohlcv(pair, timeframe, since_ms, most, {"price": series}),
            read_markets.candles,
        )

    async def _fetch_open_interest(self, pair: str, timeframe: str, since_ms: int, limit: int) -> "Candles":
        self._connection.check(pair)
        most = min(limit, _MOST_INTEREST)
        return await self._connection.ask(
            lambda exchange: exchange.fetch_open_interest_history(pair, timeframe, since_ms, most),
            read_markets.open_interest,
        )

    async def fetch_funding_rates(self, pair: str, since_ms: int) -> Sequence[FundingRate]:
        self._connection.check(pair)
        if not self._connection.has("fetchFundingRateHistory"):
            raise ExchangeError(f"{self._connection.name} has no past funding rates.")
        return await self._connection.ask(
            lambda exchange: exchange.fetch_funding_rate_history(pair, since_ms, _MOST_RATES),
            read_markets.funding_rates,
        )

    async def fetch_funding_rate(self, pair: str) -> Mapping[str, Json]:
        self._connection.check(pair)
        if not self._connection.has("fetchFundingRate"):
            raise ExchangeError(f"{self._connection.name} has no funding rates.")
        return await self._connection.ask(lambda exchange: exchange.fetch_funding_rate(pair), unchanged)

    def delisting(self, pair: str) -> datetime | None:
        traits = self._connection.traits
        ends = self._end_of(pair)
        if traits.delivery_reference:
            return None if ends == self._end_of(traits.delivery_reference) else ends
        # The others state dates far ahead, or none, for markets that stay.
        return ends if ends and ends < to_date(self._connection.clock()) + _STATED_AHEAD else None

    def _end_of(self, pair: str) -> datetime | None:
        info = self._connection.described(pair).get("info") or {}
        end = str(info.get(self._connection.traits.delivery_field) or "")
        return to_date(int(end)) if end.isdecimal() and int(end) > 0 else None


def futures_market_data(
    settings: ExchangeSettings, *, retry: RetryPolicy | None = None, with_others: bool = False
) -> CcxtMarketData:
    """Return the linear perpetual markets of an exchange, not yet connected. No credentials are sent.

    `with_others` includes all that the exchange lists. Without streams: their addresses and symbols are those
    of spot markets.
    """
    connection = Connection(settings, with_all(FUTURES) if with_others else FUTURES, retry=retry)
    data = CcxtMarketData(connection)
    data.futures = CcxtFutures(connection, data)
    return data
