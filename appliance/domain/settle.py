"""Work a trade out anew from its orders. The orders are the truth; the trade's figures follow from them."""

from datetime import datetime
from decimal import Decimal
from math import isclose

import msgspec

from appliance.domain import profit as worth
from appliance.domain.enums import ExitType
from appliance.domain.market import Fee
from appliance.domain.money import ZERO, amount_to_contract_step, difference, exact, product, quotient, total
from appliance.domain.order import STOP, Order
from appliance.domain.trade import Trade

LARGEST_FEE = 0.02
"""A fee ratio (of the order's cost) above this is a misreading of the exchange's answer."""
SAME_RATIO, SAME_AMOUNT = 1e-9, 1e-14
"""Amounts (base currency) that differ by less, as a ratio or outright, are the same: what floats lose."""


class Position(msgspec.Struct):
    """Sum up the filled orders of a trade so far. `opened_value` never shrinks: ratios refer to it."""

    amount: Decimal = ZERO
    stake: Decimal = ZERO
    mean_rate: Decimal = ZERO
    opened_value: float = 0.0
    max_stake: Decimal = ZERO
    realized: float = 0.0
    realized_ratio: float = 0.0
    last_exit: float = 0.0
    funding: float = 0.0
    funding_since_exit: float = 0.0


def recalculate(trade: Trade, *, closing: bool = False) -> None:
    """Set amount, rates, stake and realised profit of `trade` from its filled orders.

    Entries are averaged by their remaining stake; partial exits keep the average. Amounts are cut off at the
    lot step and the open rate rounded to the tick, as the exchange counts them.
    """
    position = _sum_up(trade)
    trade.funding_fees = position.funding
    trade.max_stake_amount = float(position.max_stake) / trade.leverage
    if position.realized_ratio:
        trade.close_profit = position.realized_ratio
        trade.realized_profit = position.realized
        trade.close_profit_abs = position.last_exit
    held = amount_to_contract_step(
        float(position.amount), trade.amount_precision, trade.precision_mode, trade.contract_size
    )
    if held > 0:
        trade.open_rate = trade.price_rounded(float(quotient(position.stake, position.amount)))
        trade.amount = held
        trade.stake_amount = float(position.stake) / trade.leverage
        trade.fee_open_cost = trade.fee_open * trade.max_stake_amount
        revalue(trade)
        if trade.stop_loss_pct is not None:
            trade.adjust_stop_loss(trade.open_rate, trade.stop_loss_pct)
    elif closing and position.opened_value:
        trade.close_profit = position.realized / position.opened_value * trade.leverage
        trade.close_profit_abs = position.realized


def revalue(trade: Trade) -> None:
    """Set the trade's opening value from its amount, rate and fee."""
    trade.open_trade_value = worth.opening_value(
        trade.amount, trade.open_rate, trade.fee_open, short=trade.is_short
    )


def settle(trade: Trade, order: Order, now: datetime, fee: Fee | None = None) -> None:
    """Take a finished, at least partly filled `order` of `trade` into account.

    An entry sets rate, amount and stake; an exit realises profit and closes the trade when nothing is left.
    `fee` is what the exchange says it took; without, the trade's own ratios stand.
    """
    _note_fee(trade, order, fee)
    _note_funding(trade, order)
    if order.ft_order_side == trade.entry_side:
        # What stands where the position is too small to be counted in lots.
        trade.open_rate, trade.amount = order.safe_price, order.safe_amount_after_fee
        recalculate(trade)
        if trade.nr_of_successful_entries == 1:
            _restart_stop(trade)
        return
    if order.ft_order_side == STOP:
        trade.exit_reason = ExitType.STOPLOSS_ON_EXCHANGE.value
        trade.close_rate_requested = trade.stop_loss
    held = amount_to_contract_step(
        trade.amount, trade.amount_precision, trade.precision_mode, trade.contract_size
    )
    sold = order.safe_amount_after_fee
    if sold > held or isclose(sold, held, rel_tol=SAME_RATIO, abs_tol=SAME_AMOUNT):
        close(trade, order.safe_price, now)
    else:
        recalculate(trade)


def close(trade: Trade, rate: float, now: datetime) -> None:
    """End the trade at `rate`; its profit follows from all its orders."""
    trade.close_rate = rate
    trade.close_date = trade.close_date or max(
        [o.order_filled_date for o in trade.orders if o.order_filled_date], default=now
    )
    trade.is_open = False
    trade.exit_order_status = "closed"
    recalculate(trade, closing=True)


def _sum_up(trade: Trade) -> Position:
    position = Position()
    for order in trade.orders:
        if order.ft_is_open or not order.safe_filled:
            continue
        position.funding += order.funding_fee or 0.0
        position.funding_since_exit += order.funding_fee or 0.0
        amount, rate = exact(order.safe_amount_after_fee), exact(order.safe_price)
        if order.ft_order_side == trade.entry_side:
            _add_entry(trade, position, amount, rate)
        else:
            _add_exit(trade, position, amount, order)
    return position


def _add_entry(trade: Trade, position: Position, amount: Decimal, rate: Decimal) -> None:
    position.amount = total([position.amount, amount])
    position.stake = total([position.stake, product(amount, rate)])
    if position.amount > ZERO:
        position.mean_rate = quotient(position.stake, position.amount)
    position.opened_value += worth.opening_value(amount, rate, trade.fee_open, short=trade.is_short)
    position.max_stake = total([position.max_stake, product(amount, rate)])


def _add_exit(trade: Trade, position: Position, amount: Decimal, order: Order) -> None:
    position.amount = difference(position.amount, amount)
    position.stake = difference(position.stake, product(position.mean_rate, amount))
    # What funding was paid or received since the last exit belongs to this exit's profit.
    trade.funding_fees, position.funding_since_exit = position.funding_since_exit, 0.0
    made = trade.calculate_profit(order.safe_price, float(amount), float(position.mean_rate))
    position.last_exit = made.profit_abs
    position.realized += made.profit_abs
    if position.opened_value:
        position.realized_ratio = position.realized / position.opened_value * trade.leverage


def _note_fee(trade: Trade, order: Order, fee: Fee | None) -> None:
    """Keep ratio and currency of the first fee of entries and of exits; an entry's stands for both at first.

    The cost of entries follows from the ratio.
    """
    currency = fee.currency if fee else trade.safe_quote_currency
    ratio = fee.rate if fee and fee.rate is not None and fee.rate < LARGEST_FEE else None
    if order.ft_order_side == trade.entry_side:
        if trade.fee_open_currency is None:
            trade.fee_open_currency = currency
            if ratio is not None:
                trade.fee_open = trade.fee_close = ratio
    elif trade.fee_close_currency is None:
        trade.fee_close_currency = currency
        trade.fee_close = trade.fee_close if ratio is None else ratio
        worth_filled = order.safe_cost or order.safe_filled * order.safe_price
        trade.fee_close_cost = fee.cost if fee else worth_filled * trade.fee_close


def _note_funding(trade: Trade, order: Order) -> None:
    """Book the funding fees since the last fill on this one."""
    if order.ft_order_side != STOP and order.funding_fee is None:
        order.funding_fee = trade.funding_fee_running or 0.0
        trade.funding_fee_running = 0.0


def _restart_stop(trade: Trade) -> None:
    """Let the stop start from the rate that the first entry really filled at."""
    if trade.initial_stop_loss_pct is None:
        return
    trade.restart_stop(
        trade.stop_loss_pct if trade.stop_loss_pct is not None else trade.initial_stop_loss_pct
    )
