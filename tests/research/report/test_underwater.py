"""Drawdowns of a curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.report.underwater import deepest_fall, drawdowns, longest_under_water

curves = st.lists(st.floats(1, 1e6), min_size=1, max_size=60).map(np.array)


def test_falls_are_measured_from_the_highest_point_so_far():
    equity = np.array([1000.0, 1100.0, 990.0, 1045.0, 1100.0, 880.0])
    assert drawdowns(equity, 1000.0) == pytest.approx([0, 0, 0.1, 0.05, 0, 0.2])
    fall = deepest_fall(equity, 1000.0)
    assert fall is not None
    assert (fall.ratio, fall.depth) == pytest.approx((0.2, 220))
    assert (fall.high, fall.low, fall.recovered) == (4, 5, None)


def test_the_starting_balance_is_a_high_too():
    fall = deepest_fall(np.array([900.0, 950.0, 1000.0]), 1000.0)
    assert fall is not None
    assert (fall.ratio, fall.high, fall.low, fall.recovered) == (pytest.approx(0.1), -1, 0, 2)


@pytest.mark.parametrize("equity", [[], [1000.0], [1000.0, 1001.0, 1001.0]])
def test_where_nothing_fell_there_is_no_fall(equity: list[float]):
    assert deepest_fall(np.array(equity), 1000.0) is None
    assert longest_under_water(np.array(equity), 1000.0) == 0


def test_the_longest_time_under_water_is_counted_in_candles():
    equity = np.array([1000.0, 990.0, 1000.0, 1010.0, 1000.0, 1005.0, 1009.0, 1010.0, 1009.0])
    assert longest_under_water(equity, 1000.0) == 3


@given(curves, st.floats(1, 1e6))
def test_a_drawdown_is_a_ratio_and_the_deepest_one_is_the_fall(equity, start):
    ratios = drawdowns(equity, start)
    assert ((ratios >= 0) & (ratios < 1)).all()
    fall = deepest_fall(equity, start)
    assert (fall.ratio if fall else 0.0) == ratios.max()
    if fall and fall.high >= 0:
        assert equity[fall.high] * (1 - fall.ratio) == pytest.approx(equity[fall.low])
