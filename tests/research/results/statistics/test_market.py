"""How the market moved."""

import numpy as np
import pytest

from appliance.domain.timeframe import to_date
from appliance.research.backtest.series import Rows
from appliance.research.results.run import Market
from appliance.research.results.statistics.market import market_change, market_table

STEP = 300_000


def rows(first, closes):
    values = np.array(closes, dtype=float)
    opened = (first + np.arange(len(values))) * STEP
    return Rows(opened=opened, open=values, high=values, low=values, close=values)


def market(**series):
    return Market(tuple(series), series.__getitem__)


def test_the_table_is_freqtrades(case):
    outcome = case.runs[0].outcome
    ours = market_table(case.market, outcome.first, outcome.last)
    theirs = case.written.table("_market_change.feather")
    assert list(ours) == list(theirs)
    for name, values in theirs.items():
        assert ours[name] == pytest.approx(values, rel=1e-12, abs=1e-15), name


def test_it_is_the_mean_of_the_pairs_changes():
    found = market_change(market(A=rows(0, [1, 5, 2]), B=rows(1, [4, 3])), to_date(0))
    assert found == pytest.approx((1.0 - 0.25) / 2)


def test_what_lies_before_the_start_does_not_count():
    assert market_change(market(A=rows(0, [1, 2, 3])), to_date(STEP)) == pytest.approx(0.5)


def test_pairs_without_candles_do_not_count():
    assert market_change(market(A=rows(0, [1, 2]), B=rows(0, [])), to_date(0)) == 1.0
    assert market_change(market(), to_date(0)) == 0.0


def test_a_pair_that_begins_later_joins_the_mean():
    table = market_table(market(A=rows(0, [1, 2, 4, 4]), B=rows(2, [10, 10])), to_date(0), to_date(3 * STEP))
    assert table["date"].tolist() == [0, STEP, 2 * STEP]
    assert table["mean"].tolist() == [1.0, 2.0, 7.0]
    assert table["count"].tolist() == [1, 1, 2]
    assert table["rel_mean"].tolist() == [0.0, 1.0, 2.0]
