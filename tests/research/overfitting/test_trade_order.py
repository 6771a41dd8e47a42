"""The same trades in another order, and others like them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.research.overfitting.trade_order import deepest_falls, trade_orders


def test_without_trades_nothing_can_happen() -> None:
    found = trade_orders(np.zeros(0), compounding=False)
    assert (found.trades, found.ruined, found.lost, len(found.falls)) == (0, 0.0, 0.0, 0)


def test_a_loss_of_everything_is_ruin_in_any_order() -> None:
    found = trade_orders(np.array([-1.0]), compounding=True, runs=10)
    assert found.ruined == found.lost == 1.0
    assert found.falls.tolist() == [1.0] * 10


def test_falls_are_measured_from_the_highest_balance_before_them() -> None:
    accounts = np.array([[0.8, 1.0, 2.0, 1.0], [1.1, 1.2, 1.3, 1.4], [0.9, 0.6, 1.0, 1.0]])
    assert deepest_falls(accounts).tolist() == pytest.approx([0.5, 0.0, 0.4])


def test_two_trades_have_two_orders_each_half_of_the_time() -> None:
    """First +50 %, then -50 % of the start: a fall of a third. The other way round: of one half."""
    found = trade_orders(np.array([0.5, -0.5]), compounding=False, runs=4000)
    assert found.observed_fall == pytest.approx(1 / 3)
    assert sorted(set(found.falls.round(6))) == pytest.approx([1 / 3, 0.5], abs=1e-6)
    assert (found.falls > 0.4).mean() == pytest.approx(0.5, abs=0.03)


def test_drawn_coins_lose_as_often_as_the_binomial_distribution_says() -> None:
    """Three coins of +10 % and -10 %: two or three of them are tails in half of the cases."""
    found = trade_orders(np.array([0.1, -0.1, 0.1, -0.1, 0.1, -0.1])[:6], compounding=False, runs=8000)
    below = sum(n for n in (1, 6, 15)) / 64  # 4, 5 or 6 tails of six
    assert found.lost == pytest.approx(below, abs=0.02)
    # Half is lost only by five tails in a row: both cases begin with five of them.
    assert found.ruined == pytest.approx(2 / 64, abs=0.01)


def test_a_growing_stake_compounds() -> None:
    found = trade_orders(np.array([0.1, 0.1]), compounding=True, runs=5)
    assert found.ends.tolist() == pytest.approx([1.21] * 5)


def test_the_same_seed_draws_the_same() -> None:
    changes = np.random.default_rng(1).normal(0.0, 0.02, 50)
    one, other = (trade_orders(changes, compounding=True, runs=50, seed=3) for _ in range(2))
    assert one.falls.tolist() == other.falls.tolist()
    assert one.ends.tolist() == other.ends.tolist()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=20), st.booleans())
def test_orders_change_the_way_never_the_end(changes: list[float], compounding: bool) -> None:
    found = trade_orders(np.array(changes), compounding=compounding, runs=40)
    assert bool(np.all((found.falls >= 0) & (found.falls <= 1)))
    # No order falls less than its single deepest loss, counted from the highest balance that there can be.
    if compounding:
        assert found.falls.min() >= max(0.0, -min(changes)) - 1e-12
