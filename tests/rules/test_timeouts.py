"""When an order that does not fill has waited long enough, and whether it may go."""

from datetime import timedelta

import pytest

from appliance.rules.timeouts import strands_position, timed_out
from tests.support.trades import OPENED, new_order, new_trade


def waiting(filled: float = 0.0, side: str = "buy"):
    return new_order(new_trade(), side, 1.0, 100.0, filled=filled, status="open", ft_is_open=True)


@pytest.mark.parametrize(
    ("timeout", "unit", "after", "late"),
    [
        (10, "minutes", 599, False),
        (10, "minutes", 600, True),
        (10, "seconds", 9, False),
        (10, "seconds", 10, True),
        (0.5, "minutes", 30, True),
    ],
)
def test_an_order_is_late_from_its_time_on(timeout, unit, after, late):
    assert timed_out(waiting(), OPENED + timedelta(seconds=after), timeout, unit) is late


def test_an_order_that_is_done_is_never_late():
    order = new_order(new_trade(), "buy", 1.0, 100.0)
    assert not timed_out(order, OPENED + timedelta(days=9), 1, "seconds")


@pytest.mark.parametrize(
    ("held", "filled", "strands"),
    [(0.0, 0.0, False), (0.0, 0.04, True), (0.0, 0.05, False), (1.0, 0.04, False)],
)
def test_too_little_bought_is_not_left_behind(held, filled, strands):
    trade = new_trade(amount=held)
    assert strands_position(trade, waiting(filled), 5.0, 100.0, entering=True) is strands


@pytest.mark.parametrize(("filled", "strands"), [(0.0, False), (0.95, False), (0.96, True)])
def test_too_little_unsold_is_not_left_behind(filled, strands):
    order = waiting(filled, "sell")
    assert strands_position(new_trade(), order, 5.0, 100.0, entering=False) is strands


def test_of_a_leveraged_position_its_stake_counts():
    trade = new_trade(leverage=2.0, stake_amount=50.0)
    assert strands_position(trade, waiting(0.92, "sell"), 5.0, 100.0, entering=False)


def test_what_remains_is_worth_what_it_is_worth_now():
    order = waiting(0.94, "sell")
    assert not strands_position(new_trade(), order, 5.0, 100.0, entering=False)
    assert strands_position(new_trade(), order, 5.0, 80.0, entering=False)
    assert not strands_position(new_trade(), waiting(0.97, "sell"), 5.0, 200.0, entering=False)


def test_an_order_that_has_sold_everything_strands_nothing():
    assert not strands_position(new_trade(), waiting(1.0, "sell"), 5.0, 100.0, entering=False)
