"""Answer public questions about an exchange's linear perpetual markets through ccxt's class of it."""

import functools
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ExchangeError
from appliance.domain.futures import FundingRate, Tiers
from appliance.domain.timeframe import to_date
from appliance.exchange.ccxt import loading, read_markets
from appliance.exchange.ccxt.market_data import CcxtMarketData
from appliance.exchange.ccxt.settings import futures_only
from appliance.exchange.families import is_of_family, of_family
from appliance.exchange.leverage_tiers import careful_tiers
from appliance.exchange.retry import Patience, patiently
from appliance.rules.leverage import Formula

if TYPE_CHECKING:
    from appliance.domain.market import Candles

log = logging.getLogger(__name__)

_MOST_CANDLES = 499
"""Few enough that Binance counts a request for them as two, not five."""
_MOST_RATES = 100
_MEASURE = "BTC/USDT:USDT"
"""Binance gives every market that is to stay the same far date of delivery; this one is to stay."""
_TOLD_AHEAD = timedelta(days=14)
_DELIVERY = {"binance": "deliveryDate", "bybit": "deliveryTime"}
_DELIVERY |= {"bitget": "limitOpenTime"}
"""Where exchanges say in their description of a market when it ends (ms), as of ccxt 4.5."""


class CcxtFuturesMarketData(CcxtMarketData):
    """Be the market data of any exchange that ccxt knows, of its linear perpetual markets."""

    kind = "swap"
    restrict = staticmethod(futures_only)

    def __init__(self, settings: ExchangeSettings, *, patience: Patience | None = None) -> None:
        super().__init__(settings, patience=patience)
        self.futures = CcxtFutures(self)
        self._streams = None  # their addresses and symbols are those of spot markets

    @property
    def candle_limit(self) -> int:
        return min(super().candle_limit, _MOST_CANDLES)

    async def fetch_bases(self, quote: str, mode: TradingMode) -> frozenset[str]:
        if mode is TradingMode.FUTURES:
            markets = self.markets.values()
            return frozenset(market.base for market in markets if market.quote == quote and market.active)
        load = functools.partial(loading.spot_bases, self.name, self._settings)
        bases = await patiently(lambda: self._in_thread(load), self._patience)
        return bases.get(quote, frozenset())


class CcxtFutures:
    """Be what only the futures side of an exchange has."""

    def __init__(self, data: CcxtMarketData) -> None:
        self._data = data
        self._tiers: dict[str, Tiers] = {}
        self._tiers_are_told = True

    @property
    def formula(self) -> Formula:
        if self._data.name.startswith("binance"):
            return "with_maintenance_amount"
        return "of_margin" if is_of_family(self._data.name, ("bybit",)) else "with_fee"

    @property
    def grace_seconds(self) -> int:
        return 14 if self._data.name.startswith("binance") else 0

    async def leverage_tiers(self, pair: str) -> Tiers:
        """Ask for the tiers once; where the exchange will not tell them, careful ones of our own stand in."""
        self._data._check(pair)
        if pair not in self._tiers and self._tiers_are_told:
            try:
                self._tiers |= await self._fetch_tiers(pair)
            except ExchangeError as error:
                self._tiers_are_told = False
                log.info(
                    "%s does not tell its tiers of leverage without keys (%s): careful ones stand in, "
                    "with 20 times as the most",
                    self._data.name,
                    error,
                )
        return self._tiers.get(pair) or careful_tiers()

    async def _fetch_tiers(self, pair: str) -> dict[str, Tiers]:
        """Return the tiers of this pair, and of the others that came with them."""
        if self._data.can("fetchMarketLeverageTiers") is True:
            ask = lambda exchange: exchange.fetch_market_leverage_tiers(pair)  # noqa: E731
            return {pair: await self._data._ask(ask, read_markets.leverage_tiers)}
        if not self._data.can("fetchLeverageTiers"):
            return {}
        answers: Mapping[str, Any] = await self._data._ask(lambda exchange: exchange.fetch_leverage_tiers())
        return {
            name: self._data._read(functools.partial(read_markets.leverage_tiers, told))
            for name, told in answers.items()
            if told
        }

    async def fetch_mark_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        if not self._data.can("fetchMarkOHLCV"):
            return await self._data.fetch_candles(pair, timeframe, since_ms=since_ms, limit=limit)
        self._data._check(pair)
        most = min(limit or self._data.candle_limit, self._data.candle_limit)
        return await self._data._ask(  # type: ignore[no-any-return]
            lambda exchange: exchange.fetch_ohlcv(pair, timeframe, since_ms, most, {"price": "mark"}),
            read_markets.candles,
        )

    async def fetch_funding_rates(self, pair: str, since_ms: int) -> Sequence[FundingRate]:
        self._data._check(pair)
        if not self._data.can("fetchFundingRateHistory"):
            raise ExchangeError(f"{self._data.name} does not tell past funding rates.")
        return await self._data._ask(  # type: ignore[no-any-return]
            lambda exchange: exchange.fetch_funding_rate_history(pair, since_ms, _MOST_RATES),
            read_markets.funding_rates,
        )

    async def fetch_funding_rate(self, pair: str) -> Mapping[str, Any]:
        self._data._check(pair)
        if not self._data.can("fetchFundingRate"):
            raise ExchangeError(f"{self._data.name} does not tell funding rates.")
        answer: Mapping[str, Any] = await self._data._ask(lambda exchange: exchange.fetch_funding_rate(pair))
        return answer

    def delisting(self, pair: str) -> datetime | None:
        name = of_family(self._data.name, _DELIVERY)
        ends = self._end_of(pair, name) if name else None
        if name == "deliveryDate":
            return None if ends == self._end_of(_MEASURE, name) else ends
        # The others tell dates far ahead, or none, of markets that stay.
        return ends if ends and ends < to_date(self._data.now_ms()) + _TOLD_AHEAD else None

    def _end_of(self, pair: str, name: str) -> datetime | None:
        info = self._data.market_details(pair).get("info") or {}
        told = str(info.get(name) or "")
        return to_date(int(told)) if told.isdecimal() and int(told) > 0 else None
