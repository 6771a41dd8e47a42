"""Working trades out from their orders."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.enums import TradingMode
from appliance.domain.market import Fee
from appliance.domain.recalculate import Change, book_order, recalculate
from tests.support.trades import OPENED, fill, new_order, new_trade

RECORDED = Path(__file__).parents[1] / "data" / "domain" / "settled-by-freqtrade-2026.9.jsonl"
"""Random runs of orders, and the figures that freqtrade 2026.9 came to after each."""


# -- against freqtrade ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(24))
def test_every_figure_is_freqtrades_to_the_last_digit(number):
    case = json.loads(RECORDED.read_text().splitlines()[number])
    first = case["orders"][0]
    trade = new_trade(
        rate=first["price"],
        amount=first["part"],
        is_short=case["short"],
        leverage=case["leverage"],
        fee_open=case["fee_open"],
        fee_close=case["fee_close"],
        **{name: case[name] for name in ("amount_precision", "price_precision", "precision_mode")},
        contract_size=case["contract_size"],
    )
    trade.trading_mode = TradingMode(case["mode"])
    for order, expected in zip(case["orders"], case["settled"], strict=True):
        amount = order["part"] if order["entry"] else trade.amount * order["part"]
        filled = amount * order["filled_part"]
        if order["funding"]:
            trade.funding_fee_running = order["funding"]
        side = "entry" if order["entry"] else "stoploss" if order["stoploss"] else "exit"
        fill(
            trade,
            side,
            amount,
            order["price"],
            average=order["average"],
            filled=filled,
            status="closed" if order["filled_part"] == 1 else "canceled",
            ft_fee_base=round(filled * case["fee_open"], 8) if order["fee_in_base"] else None,
        )
        if not expected["is_open"]:
            # Where a remainder too small to matter is left, freqtrade tells what the last exit made instead.
            expected["close_profit_abs"] = expected["realized_profit"]
        assert {name: getattr(trade, name) or 0 for name in expected} == {
            name: value or 0 for name, value in expected.items()
        }


# -- one entry, one exit -------------------------------------------------------------------------------


def test_an_entry_that_never_filled_changes_nothing_of_the_worth():
    trade = new_trade()
    trade.orders = [new_order(trade, "buy", 1.0, 99.0, status="canceled", filled=0.0)]
    recalculate(trade)
    assert (trade.open_rate, trade.amount, trade.realized_profit) == (100.0, 1.0, 0.0)


def test_a_filled_entry_sets_rate_amount_and_stake():
    trade = new_trade(rate=100.0, amount=2.0)
    fill(trade, "entry", 2.0, 99.0, filled=1.5, status="canceled")
    assert (trade.open_rate, trade.amount, trade.stake_amount) == (99.0, 1.5, 148.5)
    assert trade.open_trade_value == pytest.approx(148.5 * 1.001)
    assert (trade.fee_open_cost, trade.fee_open_currency) == (pytest.approx(0.1485), "USDT")


def test_what_the_exchange_took_replaces_what_was_expected():
    trade = new_trade()
    entry = new_order(trade, "buy", 1.0, 100.0)
    trade.orders.append(entry)
    book_order(trade, entry, OPENED, Fee("USDT", 0.04, 0.0004))
    assert (trade.fee_open, trade.fee_close) == (0.0004, 0.0004), "an exit is expected to cost the same"
    assert trade.open_trade_value == pytest.approx(100.04)
    way_out = new_order(trade, "sell", 1.0, 110.0)
    trade.orders.append(way_out)
    book_order(trade, way_out, OPENED, Fee("USDT", 0.22, 0.002))
    assert (trade.fee_open, trade.fee_close, trade.fee_close_cost) == (0.0004, 0.002, 0.22)
    assert trade.realized_profit == pytest.approx(110 - 0.22 - 100.04)


def test_a_fee_that_cannot_be_is_not_reckoned_with():
    trade = new_trade()
    entry = new_order(trade, "buy", 1.0, 100.0)
    trade.orders.append(entry)
    book_order(trade, entry, OPENED, Fee("USDT", 50.0, 0.5))
    assert trade.fee_open == 0.001


def test_a_fee_taken_in_base_currency_leaves_less_to_sell():
    trade = new_trade()
    fill(trade, "entry", 1.0, 100.0, ft_fee_base=0.001)
    assert trade.amount == 0.999
    fill(trade, "exit", 0.999, 110.0)
    assert not trade.is_open


def test_an_exit_of_everything_closes_the_trade_at_its_last_fill():
    trade = new_trade()
    fill(trade, "entry", 1.0, 100.0)
    order = fill(trade, "exit", 1.0, 110.0)
    assert (trade.is_open, trade.close_rate, trade.exit_order_status) == (False, 110.0, "closed")
    assert trade.close_date == order.order_filled_date == OPENED + timedelta(minutes=1)
    assert trade.close_profit_abs == trade.realized_profit == 9.79, "110 x 0.999 - 100 x 1.001"
    assert trade.close_profit == trade.realized_profit / 100.1
    assert (trade.fee_close_cost, trade.fee_close_currency) == (pytest.approx(0.11), "USDT")


def test_an_exit_within_a_billionth_of_all_closes_the_trade():
    trade = new_trade(amount=1e9, rate=0.00001)
    fill(trade, "entry", 1e9, 0.00001)
    fill(trade, "exit", 1e9 - 0.5, 0.00002)
    assert not trade.is_open


def test_a_stop_order_on_the_exchange_gives_reason_and_price_of_the_close():
    trade = new_trade(stop_loss=90.0)
    fill(trade, "entry", 1.0, 100.0)
    trade.exit_reason = "roi"
    fill(trade, "stoploss", 1.0, 89.5)
    assert (trade.is_open, trade.exit_reason) == (False, "stoploss_on_exchange")
    assert (trade.close_rate, trade.close_rate_requested) == (89.5, 90.0)


# -- several orders ------------------------------------------------------------------------------------


def test_a_second_entry_averages_the_rate_and_a_partial_exit_keeps_it():
    trade = new_trade()
    fill(trade, "entry", 1.0, 100.0)
    fill(trade, "entry", 1.0, 80.0)
    assert (trade.open_rate, trade.amount, trade.stake_amount) == (90.0, 2.0, 180.0)
    fill(trade, "exit", 0.5, 120.0)
    assert (trade.open_rate, trade.amount, trade.stake_amount) == (90.0, 1.5, 135.0)
    assert trade.max_stake_amount == 180.0
    assert trade.realized_profit == pytest.approx(0.5 * (120 * 0.999 - 90 * 1.001))
    assert trade.is_open


def test_funding_paid_between_exits_belongs_to_the_exit_after_it():
    trade = new_trade(trading_mode=TradingMode.FUTURES, fee_open=0.0, fee_close=0.0)
    fill(trade, "entry", 2.0, 100.0)
    trade.funding_fee_running = -0.5
    fill(trade, "exit", 1.0, 100.0)
    assert (trade.realized_profit, trade.funding_fees, trade.funding_fee_running) == (-0.5, -0.5, 0.0)
    trade.funding_fee_running = 0.25
    fill(trade, "exit", 1.0, 100.0)
    assert (trade.realized_profit, trade.close_profit_abs, trade.funding_fees) == (-0.25, -0.25, -0.25)


def test_the_first_fill_restarts_the_stop_from_the_rate_that_was_got():
    trade = new_trade()
    trade.adjust_stop_loss(100.0, -0.1, initial=True)
    fill(trade, "entry", 1.0, 110.0)
    assert (trade.stop_loss, trade.initial_stop_loss, trade.is_stop_loss_trailing) == (99.0, 99.0, False)


@pytest.mark.parametrize(("short", "prices"), [(False, (100.0, 120.0)), (True, (100.0, 80.0))])
def test_a_further_entry_moves_the_stop_only_nearer(short, prices):
    trade = new_trade(is_short=short)
    trade.adjust_stop_loss(100.0, -0.1, initial=True)
    fill(trade, "entry", 1.0, prices[0])
    before = trade.stop_loss
    fill(trade, "entry", 1.0, prices[1])
    nearer = trade.stop_loss
    fill(trade, "entry", 5.0, 100.0)
    assert (nearer < before) if short else (nearer > before)
    assert trade.stop_loss == nearer


# -- what holds whatever the orders --------------------------------------------------------------------

prices = st.floats(1.0, 1000.0).map(lambda value: round(value, 2))
entries = st.lists(st.tuples(st.floats(0.1, 50.0).map(lambda a: round(a, 4)), prices), min_size=1, max_size=4)
parts = st.lists(st.floats(0.05, 0.95), max_size=4)
fees = st.sampled_from([0.0, 0.00075, 0.001, 0.0026])


def run(entries, parts, exits_at, *, short=False, fee=0.001, leverage=1.0):
    """Enter, exit in parts, then exit the rest. Return the trade and its exits (amount, price)."""
    trade = new_trade(is_short=short, fee_open=fee, fee_close=fee, leverage=leverage)
    trade.adjust_stop_loss(trade.open_rate, -0.1, initial=True)
    for amount, price in entries:
        fill(trade, "entry", amount, price)
    exits = []
    for part, price in zip(parts, exits_at, strict=False):
        exits.append((trade.amount * part, price))
        fill(trade, "exit", *exits[-1])
    exits.append((trade.amount, exits_at[-1]))
    fill(trade, "exit", *exits[-1])
    return trade, exits


@given(entries, parts)
def test_amounts_are_conserved(entries, parts):
    trade = new_trade()
    for amount, price in entries:
        fill(trade, "entry", amount, price)
    bought, sold = trade.amount, 0.0
    assert bought == pytest.approx(sum(amount for amount, _ in entries), rel=1e-14)
    for part in parts:
        going = trade.amount * part
        fill(trade, "exit", going, 100.0)
        sold += going
        assert trade.amount + sold == pytest.approx(bought, rel=1e-12)


@given(entries, parts, st.lists(prices, min_size=5, max_size=5), st.booleans(), fees)
def test_profit_is_what_came_in_less_what_went_out(entries, parts, exits_at, short, fee):
    trade, exits = run(entries, parts, exits_at, short=short, fee=fee)
    sign = -1 if short else 1
    paid = sum(amount * price * (1 + sign * fee) for amount, price in entries)
    got = sum(amount * price * (1 - sign * fee) for amount, price in exits)
    # Each exit's profit is rounded to eight places.
    assert not trade.is_open
    assert trade.realized_profit == pytest.approx(sign * (got - paid), abs=1e-8 * len(exits) + paid * 1e-13)


@given(entries, parts, prices, st.booleans(), st.sampled_from([1.0, 3.0]))
def test_leaving_in_parts_at_one_price_makes_what_leaving_at_once_makes(
    entries, parts, price, short, leverage
):
    at_once, _ = run(entries, [], [price], short=short, leverage=leverage)
    in_parts, exits = run(entries, parts, [price] * 5, short=short, leverage=leverage)
    # Each exit's profit is rounded to eight places.
    rounded = 1e-8 * (len(exits) + 1)
    assert in_parts.realized_profit == pytest.approx(at_once.realized_profit, abs=rounded)
    ratio = rounded / at_once.max_stake_amount * 1.1
    assert in_parts.close_profit == pytest.approx(at_once.close_profit, abs=ratio)
    assert in_parts.max_stake_amount == at_once.max_stake_amount


@given(entries, parts, st.lists(prices, min_size=5, max_size=5), st.booleans())
def test_resolving_an_order_twice_is_resolving_it_once(entries, parts, exits_at, short):
    trade, _ = run(entries, parts, exits_at, short=short)
    again, _ = run(entries, parts, exits_at, short=short)
    assert recalculate(again) is Change.NOTHING
    assert again == trade


@given(entries, st.booleans())
def test_after_the_first_fill_the_stop_only_tightens(entries, short):
    trade = new_trade(is_short=short)
    trade.adjust_stop_loss(trade.open_rate, -0.1, initial=True)
    fill(trade, "entry", *entries[0])
    for amount, price in entries[1:]:
        before = trade.stop_loss
        fill(trade, "entry", amount, price)
        assert trade.stop_loss <= before if short else trade.stop_loss >= before


@given(st.permutations([(1.0, 100.0), (2.0, 90.0), (3.0, 80.0), (0.5, 120.0)]))
def test_the_order_of_entries_does_not_change_what_is_held(entries):
    trade = new_trade()
    for amount, price in entries:
        fill(trade, "entry", amount, price)
    assert (trade.amount, trade.stake_amount, trade.max_stake_amount) == (6.5, 580.0, 580.0)


def test_resolving_takes_the_orders_and_not_the_trade_as_the_truth():
    trade = new_trade(rate=1.0, amount=77.0)
    order = new_order(trade, "buy", 1.0, 100.0)
    trade.orders = [order]
    book_order(trade, order, OPENED)
    assert (trade.open_rate, trade.amount) == (100.0, 1.0)
