"""`self.dp` answers with copies, and with something empty where there is nothing."""

from datetime import UTC, datetime

import pytest

from appliance.domain.enums import CandleType, RunMode
from appliance.strategy.data_provider import DataProvider
from tests.strategy.answers import NOW, Data, frame


@pytest.fixture
def dp(data):
    return DataProvider({"timeframe": "5m", "trading_mode": "spot", "startup_candle_count": 30}, data)


def test_where_nothing_is_known_answers_are_empty(dp):
    never = datetime(1970, 1, 1, tzinfo=UTC)
    candles = dp.get_pair_dataframe("NEW/USDT", "1h")
    assert candles.empty
    assert list(candles.columns) == ["date", "open", "high", "low", "close", "volume"]
    analysed, at = dp.get_analyzed_dataframe("NEW/USDT", "5m")
    assert analysed.empty
    assert at == never
    assert dp.get_producer_df("NEW/USDT")[1] == never
    assert dp.get_producer_pairs("other") == []
    assert dp.ticker("NEW/USDT") == {}
    assert dp.market("NEW/NONE") is None
    assert dp.check_delisting("BTC/USDT") is None
    assert dp.funding_rate("BTC/USDT") == {}


def test_candles_are_copies_of_the_bots_own_time_frame_by_default(dp, data):
    shared = frame("BTC/USDT")
    data.frame = lambda pair, timeframe, kind: data.asked.append((pair, timeframe, kind)) or shared
    own = dp.get_pair_dataframe("BTC/USDT")
    own["close"] = 0
    assert shared["close"].min() > 0
    dp.ohlcv("BTC/USDT", "1h", candle_type="mark")
    assert data.asked == [("BTC/USDT", "5m", CandleType.SPOT), ("BTC/USDT", "1h", CandleType.MARK)]
    assert len(dp.historic_ohlcv("BTC/USDT", "5m")) == 300


def test_an_analysed_frame_comes_with_its_time(dp, data):
    data.analyses["BTC/USDT", "5m"] = (frame("BTC/USDT"), NOW)
    analysed, at = dp.get_analyzed_dataframe("BTC/USDT", "5m")
    assert (len(analysed), at) == (300, NOW)


def test_markets_books_and_tickers_are_in_ccxt_s_names(dp):
    ticker = dp.ticker("BTC/USDT")
    assert ticker["last"] == 100.0
    of_ccxt = {
        "symbol",
        "timestamp",
        "datetime",
        "high",
        "low",
        "bid",
        "bidVolume",
        "ask",
        "askVolume",
        "vwap",
    }
    of_ccxt |= {"open", "close", "last", "previousClose", "change", "percentage", "average", "baseVolume"}
    assert of_ccxt | {"quoteVolume", "info"} <= set(ticker)
    assert dp.get_funding_rate_timeframe() == "1h"
    book = dp.orderbook("BTC/USDT", 2)
    assert book["bids"] == [[99.0, 1.0], [98.0, 1.0]]
    assert len(book["asks"]) == 2
    assert dp.market("BTC/USDT")["base"] == "BTC"
    assert dp.check_delisting("XRP/USDT") == NOW


def test_what_the_bot_does_is_known(dp, data):
    assert dp.runmode is RunMode.DRY_RUN
    assert dp.current_whitelist() == list(Data().whitelist())
    assert ("BTC/USDT", "5m", CandleType.SPOT) in dp.available_pairs
    assert dp.get_producer_pairs() == ["BTC/USDT"]
    assert len(dp.get_producer_df("BTC/USDT")[0]) == 300
    assert (dp.get_required_startup("5m"), dp.get_required_startup("1h")) == (30, 30)
    dp.send_msg("hello", always_send=True)
    assert data.messages == [("hello", True)]
