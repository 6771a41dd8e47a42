"""Provide candles and market data to a strategy, as `self.dp`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from appliance.domain.enums import CandleType, RunMode
from appliance.strategy.dataframes import empty_frame
from appliance.strategy.informative import default_candle_type
from appliance.strategy.ports import DataPort
from appliance.strategy.timeframes import timeframe_to_seconds

FUNDING_RATE_TIMEFRAME = "1h"
_FURTHER_TICKER_FIELDS = (
    "high",
    "low",
    "open",
    "bidVolume",
    "askVolume",
    "vwap",
    "previousClose",
    "change",
    "average",
)
"""Further fields of ccxt's tickers; None if the exchange does not report them."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class DataProvider:
    """Offer candles, order books and markets under freqtrade's names. Returned dataframes are copies."""

    def __init__(self, config: dict[str, Any], port: DataPort) -> None:
        self._config = config
        self._port = port

    @property
    def runmode(self) -> RunMode:
        return self._port.runmode

    # -- candles ---------------------------------------------------------------------------------------

    def get_pair_dataframe(
        self, pair: str, timeframe: str | None = None, candle_type: CandleType | str = ""
    ) -> pd.DataFrame:
        """Return the closed candles of a pair, by default of the strategy's time frame; may be empty."""
        return self.ohlcv(pair, timeframe, candle_type=candle_type)

    def ohlcv(
        self, pair: str, timeframe: str | None = None, copy: bool = True, candle_type: CandleType | str = ""
    ) -> pd.DataFrame:
        """Return the closed candles of a pair. With `copy=False` the dataframe must not be changed."""
        kind = CandleType(candle_type) if candle_type else default_candle_type(self._config)
        frame = self._port.frame(pair, timeframe or self._config["timeframe"], kind)
        if frame is None:
            return empty_frame()
        return frame.copy() if copy else frame

    def historic_ohlcv(self, pair: str, timeframe: str, candle_type: CandleType | str = "") -> pd.DataFrame:
        """Return the stored candles: from files in a backtest, otherwise from memory."""
        return self.ohlcv(pair, timeframe, candle_type=candle_type)

    def trades(
        self,
        pair: str,
        timeframe: str | None = None,
        copy: bool = True,
        candle_type: CandleType | str = "",
        timerange: Any = None,
    ) -> pd.DataFrame:
        """Return an empty dataframe with the columns of public trades, which are not stored."""
        return pd.DataFrame(columns=["timestamp", "id", "type", "side", "price", "amount", "cost"])

    def get_analyzed_dataframe(self, pair: str, timeframe: str) -> tuple[pd.DataFrame, datetime]:
        """Return the dataframe with indicators and signals, and when it was analysed (1970: never)."""
        found = self._port.analyzed(pair, timeframe)
        return found if found is not None else (pd.DataFrame(), NEVER)

    @property
    def available_pairs(self) -> list[tuple[str, str, CandleType]]:
        """Return every (pair, timeframe, candle type) whose candles are cached."""
        kind = default_candle_type(self._config)
        return [(pair, timeframe, kind) for pair, timeframe in self._port.pairs()]

    def get_required_startup(self, timeframe: str) -> int:
        """Return how many candles of `timeframe` cover the strategy's `startup_candle_count`."""
        candles = int(self._config.get("startup_candle_count", 0))
        own = timeframe_to_seconds(self._config["timeframe"])
        return max(candles, -(-candles * own // timeframe_to_seconds(timeframe)))

    # -- markets ---------------------------------------------------------------------------------------

    def current_whitelist(self) -> list[str]:
        return list(self._port.whitelist())

    def market(self, pair: str) -> Mapping[str, Any] | None:
        """Return the market as ccxt describes it; None if the exchange does not have the pair."""
        return self._port.market(pair)

    def ticker(self, pair: str) -> dict[str, Any]:
        """Return the ticker with ccxt's names (last, bid, ask, percentage …); empty if there is none."""
        ticker = self._port.ticker(pair)
        if ticker is None:
            return {}
        stamp = ticker.timestamp
        when = datetime.fromtimestamp(stamp / 1000, UTC).isoformat(timespec="milliseconds") if stamp else None
        known = {
            "symbol": pair,
            "timestamp": stamp or None,
            "datetime": when.replace("+00:00", "Z") if when else None,
            "bid": ticker.bid,
            "ask": ticker.ask,
            "last": ticker.last,
            "close": ticker.last,
            "percentage": ticker.percentage,
            "baseVolume": ticker.base_volume,
            "quoteVolume": ticker.quote_volume,
        }
        return {**dict.fromkeys(_FURTHER_TICKER_FIELDS), "info": {}, **ticker.more, **known}

    def orderbook(self, pair: str, maximum: int) -> dict[str, Any]:
        """Return bids and asks as lists of [price, amount], best first, at most `maximum` each."""
        book = self._port.orderbook(pair, maximum)
        if book is None:
            return {"symbol": pair, "bids": [], "asks": [], "timestamp": None}
        return {
            "symbol": pair,
            "bids": [list(level) for level in book.bids],
            "asks": [list(level) for level in book.asks],
            "timestamp": book.timestamp,
        }

    def check_delisting(self, pair: str) -> datetime | None:
        """Return when the exchange will delist the pair (UTC); None if that is not known."""
        return self._port.delisting(pair)

    def get_funding_rate_timeframe(self) -> str:
        """Return the time frame of the candles that hold funding rates."""
        return FUNDING_RATE_TIMEFRAME

    def funding_rate(self, pair: str) -> Mapping[str, Any]:
        return self._port.funding_rate(pair) or {}

    # -- producers and messages -------------------------------------------------------------------------

    def get_producer_pairs(self, producer_name: str = "default") -> list[str]:
        """Return the whitelist of a producer."""
        return list(self._port.producer_pairs(producer_name))

    def get_producer_df(
        self,
        pair: str,
        timeframe: str | None = None,
        candle_type: CandleType | None = None,
        producer_name: str = "default",
    ) -> tuple[pd.DataFrame, datetime]:
        """Return a dataframe analysed by a producer, and when it was; empty and 1970 if there is none."""
        kind = candle_type or default_candle_type(self._config)
        found = self._port.producer_frame(pair, timeframe or self._config["timeframe"], kind, producer_name)
        return found if found is not None else (pd.DataFrame(), NEVER)

    def send_msg(self, message: str, *, always_send: bool = False) -> None:
        """Send a message to the users; the same text once per candle unless `always_send`."""
        self._port.send_msg(message, always_send=always_send)
