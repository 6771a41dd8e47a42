"""Cancelled orders leave their trade, as in freqtrade's backtests, and are counted."""

import pytest

from appliance.research.backtest.outcome import Counters
from appliance.research.backtest.walk.cancellations import Cancellations
from tests.support.trades import fill, new_order, new_trade


@pytest.fixture
def counters():
    return Counters()


@pytest.fixture
def cancellations(counters):
    return Cancellations(counters)


@pytest.fixture
def trade():
    """A trade of two coins, of which one is for sale at 110."""
    trade = new_trade(amount=2.0)
    fill(trade, "entry", 2.0, 100.0)
    trade.orders.append(waiting(trade, "sell", 1.0, 110.0))
    return trade


def waiting(trade, side, amount, price):
    return new_order(trade, side, amount, price, ft_is_open=True, status="open", filled=0.0)


def test_no_other_order_of_the_trade_goes(cancellations, trade):
    cancellations.cancel(trade, trade.orders[1])
    assert [order.side for order in trade.orders] == [trade.orders[0].side]
    assert not trade.has_open_orders


def test_an_equal_order_is_not_the_same_one(cancellations, trade):
    twin = waiting(trade, "sell", 1.0, 110.0)
    trade.orders.append(twin)
    cancellations.cancel(trade, trade.orders[1])
    assert trade.orders[1] is twin


def test_orders_that_are_replaced_are_counted_by_side(cancellations, counters, trade):
    entry = waiting(trade, "buy", 1.0, 90.0)
    trade.orders.append(entry)
    cancellations.cancel_for_other(trade, entry)
    assert (counters.canceled_entry_orders, counters.canceled_exit_orders) == (1, 0)
    cancellations.cancel_for_other(trade, trade.orders[1])
    assert (counters.canceled_entry_orders, counters.canceled_exit_orders) == (1, 1)
    assert len(trade.orders) == 1


def test_the_same_order_again_stays(cancellations, counters, trade):
    assert cancellations.is_similar_open(trade, 110.0, 1.0, "sell")
    assert trade.has_open_orders
    assert counters == Counters()


@pytest.mark.parametrize(
    ("price", "amount", "side"), [(111.0, 1.0, "sell"), (110.0, 2.0, "sell"), (110.0, 1.0, "buy")]
)
def test_any_other_open_order_goes(cancellations, counters, trade, price, amount, side):
    assert not cancellations.is_similar_open(trade, price, amount, side)
    assert not trade.has_open_orders
    assert counters.canceled_exit_orders == 1


def test_where_none_is_open_none_is_similar(cancellations, counters, trade):
    cancellations.cancel(trade, trade.orders[1])
    assert not cancellations.is_similar_open(trade, 110.0, 1.0, "sell")
    assert counters == Counters()
