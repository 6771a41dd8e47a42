"""What a strategy does that keeps it from being checked is told, and does not stop the rest."""

import pytest

from appliance.domain.errors import DataError, StrategyError
from appliance.research.backtest.plan import planned
from appliance.research.backtest.progress import SILENT
from appliance.research.lookahead.analyse import analyse
from appliance.research.lookahead.options import LookaheadOptions
from tests.support.research.backtests import Workspace, walk

FEW = LookaheadOptions(targeted_trade_amount=10, seconds=0)
ENTRIES = "dataframe.loc[dataframe['close'].diff() < 0, 'enter_long'] = 1"
COUNTED = "assert len(dataframe) {0}, 'there are {{}} rows'.format(len(dataframe))"


@pytest.fixture
def workspace(tmp_path):
    space = Workspace(tmp_path)
    space.store("BTC/USDT", walk(100))
    return space


def verdict(workspace, options=FEW, **parts):
    workspace.strategy(**{"startup": 10, "entries": ENTRIES, **parts})
    return analyse(planned(workspace.loaded()), options, SILENT)


def test_a_strategy_that_fails_on_all_candles_is_an_error(workspace):
    with pytest.raises(StrategyError, match=r"failed at .*there are 100 rows"):
        verdict(workspace, indicators=COUNTED.format("< 100"))


def test_one_that_fails_whenever_later_candles_are_cut_off_is_an_error(workspace):
    with pytest.raises(StrategyError, match=r"fails wherever later candles are cut off: .*there are .. rows"):
        verdict(workspace, indicators=COUNTED.format("== 100"))


def test_one_that_fails_on_few_candles_is_checked_on_more(workspace):
    found = verdict(workspace, indicators=COUNTED.format("> 40"))
    assert found.failures > 0
    assert "rows" in found.failure
    assert found.checked_candles == 30 - found.failures
    assert not found.has_bias


def test_nothing_is_checked_before_the_longest_candle_has_closed(workspace):
    workspace.store("BTC/USDT", walk(10, timeframe="1d"), "1d")
    daily = "self.dp.get_pair_dataframe(metadata['pair'], '1d')"
    with pytest.raises(DataError, match="no candle can be checked: choose a --timerange that is longer"):
        verdict(workspace, indicators=daily)


def test_without_signals_there_is_no_verdict(workspace):
    found = verdict(workspace, entries="pass")
    assert (found.has_bias, found.has_too_few, found.found_signals) == (False, True, 0)
    assert found.checked_candles == 30
