"""Measures of quality and drawdown: the cases without meaning first, then by hand, then by nature."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.reports import measures
from appliance.reports.drawdown import Drawdown
from tests.support.summing import drawdown, expectancy, returns, spread, sqn

START = datetime(2026, 1, 1, tzinfo=UTC)
profits = st.lists(st.floats(-100, 100).map(lambda value: round(value, 4)), min_size=1, max_size=50)


def results(*made: float):
    return [(START + timedelta(days=day), profit) for day, profit in enumerate(made)]


def test_measures_without_meaning():
    assert expectancy([]) == (0.0, 100.0)
    assert expectancy([1.0, 2.0]) == (1.5, 100.0)  # nobody lost
    assert measures.sharpe(returns([1.0, 1.0], 100.0), 1) == -100.0  # no deviation
    assert measures.sortino(returns([1.0, 2.0], 100.0), 1) == -100.0
    assert sqn([1.0]) == -100.0
    assert measures.calmar(returns([1.0], 100.0), 1, 0.0) == -100.0
    assert measures.cagr(0.0, 100.0, 1) == measures.cagr(100.0, -1.0, 1) == 0.0
    assert measures.cagr(1e-300, 1e300, 1) == 0.0  # beyond any number
    assert drawdown([], 100.0) == Drawdown()


def test_measures_by_manual_calculation():
    made = [10.0, -5.0, 15.0, -10.0]
    assert expectancy(made) == pytest.approx((2.5, (1 + 12.5 / 7.5) * 0.5 - 1))
    spread = math.sqrt((7.5**2 * 2 + 12.5**2 * 2) / 4) / 1000
    assert measures.sharpe(returns(made, 1000.0), 2) == pytest.approx(0.010 / 2 / spread * math.sqrt(365))
    assert measures.sortino(returns(made, 1000.0), 2) == pytest.approx(0.010 / 2 / 0.0025 * math.sqrt(365))
    assert measures.calmar(returns(made, 1000.0), 2, 0.01) == pytest.approx(0.5 / 0.01 * math.sqrt(365))
    assert measures.cagr(1000.0, 1100.0, 365) == pytest.approx(0.1)


def test_drawdown_by_manual_calculation():
    fall = drawdown(results(10.0, -5.0, 20.0, -30.0, 5.0), 100.0)
    assert (fall.abs, fall.ratio) == (30.0, 30.0 / 125.0)
    assert (fall.start, fall.end) == (START + timedelta(days=2), START + timedelta(days=3))
    assert (fall.current_high, fall.current_abs, fall.current_ratio) == (25.0, 25.0, 0.2)
    assert fall.current_start == START + timedelta(days=2)


def test_losing_from_the_start_falls_from_the_start():
    fall = drawdown(results(-10.0, -10.0), 100.0)
    assert (fall.abs, fall.ratio, fall.start, fall.end) == (20.0, 0.2, START, START + timedelta(days=1))


def test_without_a_starting_balance_the_ratio_is_of_the_profit():
    assert drawdown(results(10.0, -5.0), 0.0).ratio == 0.5
    assert drawdown(results(-5.0), 0.0).ratio == 0.0


@given(profits)
def test_no_fall_is_deeper_than_all_losses(made):
    fall = drawdown(results(*made), 10_000.0)
    lost = -sum(profit for profit in made if profit < 0)
    assert 0 <= fall.current_abs <= fall.abs + 1e-9 <= lost + 1e-6
    assert 0 <= fall.ratio <= 1
    assert fall.start <= fall.end


@given(profits)
def test_expectancy_is_the_mean(made):
    assert expectancy(made)[0] == pytest.approx(sum(made) / len(made), abs=1e-9)


@given(profits, st.floats(0.5, 20))
def test_scaling_profits_and_balance_changes_no_ratio(made, factor):
    scaled = [profit * factor for profit in made]
    once = measures.sharpe(returns(made, 1000.0), 3)
    again = measures.sharpe(returns(scaled, 1000.0 * factor), 3)
    if spread(made).deviation() > 1e-6:
        assert again == pytest.approx(once, rel=1e-6, abs=1e-6)
