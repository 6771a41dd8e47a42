"""Recalculate a trade from its orders, from which all of its amounts follow."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum

from appliance.domain import profit as worth
from appliance.domain.enums import ExitType
from appliance.domain.market import Fee
from appliance.domain.money import exact, product, quotient, total
from appliance.domain.order import STOP, Order
from appliance.domain.position import Position, counted, position_of
from appliance.domain.trade import Trade

LONGEST_REASON = 255
"""The most characters that the database's column takes."""
RATIO_PLACES = 8
"""Decimal places of fee ratios calculated from what orders paid."""


DUST = "dust"
"""The tag, and by default the exit reason, of an unsellable remainder that is written off."""


class Change(Enum):
    """State what recalculating has changed; the first that applies."""

    OPENED = "opened"
    CLOSED = "closed"
    REOPENED = "reopened"
    CHANGED = "changed"
    NOTHING = "nothing"


def book_order(trade: Trade, order: Order, now: datetime, fee: Fee | None = None) -> Change:
    """Book a finished `order` of `trade`; call it again whenever more is known of the order.

    `fee` is the exchange's, for callers that have not set it on the order themselves.
    """
    if fee is not None:
        order.note_fees((fee,), _in_quote(trade, order, fee))
    _keep_ratio_of_before(trade, order)
    _note_funding(trade, order)
    return recalculate(trade, now)


def recalculate(trade: Trade, now: datetime | None = None) -> Change:
    """Set all amounts of `trade`, and whether it is open, from its filled orders; return what changed.

    A trade is closed when its exits have left less than a lot step and it has no open order; it is open again
    when its orders leave something after all. A trade without a position that waits for an order has amount
    0. Amounts are truncated to the lot step and the open rate is rounded to the tick, as on the exchange.
    Stops depend on past prices and do not change, except that they start from the rate of the first fill.
    `now` is the close date where no order has one.
    """
    if not any(map(counted, trade.orders)):
        return Change.NOTHING
    was_open, was_counted, before = trade.is_open, bool(trade.max_stake_amount), _amounts(trade)
    _set_fee_ratios(trade)
    position = position_of(trade)
    trade.funding_fees = position.funding
    trade.max_stake_amount = float(position.max_stake) / trade.leverage
    _set_costs(trade, position)
    _set_profit(trade, position)
    _set_holding(trade, position)
    if position.flat and position.entries and not trade.all_open_orders:
        _close(trade, position, now)
    elif not trade.is_open:
        _reopen(trade)
    if position.entries and not was_counted:
        _restart_stop(trade)
        if trade.is_open:
            return Change.OPENED
    if trade.is_open != was_open:
        return Change.REOPENED if trade.is_open else Change.CLOSED
    return Change.NOTHING if before == _amounts(trade) else Change.CHANGED


def revalue(trade: Trade) -> None:
    """Set the trade's opening value from its amount, rate and fee."""
    trade.open_trade_value = worth.opening_value(
        trade.amount, trade.open_rate, trade.fee_open, short=trade.is_short
    )


def write_off(trade: Trade, amount: float, rate: float, now: datetime, tag: str) -> Change:
    """Reduce the trade by `amount` (base currency) at `rate`, without an order on the exchange.

    The books get a finished order without a fee; `tag` is the reason (dust, withdrawn).
    """
    row = Order(
        ft_trade_id=trade.id,
        ft_order_side=trade.exit_side,
        ft_pair=trade.pair,
        ft_is_open=False,
        ft_amount=amount,
        ft_price=rate,
        order_id=f"appliance-{trade.id}-{len(trade.orders)}",
        status="closed",
        symbol=trade.pair,
        order_type="market",
        side=trade.exit_side,
        average=rate,
        amount=amount,
        filled=amount,
        remaining=0.0,
        cost=float(product(amount, rate)),
        order_date=now,
        order_filled_date=now,
        order_update_date=now,
        funding_fee=0.0,
        ft_order_tag=tag,
        fee_in_quote=0.0,
        leverage=trade.leverage,
    )
    trade.orders = [*trade.orders, row]
    return recalculate(trade, now)


def _amounts(trade: Trade) -> tuple[object, ...]:
    """Return all that recalculating sets, except `is_open`."""
    return (
        *(trade.amount, trade.open_rate, trade.stake_amount, trade.max_stake_amount, trade.open_trade_value),
        *(trade.realized_profit, trade.close_profit, trade.close_profit_abs, trade.funding_fees),
        *(trade.fee_open, trade.fee_open_cost, trade.fee_open_currency),
        *(trade.fee_close, trade.fee_close_cost, trade.fee_close_currency),
        *(trade.close_date, trade.close_rate, trade.exit_reason),
    )


def _set_profit(trade: Trade, position: Position) -> None:
    """Set the realised profit; `close_profit_abs` is that of the last exit while the trade is open."""
    exited = position.last_exit is not None
    trade.realized_profit = position.realized
    trade.close_profit = position.realized_ratio if exited else None
    trade.close_profit_abs = position.last_made if exited else None


def _set_holding(trade: Trade, position: Position) -> None:
    held = position.held
    if held is None:
        return
    trade.amount, trade.open_rate = held.amount, held.open_rate
    if held.stake is not None and held.value is not None:
        trade.stake_amount = float(held.stake) / trade.leverage
        trade.open_trade_value = held.value
        if trade.stop_loss_pct is not None and not position.flat:
            trade.adjust_stop_loss(trade.open_rate, trade.stop_loss_pct)
    if position.flat and trade.all_open_orders:
        trade.amount = trade.stake_amount = trade.open_trade_value = 0.0


def _close(trade: Trade, position: Position, now: datetime | None) -> None:
    """Close the trade with its last exit; its profit is that of all exits."""
    last = position.last_exit
    assert last is not None
    trade.is_open = False
    trade.close_rate = last.safe_price
    trade.close_date = max(
        [o.order_filled_date for o in trade.orders if o.safe_filled and o.order_filled_date],
        default=trade.close_date or now or trade.open_date,
    )
    trade.close_profit_abs = trade.realized_profit
    trade.exit_order_status = "closed"
    if last.ft_order_side == STOP:
        trade.exit_reason = ExitType.STOPLOSS_ON_EXCHANGE.value
        trade.close_rate_requested = trade.stop_loss
    elif last.ft_order_tag and not (last.ft_order_tag == DUST and trade.exit_reason):
        trade.exit_reason = last.ft_order_tag[:LONGEST_REASON]


def _reopen(trade: Trade) -> None:
    """Open the trade again: more was bought, or less sold, than was known."""
    trade.is_open = True
    trade.close_date = trade.close_rate = trade.close_rate_requested = None
    trade.exit_reason = trade.exit_order_status = None


# -- fees ----------------------------------------------------------------------------------------------


def _set_fee_ratios(trade: Trade) -> None:
    """Set the trade's fees from what its orders paid, as far as that is known.

    Until an exit has filled, it is expected to cost what the newest fill did.
    """
    filled = [order for order in trade.orders if counted(order)]
    entries = [order for order in filled if order.ft_order_side == trade.entry_side]
    exits = [order for order in filled if order.ft_order_side != trade.entry_side]
    if paid := [order for order in filled if _paid(order)]:
        trade.fee_open = _first_known(_ratio(entries), trade.fee_open)
        trade.fee_close = _first_known(_ratio(exits), _ratio(paid[-1:]), trade.fee_close)
    if entries:
        trade.fee_open_currency = _currency(trade, entries, trade.fee_open_currency)
    if exits:
        trade.fee_close_currency = _currency(trade, exits, trade.fee_close_currency)
        trade.fee_close_cost = float(total(_fee_of(order, trade.fee_close) for order in exits))


def _first_known(*ratios: float | None) -> float:
    """Return the first ratio that is known; the last always is."""
    return next(ratio for ratio in ratios if ratio is not None)


def _set_costs(trade: Trade, position: Position) -> None:
    if position.knows_fees:
        trade.fee_open_cost = float(position.entry_fees)
    elif position.held is not None and position.held.stake is not None:
        trade.fee_open_cost = trade.fee_open * (trade.max_stake_amount or 0.0)


def _paid(order: Order) -> bool:
    """Return whether the fee of an order is known; amounts written off have none."""
    return order.fee_in_quote is not None and bool(order.fees or order.fee_in_quote)


def _ratio(orders: Sequence[Order]) -> float | None:
    """Return the fees of orders with known fees, as a ratio of the orders' worth."""
    known = [order for order in orders if _paid(order)]
    value = total(order.filled_value for order in known)
    if not value:
        return None
    return round(float(quotient(total(order.fee_in_quote or 0.0 for order in known), value)), RATIO_PLACES)


def _currency(trade: Trade, orders: Sequence[Order], before: str | None) -> str:
    """Return the fee currency of the first order that states one, else what was known `before`."""
    stated = next((order.fees[0].currency for order in orders if order.fees), None)
    return stated or before or trade.safe_quote_currency


def _fee_of(order: Order, ratio: float) -> Decimal:
    if order.fee_in_quote is not None:
        return exact(order.fee_in_quote)
    return product(order.safe_cost or order.filled_value, ratio)


def _in_quote(trade: Trade, order: Order, fee: Fee) -> float | None:
    if fee.currency == trade.safe_quote_currency:
        return fee.cost
    return None if fee.rate is None else float(product(order.filled_value, fee.rate))


def _keep_ratio_of_before(trade: Trade, order: Order) -> None:
    """Set the fees of another program's orders by the trade's ratio, before our orders change that."""
    if order.fee_in_quote is None:
        return
    for other in trade.orders:
        foreign = other is not order and other.client_order_id is None and other.fee_in_quote is None
        if foreign and counted(other):
            ratio = trade.fee_open if other.ft_order_side == trade.entry_side else trade.fee_close
            other.fee_in_quote = float(product(other.safe_amount_after_fee, other.safe_price, ratio))


# -- done once ----------------------------------------------------------------------------------------


def _note_funding(trade: Trade, order: Order) -> None:
    """Book the funding fees since the last fill on this one."""
    if counted(order) and order.ft_order_side != STOP and order.funding_fee is None:
        order.funding_fee = trade.funding_fee_running or 0.0
        trade.funding_fee_running = 0.0


def _restart_stop(trade: Trade) -> None:
    """Start the stop from the rate at which the first entry filled."""
    if trade.initial_stop_loss_pct is None:
        return
    trade.restart_stop(
        trade.stop_loss_pct if trade.stop_loss_pct is not None else trade.initial_stop_loss_pct
    )
