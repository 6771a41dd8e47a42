"""Analysed candles of pairs."""

import pytest

from appliance.domain.enums import RunMode
from appliance.domain.errors import DataError, StrategyError
from appliance.research.backtest.plan import planned
from appliance.research.plots.frames import analysed_frames, stored_candles, stored_pairs
from appliance.research.timerange import TimeRange
from tests.support.research.backtests import BEGIN, FIVE_MINUTES, Workspace

ALL = TimeRange()


def test_pairs_are_those_named_or_the_whitelist(workspace: Workspace):
    workspace.strategy()
    loaded = workspace.loaded()
    assert stored_pairs(loaded, "5m") == ["BTC/USDT", "ETH/USDT"]
    assert stored_pairs(loaded, "5m", ("E.*", "XRP/USDT")) == ["ETH/USDT", "XRP/USDT"]
    with pytest.raises(DataError, match="no pair to plot"):
        stored_pairs(loaded, "1h", (".*",))


def test_frames_have_indicators_and_signals_and_no_startup_candles(workspace: Workspace):
    workspace.strategy(
        startup=30,
        indicators="dataframe['runmode'] = self.dp.runmode.value; dataframe['x'] = 1.5",
        entries="dataframe['enter_long'] = 1",
    )
    plan = planned(workspace.loaded())
    frames = dict(analysed_frames(plan, ["BTC/USDT", "ETH/USDT"], ALL))
    assert {pair: len(frame) for pair, frame in frames.items()} == {"BTC/USDT": 570, "ETH/USDT": 570}
    frame = frames["BTC/USDT"]
    assert (frame["x"] == 1.5).all()
    assert (frame["enter_long"] == 1).all()
    assert set(frame["runmode"]) == {RunMode.PLOT.value}


def test_a_range_and_a_limit_cut_them(workspace: Workspace):
    workspace.strategy(startup=10)
    plan = planned(workspace.loaded())
    wanted = TimeRange(BEGIN + 100 * FIVE_MINUTES, BEGIN + 200 * FIVE_MINUTES)
    (_, frame), *_ = analysed_frames(plan, ["BTC/USDT"], wanted)
    assert len(frame) == 101
    assert frame["date"].iloc[0].timestamp() * 1000 == BEGIN + 100 * FIVE_MINUTES
    (_, frame), *_ = analysed_frames(plan, ["BTC/USDT"], wanted, 7)
    assert frame["date"].iloc[-1].timestamp() * 1000 == BEGIN + 200 * FIVE_MINUTES
    assert len(frame) == 7


def test_pairs_without_candles_are_left_out(workspace: Workspace, caplog: pytest.LogCaptureFixture):
    workspace.strategy(startup=590)
    plan = planned(workspace.loaded())
    assert [pair for pair, _ in stored_candles(plan.loaded, ["XRP/USDT", "BTC/USDT"], "5m", ALL)] == [
        "BTC/USDT"
    ]
    assert "XRP/USDT 5m: no candles in this range" in caplog.text
    assert [len(frame) for _, frame in analysed_frames(plan, ["BTC/USDT"], ALL)] == [10]
    with pytest.raises(DataError, match=r"has no candles of XRP/USDT \(5m, feather\)"):
        list(stored_candles(plan.loaded, ["XRP/USDT"], "5m", ALL))


def test_a_pair_with_too_few_candles_is_left_out(workspace: Workspace, caplog: pytest.LogCaptureFixture):
    workspace.strategy(startup=600)
    plan = planned(workspace.loaded())
    assert list(analysed_frames(plan, ["BTC/USDT"], ALL)) == []
    assert "no candle is left after the first 600" in caplog.text


def test_a_failing_strategy_is_an_error(workspace: Workspace):
    workspace.strategy(indicators="dataframe['x'] = missing")
    plan = planned(workspace.loaded())
    with pytest.raises(StrategyError, match=r"populate_indicators for BTC/USDT failed"):
        list(analysed_frames(plan, ["BTC/USDT"], ALL))
