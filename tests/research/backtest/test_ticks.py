"""Ticks: the decimals of a month's prices, counted in 14 significant digits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.backtest.ticks import most_decimals, ticks_of
from tests.support.research.backtests import walk

DAY = 86_400_000


def written(price):
    text = np.format_float_positional(abs(price), precision=14, unique=False, fractional=False, trim="-")
    return len(text.partition(".")[2].rstrip("0"))


@pytest.mark.parametrize(
    ("prices", "decimals"),
    [
        ([100.0, 2000.0], 0),
        ([100.0, 99.5], 1),
        ([0.1 + 0.2], 1),
        ([1e-8, 0.00012], 8),
        ([183005.56], 2),
        ([123456789012345.6], 0),
        ([0.0, np.nan, np.inf, 0.25], 2),
        ([], 0),
    ],
)
def test_decimals(prices, decimals):
    assert most_decimals(np.array(prices, dtype=float)) == decimals


prices = (
    st.floats(1e-12, 1e16) | st.integers(1, 10**9).map(lambda n: n / 1e5) | st.integers(1, 10**6).map(float)
)


@given(st.lists(prices, min_size=1, max_size=100))
def test_decimals_are_those_of_decimal_notation(values):
    assert most_decimals(np.array(values)) == max(map(written, values))


def test_noise_does_not_hide_behind_the_first_prices():
    values = np.r_[np.round(np.random.default_rng(1).uniform(1, 9, 5000), 2), 1.23456]
    assert most_decimals(values) == 5


def test_ticks_hold_from_the_begin_of_a_month():
    candles = walk(90, timeframe="1d", decimals=2)
    candles[31:62, 1:5] = np.round(candles[31:62, 1:5])  # August has whole prices alone
    candles[62:, 1:5] = np.round(candles[62:, 1:5], 1)
    ticks = ticks_of(candles)
    begin = int(candles[0, 0])
    assert ticks.at(begin - 1) is None
    assert ticks.at(begin) == 0.01
    assert ticks.at(begin + 40 * DAY) == 0.01
    assert ticks.at(begin + 62 * DAY) == 0.1
    assert ticks.at(begin + 500 * DAY) == 0.1


def test_whole_prices_alone_tell_no_tick():
    candles = walk(10, decimals=0)
    assert ticks_of(candles).at(int(candles[5, 0])) is None
