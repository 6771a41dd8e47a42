"""Strategies that know later candles are found, each by what it knows; others are not."""

import pytest

from appliance.research.backtest.plan import planned
from appliance.research.backtest.progress import SILENT
from appliance.research.lookahead.analyse import analyse
from appliance.research.lookahead.options import LookaheadOptions
from tests.data.research.lookahead import EXPECTED, NAMES

ASKED = LookaheadOptions(targeted_trade_amount=12, seconds=0)
SIGNALS = {"enter_long", "exit_long", "enter_tag", "exit_tag"}


def verdict(workspace, strategy, options=ASKED, **overrides):
    return analyse(planned(workspace.loaded(strategy=strategy, **overrides)), options, SILENT)


@pytest.mark.parametrize("strategy", EXPECTED)
def test_later_candles_are_found(workspace, strategy):
    expected = EXPECTED[strategy]
    options = LookaheadOptions(targeted_trade_amount=expected.asked, seconds=0)
    found = verdict(workspace, strategy, options)
    assert found.has_bias
    assert {*expected.columns} == {*found.biased_indicators} - SIGNALS
    assert bool(found.biased_entry_signals) == expected.entries
    assert bool(found.biased_exit_signals) == expected.exits
    assert max(column.ahead for column in found.columns) >= expected.ahead


@pytest.mark.parametrize("strategy", NAMES)
def test_no_later_candles_are_found_where_there_are_none(workspace, strategy):
    found = verdict(workspace, strategy)
    assert found.columns == ()
    assert found.signals == ()
    assert not found.has_bias
    assert found.checked_candles == 36
    assert found.total_signals >= 12
