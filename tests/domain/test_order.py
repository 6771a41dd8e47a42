"""One order, and what the exchange says of it."""

from datetime import UTC, datetime, timedelta

import pytest

from appliance.domain.market import ExchangeOrder
from appliance.domain.order import as_placed
from tests.support.trades import OPENED, new_order, new_trade

LATER = OPENED + timedelta(minutes=5)


def placed(**fields):
    given = {"ft_is_open": True, "status": "open", "filled": 0.0, "cost": 0.0, "average": None}
    return new_order(new_trade(), "buy", 2.0, 100.0, **(given | {"order_filled_date": None} | fields))


def seen(**fields):
    given = {"id": "o0", "pair": "ETH/USDT", "side": "buy", "type": "limit", "status": "open", "amount": 2.0}
    return ExchangeOrder(**(given | fields))


@pytest.mark.parametrize("status", ["canceled", "expired", "rejected"])
def test_an_order_that_ended_unfilled_is_not_open_and_has_no_fill_date(status):
    order = placed()
    order.apply(seen(status=status), LATER)
    assert (order.ft_is_open, order.safe_filled, order.order_filled_date) == (False, 0.0, None)


def test_what_the_exchange_leaves_out_stays():
    order = placed(client_order_id="ours", stop_price=90.0)
    order.apply(seen(type="", price=None), LATER)
    assert (order.price, order.stop_price, order.client_order_id) == (100.0, 90.0, "ours")
    assert order.order_type is None
    assert order.order_update_date == LATER


def test_a_partial_fill_leaves_the_order_open():
    order = placed()
    order.apply(seen(filled=0.5, cost=49.5, average=99.0), LATER)
    assert (order.ft_is_open, order.safe_filled, order.safe_remaining) == (True, 0.5, 1.5)
    assert (order.safe_price, order.safe_placement_price, order.safe_cost) == (99.0, 100.0, 49.5)
    assert order.order_filled_date is None


def test_a_fill_is_dated_as_the_exchange_dates_it_or_else_now_and_only_once():
    told, untold = placed(), placed()
    told.apply(seen(status="closed", filled=2.0, filled_timestamp=1_788_264_000_500), LATER)
    untold.apply(seen(status="closed", filled=2.0), LATER)
    untold.apply(seen(status="closed", filled=2.0), LATER + timedelta(hours=1))
    assert told.order_filled_utc == datetime(2026, 9, 1, 12, 0, 0, 500_000, tzinfo=UTC)
    assert untold.order_filled_utc == LATER


def test_what_the_order_puts_in_is_before_leverage():
    order = placed(filled=0.5, leverage=4.0)
    assert (order.stake_amount, order.stake_amount_filled) == (50.0, 12.5)


def test_a_fee_in_base_currency_is_taken_off_what_was_filled():
    assert placed(filled=2.0, ft_fee_base=0.002).safe_amount_after_fee == 1.998


def test_orders_of_one_moment_are_sorted_by_id():
    known, new, earlier = (new_order(new_trade(), "buy", 1.0, 100.0) for _ in range(3))
    known.id, new.id, new.order_date = 7, 0, known.order_date
    earlier.id, earlier.order_date = 9, known.order_date - timedelta(seconds=1)
    assert as_placed([new, known, earlier]) == [earlier, known, new]
