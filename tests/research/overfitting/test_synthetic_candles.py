"""Candles that could have been."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.research.overfitting.returns import DAY_MS
from appliance.research.overfitting.synthetic_candles import (
    block_places,
    decimal_places,
    longer_candles,
    rebuilt,
)

NEW_YEAR = 1_735_689_600_000
HOUR_MS = 3_600_000


def candles(count: int, step_ms: int = HOUR_MS, seed: int = 1) -> np.ndarray:
    drawn = np.random.default_rng(seed)
    closed = 100 * np.exp(np.cumsum(drawn.normal(0, 0.01, count)))
    opened = np.concatenate(([100.0], closed[:-1])) * (1 + drawn.normal(0, 0.001, count))
    top = np.maximum(opened, closed) * (1 + drawn.random(count) * 0.01)
    bottom = np.minimum(opened, closed) * (1 - drawn.random(count) * 0.01)
    dates = NEW_YEAR + step_ms * np.arange(count)
    return np.column_stack(
        (dates, *(column.round(2) for column in (opened, top, bottom, closed)), drawn.random(count))
    )


@given(
    count=st.integers(1, 500),
    step_ms=st.sampled_from((300_000, HOUR_MS, DAY_MS, 7 * DAY_MS)),
    seed=st.integers(0, 1000),
)
def test_each_place_gets_a_candle_of_the_history(count: int, step_ms: int, seed: int) -> None:
    places = block_places(count, step_ms, seed)
    assert len(places) == count
    assert 0 <= places.min() <= places.max() < count
    assert places.tolist() == block_places(count, step_ms, seed).tolist()


def test_candles_keep_their_time_of_day() -> None:
    places = block_places(24 * 60, HOUR_MS, seed=4)
    assert np.array_equal(places % 24, np.arange(24 * 60) % 24)


def test_blocks_have_three_days_in_the_mean() -> None:
    days = block_places(24 * 3000, HOUR_MS, seed=4)[::24] // 24
    joins = (np.diff(days) != 1) & (np.diff(days) != 1 - 3000)
    assert joins.mean() == pytest.approx(1 / 3, abs=0.03)


def test_the_order_of_the_history_gives_the_history() -> None:
    real = candles(200)
    again = rebuilt(real, np.arange(200))
    assert again[:, :5] == pytest.approx(real[:, :5], abs=0.011)
    assert again[:, 5] == pytest.approx(real[:, 5], rel=1e-3)


@settings(deadline=None)
@given(st.integers(0, 100), st.integers(1, 200))
def test_a_new_history_consists_of_possible_candles(seed: int, count: int) -> None:
    real = candles(count, seed=seed)
    new = rebuilt(real, block_places(count, HOUR_MS, seed))
    assert np.array_equal(new[:, 0], real[:, 0])
    assert bool(np.all(new[:, 3] <= np.minimum(new[:, 1], new[:, 4])))
    assert bool(np.all(new[:, 2] >= np.maximum(new[:, 1], new[:, 4])))
    assert bool(np.all(new[:, 1:5] > 0))
    assert decimal_places(new[:, 1:5]) <= 2


def test_changes_within_a_candle_are_those_of_a_real_one() -> None:
    real = candles(24 * 10)
    places = block_places(len(real), HOUR_MS, seed=2)
    new = rebuilt(real, places)
    assert new[:, 4] / new[:, 1] == pytest.approx((real[:, 4] / real[:, 1])[places], rel=2e-3)
    assert new[:, 5] * new[:, 4] == pytest.approx((real[:, 5] * real[:, 4])[places], rel=2e-3)


def test_longer_candles_add_shorter_ones_up() -> None:
    real = candles(10)
    longer = longer_candles(real, 4 * HOUR_MS)
    assert longer[:, 0].tolist() == [NEW_YEAR, NEW_YEAR + 4 * HOUR_MS, NEW_YEAR + 8 * HOUR_MS]
    high, low, volume = real[4:8, 2].max(), real[4:8, 3].min(), real[4:8, 5].sum()
    assert longer[1].tolist() == [NEW_YEAR + 4 * HOUR_MS, real[4, 1], high, low, real[7, 4], volume]
    assert longer[2, 4] == real[9, 4]
    assert len(longer_candles(np.empty((0, 6)), HOUR_MS)) == 0


@pytest.mark.parametrize(("price", "places"), [(5.0, 0), (5.25, 2), (0.000123, 6), (1 / 3, 9)])
def test_decimal_places(price: float, places: int) -> None:
    assert decimal_places(np.array([[price, 1.0]])) == places
