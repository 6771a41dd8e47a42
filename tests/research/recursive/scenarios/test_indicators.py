"""What indicators need, from candles to the recommended number."""

import pytest

from appliance.domain.errors import DataError
from appliance.research.backtest.plan import planned
from appliance.research.backtest.progress import SILENT
from appliance.research.recursive.analyse import analyse
from appliance.research.recursive.options import RecursiveOptions

FEW = RecursiveOptions(startup_candle=(30, 50, 80))


def found(workspace, strategy, **overrides):
    return analyse(planned(workspace.loaded(strategy=strategy, **overrides)), FEW, SILENT)


@pytest.fixture(scope="module")
def growing(workspace):
    return found(workspace, "Growing")


def test_too_few_candles_are_told(workspace):
    with pytest.raises(DataError, match="too few candles: choose a longer --timerange"):
        found(workspace, "Short", timerange="20250701-20250701")


def test_windows_need_what_their_length_says(growing):
    needed = {one.column: one.candles for one in growing.needed}
    assert needed["last"] <= 2
    assert needed["sma_40"] == needed["rises"] == 39
    assert 9 < needed["ema_10"] <= 60
    assert needed["sma_30_15m"] <= 31
    assert needed["sum"] is None


def test_what_never_settles_is_not_recommended_for(growing):
    assert growing.recommended == max(one.candles for one in growing.needed if one.candles is not None)
    assert {one.column for one in growing.needed if one.verdict == "never settles"} == {"sum"}


def test_the_table_is_freqtrades(growing):
    assert growing.pair == "BTC/USDT"
    assert growing.strategy_scc == 20
    assert growing.startup_candles == (20, 30, 50, 80)
    assert set(growing.results) == {"sma_40", "rises", "ema_10", "sum", "sma_30_15m"}
    assert set(growing.results["sum"]) == {"20", "30", "50", "80"}
    assert growing.results["sum"]["20"] == pytest.approx(-0.93, abs=0.02)
    assert growing.lookahead == ()


def test_later_candles_are_found_in_indicators(workspace):
    result = found(workspace, "Ahead")
    assert [column.column for column in result.lookahead] == ["next"]


def test_a_strategy_without_a_number_is_examined(workspace):
    result = found(workspace, "Short")
    assert result.results == {}
    assert result.strategy_scc == 0
    assert result.recommended == 1
