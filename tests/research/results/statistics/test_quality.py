"""Ratios of trades; their values are compared with freqtrade's in test_summary."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from appliance.research.results.statistics.columns import TradeColumns
from appliance.research.results.statistics.quality import CandleRange, quality

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
TEN_DAYS = CandleRange(FIRST, FIRST + timedelta(days=10, hours=3))


def columns(profits):
    count = len(profits)
    texts, whole = np.array([""] * count, dtype=object), np.arange(count) * 60_000
    profits = np.array(profits, dtype=float)
    return TradeColumns(
        pair=texts,
        enter_tag=texts,
        exit_reason=texts,
        profit=profits,
        ratio=profits / 100,
        stake=profits,
        minutes=whole // 60_000,
        opened=whole,
        closed=whole + 60_000,
        is_short=np.zeros(count, dtype=bool),
    )


def test_the_range_has_whole_days_at_least_one():
    assert TEN_DAYS.days == 10
    assert CandleRange(FIRST, FIRST + timedelta(hours=2)).days == 1


def test_formulas():
    found = quality(columns([30, -10, 20, -20]), TEN_DAYS, 1000.0)
    assert found.expectancy == pytest.approx(0.5 * 25 - 0.5 * 15)
    assert found.expectancy_ratio == pytest.approx((1 + 25 / 15) * 0.5 - 1)
    assert found.profit_factor == pytest.approx(50 / 30)
    returns = np.array([30, -10, 20, -20]) / 1000
    assert found.sharpe == pytest.approx(returns.sum() / 10 / returns.std() * math.sqrt(365))
    assert found.sortino == pytest.approx(returns.sum() / 10 / returns[returns < 0].std() * math.sqrt(365))
    assert found.sqn == pytest.approx(2 * returns.mean() / returns.std(ddof=1), abs=1e-4)
    assert found.drawdown.depth == 20.0
    assert found.calmar == pytest.approx(0.02 / 10 * 100 / (20 / 1040) * math.sqrt(365))


def test_what_is_undefined_says_so():
    found = quality(columns([5]), TEN_DAYS, 1000.0)
    assert (found.sharpe, found.sortino, found.calmar, found.sqn) == (-100.0, -100.0, -100.0, -100.0)
    assert (found.expectancy_ratio, found.p_value, found.profit_factor) == (100.0, 1.0, 0.0)


def test_no_trades_have_no_quality():
    found = quality(columns([]), TEN_DAYS, 1000.0)
    assert (found.sharpe, found.sortino, found.calmar, found.sqn, found.drawdown) == (0, 0, 0.0, 0.0, None)


def test_a_range_of_one_candle_and_a_balance_of_zero_are_no_error():
    assert quality(columns([5, -5]), CandleRange(FIRST, FIRST), 1000.0).sharpe == 0
    assert quality(columns([5, -5]), TEN_DAYS, 0.0).sharpe == -100.0
