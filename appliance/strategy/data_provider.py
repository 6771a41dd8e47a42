"""Answer a strategy's questions about candles and markets: the object that it knows as `self.dp`."""

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
_OF_TICKERS = ("high", "low", "open", "bidVolume", "askVolume", "vwap", "previousClose", "change", "average")
"""What ccxt's tickers have besides; None where the exchange does not tell it."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class DataProvider:
    """Offer candles, books and markets under the names that strategies use. Frames handed out are copies."""

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
        """Return the pair's closed candles, by default of the bot's time frame; empty if there are none."""
        return self.ohlcv(pair, timeframe, candle_type=candle_type)

    def ohlcv(
        self, pair: str, timeframe: str | None = None, copy: bool = True, candle_type: CandleType | str = ""
    ) -> pd.DataFrame:
        """Return the pair's closed candles; `copy=False` only to read."""
        kind = CandleType(candle_type) if candle_type else default_candle_type(self._config)
        frame = self._port.frame(pair, timeframe or self._config["timeframe"], kind)
        if frame is None:
            return empty_frame()
        return frame.copy() if copy else frame

    def historic_ohlcv(self, pair: str, timeframe: str, candle_type: CandleType | str = "") -> pd.DataFrame:
        """Return the candles that there are: from files in a backtest, those kept in memory otherwise."""
        return self.ohlcv(pair, timeframe, candle_type=candle_type)

    def trades(
        self,
        pair: str,
        timeframe: str | None = None,
        copy: bool = True,
        candle_type: CandleType | str = "",
        timerange: Any = None,
    ) -> pd.DataFrame:
        """Return the pair's public trades: none are kept, so an empty frame with their columns."""
        return pd.DataFrame(columns=["timestamp", "id", "type", "side", "price", "amount", "cost"])

    def get_analyzed_dataframe(self, pair: str, timeframe: str) -> tuple[pd.DataFrame, datetime]:
        """Return the pair's frame with indicators and signals, and when it was analysed (1970: never)."""
        answer = self._port.analyzed(pair, timeframe)
        return answer if answer is not None else (pd.DataFrame(), NEVER)

    @property
    def available_pairs(self) -> list[tuple[str, str, CandleType]]:
        """Every (pair, timeframe, candle type) of which candles are kept."""
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
        """Return the market in ccxt's terms, or None where the exchange has no such pair."""
        return self._port.market(pair)

    def ticker(self, pair: str) -> dict[str, Any]:
        """Return last, bid, ask, percentage … in ccxt's names; empty if there is none."""
        seen = self._port.ticker(pair)
        if seen is None:
            return {}
        stamp = seen.timestamp
        when = datetime.fromtimestamp(stamp / 1000, UTC).isoformat(timespec="milliseconds") if stamp else None
        known = {
            "symbol": pair,
            "timestamp": stamp or None,
            "datetime": when.replace("+00:00", "Z") if when else None,
            "bid": seen.bid,
            "ask": seen.ask,
            "last": seen.last,
            "close": seen.last,
            "percentage": seen.percentage,
            "baseVolume": seen.base_volume,
            "quoteVolume": seen.quote_volume,
        }
        return {**dict.fromkeys(_OF_TICKERS), "info": {}, **seen.more, **known}

    def orderbook(self, pair: str, maximum: int) -> dict[str, Any]:
        """Return bids and asks as lists of [price, amount], best first, at most `maximum` each."""
        book = self._port.orderbook(pair, maximum)
        if book is None:
            return {"symbol": pair, "bids": [], "asks": [], "timestamp": None}
        return {
            "symbol": pair,
            "bids": [list(entry) for entry in book.bids],
            "asks": [list(entry) for entry in book.asks],
            "timestamp": book.timestamp,
        }

    def check_delisting(self, pair: str) -> datetime | None:
        """Return when the exchange will stop trading the pair (UTC), where that is known."""
        return self._port.delisting(pair)

    def get_funding_rate_timeframe(self) -> str:
        """Return the time frame in which past funding rates are told."""
        return FUNDING_RATE_TIMEFRAME

    def funding_rate(self, pair: str) -> Mapping[str, Any]:
        return self._port.funding_rate(pair) or {}

    # -- other bots and people -------------------------------------------------------------------------

    def get_producer_pairs(self, producer_name: str = "default") -> list[str]:
        """Return the whitelist of a bot that this one listens to."""
        return list(self._port.producer_pairs(producer_name))

    def get_producer_df(
        self,
        pair: str,
        timeframe: str | None = None,
        candle_type: CandleType | None = None,
        producer_name: str = "default",
    ) -> tuple[pd.DataFrame, datetime]:
        """Return a frame that another bot analysed, and when; empty and 1970 where there is none."""
        kind = candle_type or default_candle_type(self._config)
        answer = self._port.producer_frame(pair, timeframe or self._config["timeframe"], kind, producer_name)
        return answer if answer is not None else (pd.DataFrame(), NEVER)

    def send_msg(self, message: str, *, always_send: bool = False) -> None:
        """Tell people something; the same text once a candle unless `always_send`."""
        self._port.send_msg(message, always_send=always_send)
