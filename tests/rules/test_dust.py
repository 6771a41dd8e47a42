"""What is too little to be sold."""

from datetime import timedelta

import pytest

from appliance.domain.market import Market
from appliance.rules.dust import is_left_over, least_to_sell, left_by, why_unsellable
from tests.support.trades import OPENED, new_order, new_trade

MARKET = Market(
    pair="ETH/USDT", base="ETH", quote="USDT", amount_precision=0.001, amount_min=0.01, cost_min=5.0
)


@pytest.mark.parametrize(
    ("amount", "rate", "why"),
    [
        (0.05, 100.0, None),
        (0.0509, 99.0, "worth 4.95, less than the exchange's minimum of 5"),
        (0.05, 99.9, "worth 4.995"),
        (0.009, 1000.0, "minimum amount of 0.01"),
        (0.0009, 1e6, "less than the lot step"),
        (0.0, 100.0, "less than the lot step"),
    ],
)
def test_what_can_be_sold_is_in_lots_and_above_both_minimums(amount, rate, why):
    told = why_unsellable(amount, rate, least_to_sell(MARKET))
    assert told is None if why is None else why in told


def test_played_orders_and_those_that_reduce_may_be_of_any_worth():
    assert why_unsellable(0.001, 1.0, least_to_sell(MARKET, played=True)) is None
    assert why_unsellable(0.0009, 1.0, least_to_sell(MARKET, played=True)) is not None
    assert why_unsellable(0.01, 1.0, least_to_sell(MARKET, reduces_only=True)) is None
    assert why_unsellable(0.009, 1.0, least_to_sell(MARKET, reduces_only=True)) is not None


def test_contracts_are_counted_whole():
    market = Market(
        pair="ETH/USDT:USDT",
        base="ETH",
        quote="USDT",
        amount_precision=1.0,
        amount_min=2.0,
        contract_size=0.1,
    )
    assert why_unsellable(0.2, 100.0, least_to_sell(market)) is None
    assert "minimum amount of 0.2" in str(why_unsellable(0.19, 100.0, least_to_sell(market)))
    assert "lot step" in str(why_unsellable(0.09, 100.0, least_to_sell(market)))


def position(amount: float, *orders) -> object:
    trade = new_trade(amount=amount)
    trade.orders = [new_order(trade, side, 1.0, 100.0, filled=filled) for side, filled in orders]
    return trade


@pytest.mark.parametrize(
    ("amount", "orders", "left_over"),
    [
        (0.03, [("buy", 1.0), ("sell", 0.97)], True),
        (0.03, [("buy", 0.03)], True),
        (1.0, [("buy", 1.0)], False),
        (0.5, [("buy", 1.0), ("sell", 0.5)], False),
        (0.03, [("buy", 1.0)], False),
        (0.03, [("buy", 1.0), ("sell", 0.0)], False),
    ],
)
def test_only_the_small_rest_of_something_larger_is_left_over(amount, orders, left_over):
    assert is_left_over(position(amount, *orders), 5.0) is left_over


def test_what_is_left_counts_as_the_order_is_filled_now():
    trade = new_trade(amount=1.0)
    later = OPENED + timedelta(seconds=1)
    for side, left in (("buy", 1.3), ("sell", 0.7)):
        order = new_order(trade, side, 1.0, 100.0, filled=0.3, ft_is_open=True, order_date=later)
        assert left_by(trade, order) == pytest.approx(left)
