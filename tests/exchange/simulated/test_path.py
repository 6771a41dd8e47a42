"""Paths: random access, bounds, and the same numbers whatever stretch is asked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from appliance.exchange.simulated.path import STEP_MS, Paths, key, noise

NOW_STEP = 1_790_000_000_000 // STEP_MS
steps = st.integers(min_value=NOW_STEP - 3_000_000, max_value=NOW_STEP)


@given(first=steps, count=st.integers(1, 200), skip=st.integers(0, 150))
def test_any_stretch_shows_the_same_path(first: int, count: int, skip: int):
    paths = Paths(7, 1.0, ["BTC", "ETH"])
    prices, volatility = paths.between([0, 1], first, first + skip + count)
    later_prices, later_volatility = paths.between([1], first + skip, first + skip + count)
    assert np.array_equal(prices[1:, skip:], later_prices)
    assert np.array_equal(volatility[1:, skip:], later_volatility)


@given(first=steps, speed=st.sampled_from([0.1, 1.0, 17.5, 60.0, 1000.0]))
def test_prices_stay_within_bounds(first: int, speed: float):
    prices, volatility = Paths(3, speed, ["BTC"]).between([0], first, first + 500)
    assert np.abs(prices).max() < 1.5
    assert np.abs(volatility).max() <= 1.4


def test_seed_and_asset_make_different_paths():
    first = Paths(1, 1.0, ["BTC", "ETH"]).between([0, 1], NOW_STEP, NOW_STEP + 10)[0]
    other = Paths(2, 1.0, ["BTC", "ETH"]).between([0, 1], NOW_STEP, NOW_STEP + 10)[0]
    assert not np.allclose(first, other)
    assert not np.allclose(first[0], first[1])


def test_speed_makes_bigger_moves_of_the_same_minutes():
    def minute_moves(speed: float) -> float:
        prices, _ = Paths(1, speed, ["BTC"]).between([0], NOW_STEP - 30_000, NOW_STEP)
        return float(np.diff(prices[0, ::3]).std())

    assert 4 < minute_moves(60.0) / minute_moves(1.0) < 16


def test_noise_belongs_to_key_and_index():
    keys = np.array([key("a"), key("b")])
    whole = noise(keys, 100, 50)
    assert np.array_equal(noise(keys[1:], 120, 30), whole[1:, 20:])
    assert whole.min() >= -1
    assert whole.max() < 1
    assert abs(noise(keys, 0, 20_000).mean()) < 0.02
