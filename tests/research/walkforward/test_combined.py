"""All tested ranges together."""

import numpy as np
import pytest

from appliance.research.walkforward.combined import combined, steadiness
from tests.research.walkforward.made import daily, nothing_found, results


def test_windows_in_which_nothing_was_found_stand_still() -> None:
    walk = [nothing_found(one) for one in results([0.1], [0.2])]
    found = combined(walk, 300, compounding=True)
    assert (found.profit, found.trades, found.won, found.tested) == (0.0, 0, 0, 2)
    assert found.efficiency is None
    assert steadiness(walk) == {}


def test_fixed_stakes_add_up() -> None:
    found = combined(results([0.1, 0.1], [-0.05], [0.05]), 300, compounding=False)
    assert found.profit == pytest.approx(0.2)
    assert (found.trades, found.won, found.tested) == (4, 2, 3)


def test_growing_stakes_multiply() -> None:
    found = combined(results([0.1, 0.1], [-0.5]), 300, compounding=True)
    assert found.curve[-1] == pytest.approx(1.2 * 0.5)
    assert found.curve.max() == pytest.approx(1.2)


def test_a_window_without_parameters_keeps_the_balance_between_others() -> None:
    walk = results([0.1], [9.0], [0.1])
    walk[1] = nothing_found(walk[1])
    assert combined(walk, 300, compounding=True).profit == pytest.approx(0.21)


def test_efficiency_compares_profits_of_equal_times() -> None:
    """0.3 in 30 days, and 0.05 in 10: half of it is left."""
    found = combined(results([0.05], [0.05]), 300, compounding=False)
    assert found.inside_a_year == pytest.approx(3.65)
    assert found.efficiency == pytest.approx(0.5)


def test_certainty_is_high_for_steady_profits_and_one_half_for_noise() -> None:
    steady = combined(results(*(daily(0.005, seed=seed) for seed in range(6))), 300, compounding=False)
    noise = combined(results([0.01, -0.01] * 5, [-0.01, 0.01] * 5), 300, compounding=False)
    assert steady.certainty > 0.999
    assert noise.certainty == pytest.approx(0.5, abs=0.05)


def test_what_is_chosen_every_time_is_steady() -> None:
    assert steadiness(results([0.1], [0.1], [0.1])) == {"length": 1.0, "kind": 1.0}


def test_what_looks_drawn_at_random_is_not() -> None:
    drawn = np.random.default_rng(4)
    params = [
        {"length": int(drawn.integers(0, 101)), "kind": str(drawn.choice(["open", "close"]))}
        for _ in range(300)
    ]
    steady = steadiness(results(*([0.01] for _ in range(300)), params=params))
    assert steady == {"length": pytest.approx(0.0, abs=0.1), "kind": pytest.approx(0.0, abs=0.15)}
