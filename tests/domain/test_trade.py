"""One trade: its orders, worth and stop."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.enums import PrecisionMode
from tests.support.trades import OPENED, fill, new_order, new_trade


def with_orders(*described):
    trade = new_trade()
    for side, status, filled in described:
        is_open = status == "open"
        order = new_order(trade, side, 1.0, 100.0, status=status, filled=filled, ft_is_open=is_open)
        order.order_filled_date = order.order_filled_date if filled and not is_open else None
        trade.orders.append(order)
    return trade


def test_a_trade_without_orders_has_none_of_anything():
    trade = new_trade()
    assert not trade.has_open_orders
    assert trade.select_order() is None
    assert trade.select_order_by_order_id("o1") is None
    assert trade.date_entry_fill_utc is None
    assert trade.date_last_filled_utc == OPENED
    assert trade.nr_of_successful_entries == 0


def test_orders_are_distinguished():
    trade = with_orders(
        ("buy", "canceled", 0.0),
        ("buy", "closed", 1.0),
        ("sell", "expired", 0.0),
        ("sell", "canceled", 0.25),
        ("stoploss", "open", 0.0),
        ("sell", "open", 0.1),
    )
    assert trade.open_orders_ids == ["o5"]
    assert [order.order_id for order in trade.open_orders] == ["o5"]
    assert [order.order_id for order in trade.open_sl_orders] == ["o4"]
    assert [order.order_id for order in trade.all_open_orders] == ["o4", "o5"]
    assert trade.stoploss_last_update_utc == OPENED
    assert [order.order_id for order in trade.select_filled_orders()] == ["o1", "o3"]
    assert [order.order_id for order in trade.select_filled_or_open_orders()] == ["o1", "o3", "o4", "o5"]
    assert (trade.nr_of_successful_entries, trade.nr_of_successful_exits) == (1, 1)
    assert (trade.nr_of_successful_buys, trade.nr_of_successful_sells) == (1, 1)
    assert (trade.fully_canceled_entry_order_count, trade.canceled_exit_order_count) == (1, 2)
    assert trade.select_order("sell", is_open=False).order_id == "o3"
    assert trade.select_order("buy", only_filled=True).order_id == "o1"
    assert trade.date_entry_fill_utc == OPENED + timedelta(minutes=1)
    assert trade.date_last_filled_utc == OPENED + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("short", "sides"), [(False, ("buy", "sell", "long")), (True, ("sell", "buy", "short"))]
)
def test_sides(short, sides):
    trade = new_trade(is_short=short)
    assert (trade.entry_side, trade.exit_side, trade.trade_direction) == sides


def test_profit_of_open_trades_with_realised_profit():
    trade = new_trade()
    fill(trade, "entry", 2.0, 100.0)
    fill(trade, "exit", 1.0, 120.0)
    made = trade.calculate_profit(110.0)
    assert made.profit_abs == round(110 * 0.999 - 100.1, 8)
    assert made.total_profit == round(made.profit_abs + trade.realized_profit, 8)
    assert made.total_profit_ratio == round(made.total_profit / 200.2, 8)
    assert trade.calc_profit(110.0) == made.profit_abs
    assert trade.calc_profit_ratio(110.0) == made.profit_ratio
    assert trade.calc_profit_ratio(110.0, amount=0.5) == made.profit_ratio
    assert trade.calc_profit_ratio(110.0, open_rate=110.0) == round(0.999 / 1.001 - 1, 8)


@pytest.mark.parametrize(("short", "stop"), [(False, 90.0), (True, 110.0)])
def test_the_first_stop_is_the_initial_one(short, stop):
    trade = new_trade(is_short=short)
    trade.adjust_stop_loss(100.0, None)
    assert trade.stop_loss == 0.0
    trade.adjust_stop_loss(100.0, 0.1, initial=True)
    trade.adjust_stop_loss(100.0, 0.01, initial=True)
    assert (trade.stop_loss, trade.initial_stop_loss) == (pytest.approx(stop), pytest.approx(stop))
    assert (trade.stop_loss_pct, trade.is_stop_loss_trailing) == (-0.1, False)


@pytest.mark.parametrize(("short", "stop"), [(False, 90.5), (True, 109.5)])
def test_stops_are_rounded_towards_the_rate(short, stop):
    trade = new_trade(is_short=short, price_precision=0.5, precision_mode_price=PrecisionMode.TICK_SIZE)
    trade.adjust_stop_loss(100.0, -0.0999, initial=True)
    assert trade.stop_loss == stop


def test_leverage_brings_the_stop_nearer_and_liquidation_may_come_first():
    trade = new_trade(leverage=5.0, liquidation_price=97.0)
    trade.adjust_stop_loss(100.0, -0.25, initial=True)
    assert (trade.stop_loss, trade.stoploss_or_liquidation) == (95.0, 97.0)
    short = new_trade(is_short=True, leverage=5.0, liquidation_price=120.0)
    short.adjust_stop_loss(100.0, -0.25, initial=True)
    assert short.stoploss_or_liquidation == 105.0


@given(st.lists(st.tuples(st.floats(1, 1000), st.floats(0.001, 0.9)), min_size=1), st.booleans())
def test_stops_only_tighten(moves, short):
    trade = new_trade(is_short=short)
    trade.adjust_stop_loss(100.0, -0.1, initial=True)
    first = trade.stop_loss
    for rate, distance in moves:
        before = trade.stop_loss
        trade.adjust_stop_loss(rate, -distance)
        assert trade.stop_loss <= before if short else trade.stop_loss >= before
    assert trade.initial_stop_loss == first
    assert trade.is_stop_loss_trailing == (trade.stop_loss != first)


def test_a_refresh_may_loosen_the_stop_and_is_no_trailing():
    trade = new_trade()
    trade.adjust_stop_loss(100.0, -0.1, initial=True)
    trade.adjust_stop_loss(100.0, -0.2, allow_refresh=True)
    assert (trade.stop_loss, trade.is_stop_loss_trailing, trade.initial_stop_loss) == (80.0, False, 90.0)


def test_extremes_begin_at_the_open_rate():
    trade = new_trade()
    trade.adjust_min_max_rates(99.0, 98.0)
    assert (trade.max_rate, trade.min_rate) == (100.0, 98.0)
    trade.adjust_min_max_rates(105.0, 101.0)
    assert (trade.max_rate, trade.min_rate) == (105.0, 98.0)


@given(
    st.floats(-0.5, 0.5), st.floats(0.01, 1e5), st.booleans(), st.sampled_from([1.0, 3.0]), st.floats(-1, 1)
)
def test_the_rate_for_a_profit_makes_that_profit(ratio, rate, short, leverage, funding):
    trade = new_trade(rate=rate, amount=100 / rate, is_short=short, leverage=leverage, funding_fees=funding)
    wanted = trade.calc_close_rate_for_roi(ratio)
    assert trade.calc_profit_ratio(wanted) == pytest.approx(ratio, abs=1e-7)


def test_names_of_older_strategies():
    trade = new_trade(enter_tag="dip", exit_reason="roi", close_rate_requested=7.0)
    assert (trade.buy_tag, trade.sell_reason, trade.borrowed) == ("dip", "roi", 0.0)
    assert (trade.safe_close_rate, new_trade().safe_close_rate) == (7.0, 0.0)
    assert trade.get_canceled_exit_order_count() == 0


@pytest.mark.parametrize(("short", "borrowed"), [(False, 200.0), (True, 3.0)])
def test_what_leverage_borrows(short, borrowed):
    assert new_trade(amount=3.0, leverage=3.0, is_short=short).borrowed == pytest.approx(borrowed)
