"""Trades as the API shows them."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import to_builtins

from appliance.domain.order import Order
from appliance.domain.recalculate import book_order
from appliance.domain.trade import Trade
from appliance.reports.views.closed_trade import trade_record
from appliance.reports.views.count import count
from appliance.reports.views.trade import open_trade_view, percent, status, trade_view

OPENED = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def order(side: str, amount: float, price: float, *, filled: bool = True, minutes: int = 0) -> Order:
    at = OPENED + timedelta(minutes=minutes)
    return Order(
        ft_order_side=side,
        ft_pair="ETH/USDT",
        ft_is_open=not filled,
        ft_amount=amount,
        ft_price=price,
        order_id=f"{side}-{minutes}",
        status="closed" if filled else "open",
        order_type="limit",
        average=price if filled else None,
        price=price,
        amount=amount,
        filled=amount if filled else 0.0,
        remaining=0.0 if filled else amount,
        cost=amount * price if filled else 0.0,
        order_date=at,
        order_filled_date=at if filled else None,
    )


def trade(*orders: Order, trade_id: int = 1) -> Trade:
    """Return a trade of 1 ETH at 100 USDT with a fee of 0.1 percent, after these orders."""
    made = Trade(
        id=trade_id,
        exchange="scripted",
        pair="ETH/USDT",
        base_currency="ETH",
        stake_currency="USDT",
        fee_open=0.001,
        fee_close=0.001,
        open_rate=100.0,
        stake_amount=100.0,
        amount=0.0,
        open_date=OPENED,
        strategy="Quiet",
        timeframe=5,
        price_precision=0.01,
    )
    made.adjust_stop_loss(100.0, -0.1, initial=True)
    for each in orders:
        made.orders.append(each)
        if not each.ft_is_open:
            book_order(made, each, OPENED)
    return made


def test_a_trade_without_a_fill_has_made_nothing():
    shown = open_trade_view(trade(order("buy", 1.0, 100.0, filled=False)), 120.0)
    assert (shown.profit_abs, shown.profit_ratio, shown.profit_pct) == (0.0, 0.0, 0.0)
    assert (shown.total_profit_abs, shown.total_profit_ratio) == (0.0, None)
    assert (shown.open_fill_date, shown.has_open_orders) == (None, True)


def test_an_unknown_rate_is_not_replaced_by_another():
    shown = open_trade_view(trade(order("buy", 1.0, 100.0)), None, fiat_rate=0.9)
    known = open_trade_view(trade(order("buy", 1.0, 100.0)), 110.0, fiat_rate=0.9)
    told, would = to_builtins(shown), to_builtins(known)
    assert {name for name in told if told[name] != would[name]} == {
        *("current_rate", "profit_ratio", "profit_pct", "profit_abs", "profit_fiat"),
        *("total_profit_abs", "total_profit_fiat", "total_profit_ratio"),
        *("stoploss_current_dist", "stoploss_current_dist_pct", "stoploss_current_dist_ratio"),
    }
    assert {told[name] for name in told if told[name] != would[name]} == {None}


def test_without_a_fill_nothing_is_made_whatever_the_rate():
    shown = open_trade_view(trade(order("buy", 1.0, 100.0, filled=False)), None)
    assert (shown.current_rate, shown.stoploss_current_dist) == (None, None)
    assert (shown.profit_abs, shown.total_profit_abs) == (0.0, 0.0)


def test_an_open_trade_at_the_present_rate():
    shown = open_trade_view(trade(order("buy", 1.0, 100.0)), 110.0)
    assert shown.profit_abs == pytest.approx(110 * 0.999 - 100.1)
    assert shown.profit_ratio == pytest.approx(109.89 / 100.1 - 1, abs=1e-8)
    assert shown.profit_pct == 9.78
    assert shown.close_profit is None
    assert (shown.stop_loss_abs, shown.stop_loss_ratio, shown.stop_loss_pct) == (90.0, -0.1, -10.0)
    assert (shown.stoploss_current_dist, shown.stoploss_current_dist_pct) == (-20.0, -18.18)
    assert shown.stoploss_entry_dist == pytest.approx(90 * 0.999 - 100.1)


def test_a_partial_exit_counts_in_the_total_only():
    shown = open_trade_view(trade(order("buy", 1.0, 100.0), order("sell", 0.5, 120.0, minutes=1)), 110.0)
    realised = 60 * 0.999 - 50.05
    assert shown.realized_profit == pytest.approx(realised)
    assert shown.profit_abs == pytest.approx(55 * 0.999 - 50.05)
    assert shown.total_profit_abs == pytest.approx(realised + shown.profit_abs)
    assert shown.close_profit is None
    assert shown.realized_profit_ratio == pytest.approx(realised / 100.1)


def test_a_closed_trade_is_shown_at_its_end():
    closed = trade(order("buy", 1.0, 100.0), order("sell", 1.0, 110.0, minutes=90))
    shown = open_trade_view(closed, 500.0)
    assert (shown.is_open, shown.current_rate) == (False, 110.0)
    assert shown.profit_abs == shown.close_profit_abs == pytest.approx(9.79)
    record = trade_record(closed)
    assert (record.trade_duration_s, record.trade_duration) == (5400, 90)
    assert [o.ft_is_entry for o in record.orders] == [True, False]
    assert (record.open_date, record.open_timestamp) == ("2026-01-05 12:00:00", 1767614400000)


def test_what_an_open_trade_has_made_is_not_in_the_plain_view():
    shown = trade_view(trade(order("buy", 1.0, 100.0)))
    assert shown.profit_ratio is shown.profit_abs is shown.close_profit is None


def test_status_is_in_the_order_of_ids():
    trades = {number: trade(order("buy", 1.0, 100.0), trade_id=number) for number in (3, 1, 2)}
    assert [shown.trade_id for shown in status(trades, {"ETH/USDT": 101.0})] == [1, 2, 3]


def test_counting():
    assert count([], math.inf).max == -1
    some = count([trade(order("buy", 0.5, 100.0)), trade(order("buy", 1.0, 100.0, filled=False))], 3.0)
    assert (some.current, some.max, some.total_stake) == (2, 3, 50.0)


@pytest.mark.parametrize(("ratio", "told"), [(None, None), (0.0, None), (0.12345, 12.35), (-0.1, -10.0)])
def test_percent(ratio, told):
    assert percent(ratio) == told
