"""Returns of all trials on one axis of time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.overfitting.returns import DAY_MS, Grid, grid_of, returns_of

NEW_YEAR = 1_735_689_600_000
HOUR_MS = 3_600_000


def test_no_trade_leaves_zeros() -> None:
    assert not returns_of([], [], 1000.0, Grid(NEW_YEAR, DAY_MS, 5)).any()


def test_an_account_without_money_has_no_returns_instead_of_infinite_ones() -> None:
    assert not returns_of([NEW_YEAR], [5.0], 0.0, Grid(NEW_YEAR, DAY_MS, 5)).any()


def test_profits_count_on_the_day_on_which_their_trade_closed() -> None:
    closed = [NEW_YEAR, NEW_YEAR + DAY_MS - 1, NEW_YEAR + 2 * DAY_MS]
    made = returns_of(closed, [10.0, -4.0, 3.0], 1000.0, Grid(NEW_YEAR, DAY_MS, 3))
    assert made.tolist() == pytest.approx([0.006, 0.0, 0.003])
    assert made.dtype == np.float32


@pytest.mark.parametrize(
    ("days", "candle", "step_ms"),
    [
        (730, 300, DAY_MS),
        (128, 300, DAY_MS),
        (127, 300, DAY_MS // 2),
        (30, 300, 4 * HOUR_MS),
        (1, 300, 5 * 60_000),
        (1, 3600, HOUR_MS),
        (20, 7 * 86_400, 7 * DAY_MS),
    ],
)
def test_intervals_are_days_unless_there_are_too_few(days: int, candle: int, step_ms: int) -> None:
    assert grid_of(NEW_YEAR, NEW_YEAR + days * DAY_MS, candle).step_ms == step_ms


def test_days_begin_at_midnight_whenever_the_test_begins() -> None:
    grid = grid_of(NEW_YEAR + 5 * HOUR_MS, NEW_YEAR + 200 * DAY_MS, 300)
    assert grid.first_ms == NEW_YEAR
    assert grid.size == 201


@given(
    first=st.integers(0, 2 * 10**12),
    length=st.integers(0, 10**11),
    candle=st.sampled_from((60, 300, 3600, 86_400, 604_800)),
)
def test_a_grid_covers_the_tested_range_and_no_more(first: int, length: int, candle: int) -> None:
    grid = grid_of(first, first + length, candle)
    assert grid.first_ms <= first < grid.first_ms + grid.step_ms
    assert first + length < grid.first_ms + grid.step_ms * grid.size <= first + length + grid.step_ms
    assert grid.places([first, first + length]).tolist() == [0, grid.size - 1]


@given(st.lists(st.tuples(st.integers(-(10**10), 2 * 10**10), st.floats(-100, 100)), max_size=30))
def test_no_profit_is_lost_wherever_it_falls(trades: list[tuple[int, float]]) -> None:
    closed, profits = [NEW_YEAR + one for one, _ in trades], [profit for _, profit in trades]
    made = returns_of(closed, profits, 1000.0, grid_of(NEW_YEAR, NEW_YEAR + 10**10, 300))
    assert float(made.astype(np.float64).sum()) == pytest.approx(sum(profits) / 1000, abs=1e-4)
