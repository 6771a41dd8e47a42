"""A result made of a backtest of ours, from candles to files."""

from datetime import UTC, datetime

import pytest

from appliance.research.backtest.plan import planned
from appliance.research.backtest.run import backtest
from appliance.research.backtest.setup import preparations
from appliance.research.results.prepared import market_of, run_of
from appliance.research.results.read import load_result
from appliance.research.results.save import Target, save_results
from appliance.research.results.summary import summarize
from tests.support.research.backtests import BEGIN, FIVE_MINUTES, Workspace, walk

NOW = datetime(2025, 8, 1, tzinfo=UTC)


@pytest.fixture
def prepared(tmp_path):
    space = Workspace(tmp_path / "user_data")
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        space.store(pair, walk(600, seed=seed))
    space.strategy(
        startup=10,
        indicators="dataframe['mean'] = dataframe['close'].rolling(5).mean()",
        entries="dataframe.loc[dataframe.index % 50 == 0, ['enter_long', 'enter_tag']] = (1, 'tag')",
        exits="dataframe.loc[dataframe.index % 50 == 25, 'exit_long'] = 1",
    )
    (found,) = preparations(planned(space.loaded()))
    return found


def test_a_backtest_becomes_a_result(prepared, tmp_path):
    outcome = backtest(prepared)
    run = run_of(prepared, outcome, run_id="1", started=NOW, ended=NOW)
    market = market_of(prepared)
    result = summarize([run], market)
    statistics = result.strategy["Mine"]
    assert statistics["total_trades"] == len(outcome.trades) > 10
    assert statistics["pairlist"] == ["BTC/USDT", "ETH/USDT"]
    assert statistics["starting_balance"] == 1000
    assert statistics["final_balance"] == pytest.approx(1000 + statistics["profit_total_abs"])
    assert statistics["wallet_stats"]["end_balance"] > 0
    target = Target(folder=tmp_path / "results", moment=NOW, configured={}, export="signals")
    file = save_results(result, [run], market, target)
    assert load_result(file).strategy["Mine"]["total_trades"] == len(outcome.trades)


def test_the_market_has_the_first_candle_too(prepared):
    rows = market_of(prepared).rows("BTC/USDT")
    assert rows.opened[0] == prepared.first_ms == BEGIN + 10 * FIVE_MINUTES
    assert rows.opened[-1] == prepared.last_ms


def test_frames_have_no_startup_candles_and_no_signals(prepared):
    run = run_of(prepared, backtest(prepared), run_id="1", started=NOW, ended=NOW)
    frame = run.analysed("BTC/USDT")
    assert len(frame) == 590
    assert list(frame.columns) == ["date", "open", "high", "low", "close", "volume", "mean"]
