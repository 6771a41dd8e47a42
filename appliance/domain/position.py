"""Sum up the orders of a trade: the position they leave, its cost, and the profit of exits."""

from decimal import Decimal
from math import isclose

import msgspec

from appliance.domain import profit as worth
from appliance.domain.enums import TradingMode
from appliance.domain.money import ZERO, amount_to_contract_step, difference, exact, product, quotient, total
from appliance.domain.order import Order
from appliance.domain.trade import Trade

SAME_RATIO, SAME_AMOUNT = 1e-9, 1e-14
"""Amounts (base currency) that differ by less, relatively or absolutely, are equal: floats lose that."""


class Holding(msgspec.Struct, frozen=True):
    """State a position that can be counted in lot steps: amount (base), rates and values in quote currency.

    `stake` is before leverage, `value` the cost with fees; both are None where the only entry is less than a
    lot step.
    """

    amount: float
    open_rate: float
    stake: Decimal | None = None
    value: float | None = None


class Position(msgspec.Struct):
    """Sum up the filled orders of a trade so far: amounts in base, all else in quote currency.

    `stake` and `fees` are the cost of what is held, `mean_*` that of one unit. `opened_value` and `max_stake`
    never shrink: ratios refer to them. `held` is the last holding of at least a lot step, which a closed
    trade still shows; `flat` is true once exits have left less than that.

    An exit may have sold more than the orders had bought (it was sent twice, or the fill of an entry is
    reported later): `amount` is negative then, and `owed` are the proceeds of that.
    """

    amount: Decimal = ZERO
    stake: Decimal = ZERO
    mean_rate: Decimal = ZERO
    fees: Decimal = ZERO
    mean_fee: Decimal = ZERO
    knows_fees: bool = False
    opened_value: float = 0.0
    max_stake: Decimal = ZERO
    entry_fees: Decimal = ZERO
    owed: Decimal = ZERO
    realized: float = 0.0
    realized_ratio: float = 0.0
    last_made: float = 0.0
    last_exit: Order | None = None
    funding: float = 0.0
    funding_since_exit: float = 0.0
    entries: int = 0
    held: Holding | None = None
    flat: bool = False


def counted(order: Order) -> bool:
    """Return whether an order has ended and has filled."""
    return not order.ft_is_open and bool(order.safe_filled)


def moved(order: Order) -> Decimal:
    """Return the change of the position by an order, in base currency."""
    if order.fee_in_quote is None:
        return exact(order.safe_amount_after_fee)
    return difference(order.safe_filled, order.safe_fee_base)


def holding(trade: Trade) -> Decimal:
    """Return the position that the trade's finished orders leave, exactly (base currency)."""
    left = ZERO
    for order in filter(counted, trade.orders):
        entering = order.ft_order_side == trade.entry_side
        left = total([left, moved(order)]) if entering else difference(left, moved(order))
    return left


def in_lots(trade: Trade, amount: Decimal) -> float:
    """Truncate an amount (base currency) to the trade's lot step."""
    return amount_to_contract_step(
        float(amount), trade.amount_precision, trade.precision_mode, trade.contract_size
    )


def position_of(trade: Trade) -> Position:
    """Return the position after the trade's orders, taken in the order in which they were placed.

    Entries are averaged by their remaining stake, and so are their fees; exits do not change the averages. An
    order of unknown fee counts with the trade's ratio.
    """
    position = Position()
    for order in filter(counted, trade.orders):
        position.funding += order.funding_fee or 0.0
        position.funding_since_exit += order.funding_fee or 0.0
        if order.ft_order_side == trade.entry_side:
            _add_entry(trade, position, order)
        else:
            _add_exit(trade, position, order)
        if (held := in_lots(trade, position.amount)) > 0:
            position.held = _held(trade, position, held)
    return position


def _add_entry(trade: Trade, position: Position, order: Order) -> None:
    amount, rate = moved(order), exact(order.safe_price)
    cost = product(amount, rate)
    known = order.fee_in_quote is not None
    fee = exact(order.fee_in_quote) if order.fee_in_quote is not None else product(cost, trade.fee_open)
    position.knows_fees |= known
    position.entries += 1
    remaining = _cover(trade, position, amount, rate, fee)
    position.amount = total([position.amount, amount])
    position.stake = total([position.stake, product(remaining, rate)])
    position.fees = total(
        [position.fees, fee if remaining == amount else quotient(product(fee, remaining), amount)]
    )
    if position.amount > ZERO:
        position.mean_rate = quotient(position.stake, position.amount)
        position.mean_fee = quotient(position.fees, position.amount)
    position.opened_value += float(difference(cost, fee) if trade.is_short else total([cost, fee]))
    position.max_stake = total([position.max_stake, cost])
    position.entry_fees = total([position.entry_fees, fee])
    position.held = Holding(order.safe_amount_after_fee, order.safe_price)
    position.flat = position.last_exit is not None and in_lots(trade, position.amount) <= 0


def _cover(trade: Trade, position: Position, amount: Decimal, rate: Decimal, fee: Decimal) -> Decimal:
    """Cover an oversold position with an entry first; return the amount left of it (base currency)."""
    short_of = difference(ZERO, position.amount)
    if short_of <= ZERO or amount <= ZERO:
        return amount
    covered = min(short_of, amount)
    proceeds = quotient(product(position.owed, covered), short_of)
    paid = product(covered, rate)
    made = difference(paid, proceeds) if trade.is_short else difference(proceeds, paid)
    position.realized += worth.round8(float(difference(made, quotient(product(fee, covered), amount))))
    position.owed = difference(position.owed, proceeds)
    return difference(amount, covered)


def _add_exit(trade: Trade, position: Position, order: Order) -> None:
    amount, before = moved(order), in_lots(trade, position.amount)
    own = min(amount, max(position.amount, ZERO))
    oversold = difference(amount, own)
    if oversold <= product(amount, SAME_RATIO):
        own, oversold = amount, ZERO
    proceeds_oversold = product(oversold, order.safe_price)
    opened = _opened(trade, position, own) + float(proceeds_oversold)
    closed = _closed(trade, position, order, amount)
    position.amount = difference(position.amount, amount)
    position.stake = difference(position.stake, product(position.mean_rate, own))
    position.fees = difference(position.fees, product(position.mean_fee, own))
    position.owed = total([position.owed, proceeds_oversold])
    position.last_exit = order
    position.last_made = worth.profit_of(opened, closed, short=trade.is_short)
    position.realized += position.last_made
    # Funding paid or received since the last exit is part of this exit's profit.
    position.funding_since_exit = 0.0
    if position.opened_value:
        position.realized_ratio = position.realized / position.opened_value * trade.leverage
    sold = float(amount)
    all_of_it = sold > before or isclose(sold, before, rel_tol=SAME_RATIO, abs_tol=SAME_AMOUNT)
    position.flat = all_of_it or in_lots(trade, position.amount) <= 0


def _opened(trade: Trade, position: Position, amount: Decimal) -> float:
    """Return the cost of `amount` of the position, with the entries' fees."""
    if not position.knows_fees:
        return worth.opening_value(amount, float(position.mean_rate), trade.fee_open, short=trade.is_short)
    cost, fee = product(position.mean_rate, amount), product(position.mean_fee, amount)
    return float(difference(cost, fee) if trade.is_short else total([cost, fee]))


def _closed(trade: Trade, position: Position, order: Order, amount: Decimal) -> float:
    """Return the proceeds of an exit of `amount`, after its own fee, with the funding before it."""
    funding = position.funding_since_exit if trade.trading_mode == TradingMode.FUTURES else 0.0
    rate, fee = order.safe_price, trade.fee_close
    if order.fee_in_quote is None:
        return worth.closing_value(float(amount), rate, fee, short=trade.is_short, funding=funding)
    proceeds = product(amount, rate)
    paid = order.fee_in_quote
    value = float(total([proceeds, paid]) if trade.is_short else difference(proceeds, paid))
    return value - funding if trade.is_short else value + funding


def _held(trade: Trade, position: Position, held: float) -> Holding:
    rate = trade.price_rounded(float(quotient(position.stake, position.amount)))
    value = worth.opening_value(held, rate, trade.fee_open, short=trade.is_short)
    if position.knows_fees:
        cost, fee = product(held, rate), product(held, position.mean_fee)
        value = float(difference(cost, fee) if trade.is_short else total([cost, fee]))
    return Holding(held, rate, position.stake, value)
