"""What a strategy may know at a moment of the past."""

import pytest

from appliance.domain.enums import CandleType
from appliance.research.backtest import data_port
from appliance.research.backtest.candles import frame_of
from appliance.research.backtest.data_port import HistoricData
from appliance.research.timerange import TimeRange
from appliance.strategy.data_provider import DataProvider
from tests.support.research.backtests import BEGIN, FIVE_MINUTES, walk

HOUR = 3_600_000


@pytest.fixture
def data(workspace):
    workspace.store("BTC/USDT", walk(48, timeframe="1h"), "1h")
    port = HistoricData(workspace.files, TimeRange(BEGIN), 0, {"BTC/USDT": {"base": "BTC"}}.get)
    port.pairs_tested, port.timeframe = ("BTC/USDT",), "5m"
    return port


@pytest.fixture
def dp(data):
    return DataProvider({"timeframe": "5m", "candle_type_def": "spot"}, data)


def test_the_analysis_sees_all_candles_and_the_walk_what_had_closed(data, dp):
    assert len(dp.get_pair_dataframe("BTC/USDT", "1h")) == 48
    data.moment_ms = BEGIN + 10 * HOUR + 3 * FIVE_MINUTES
    assert len(dp.get_pair_dataframe("BTC/USDT", "1h")) == 10
    assert len(dp.get_pair_dataframe("BTC/USDT")) == 123
    data.moment_ms = None
    assert len(dp.get_pair_dataframe("BTC/USDT", "1h")) == 48


def test_a_frame_that_the_strategy_changes_is_its_own(dp):
    mine = dp.get_pair_dataframe("BTC/USDT", "1h")
    mine["close"] = 0.0
    assert dp.get_pair_dataframe("BTC/USDT", "1h")["close"].min() > 0


def test_there_is_nothing_of_unknown_pairs(dp):
    assert dp.get_pair_dataframe("NEW/USDT", "1h").empty
    assert dp.market("NEW/USDT") is None


def test_analysed_frames_end_with_the_row_whose_signals_act(data, dp):
    frame = frame_of(walk(1500))
    data.analyzed_frame = {"BTC/USDT": frame}.get
    assert dp.get_analyzed_dataframe("BTC/USDT", "5m")[0].empty
    data.rows_known = lambda pair: 1203
    found, _ = dp.get_analyzed_dataframe("BTC/USDT", "5m")
    assert found.index[[0, -1]].tolist() == [203, 1202]
    assert dp.get_analyzed_dataframe("BTC/USDT", "1h")[0].empty
    assert dp.get_analyzed_dataframe("ETH/USDT", "5m")[0].empty


def test_today_is_not_known(dp):
    assert dp.ticker("BTC/USDT") == {}
    assert dp.orderbook("BTC/USDT", 5)["bids"] == []
    assert dp.funding_rate("BTC/USDT") == {}
    assert dp.check_delisting("BTC/USDT") is None
    assert dp.current_whitelist() == ["BTC/USDT"]
    assert dp.market("BTC/USDT") == {"base": "BTC"}
    assert dp.runmode == "backtest"
    assert dp.get_producer_pairs() == []
    dp.send_msg("nobody hears this")


def test_funding_rates_have_a_time_frame_of_their_own(workspace, data, dp):
    rates = walk(4, timeframe="1h")[:, :2]
    workspace.store("BTC/USDT:USDT", rates, "1h", "funding_rate")
    assert len(data.frame("BTC/USDT:USDT", "8h", CandleType.FUNDING_RATE)) == 4


def test_frames_beyond_the_limit_of_memory_are_loaded_again(workspace, data, monkeypatch):
    monkeypatch.setattr(data_port, "_MOST_BYTES", 600 * 48)
    first = data.frame("BTC/USDT", "5m", CandleType.SPOT)
    assert data.frame("BTC/USDT", "5m", CandleType.SPOT) is first
    data.frame("ETH/USDT", "5m", CandleType.SPOT)
    assert data.frame("BTC/USDT", "5m", CandleType.SPOT) is not first
