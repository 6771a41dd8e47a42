"""Build the fields of entry and exit messages, as clients know them.

Prices in quote currency, stakes and profits in stake currency, ratios as 0.01 for one percent, dates UTC.
"""

from datetime import datetime
from typing import Any, NamedTuple

from appliance.domain.message import MessageType
from appliance.domain.order import Order
from appliance.domain.position import position_of
from appliance.domain.trade import Trade


def entry_fields(trade: Trade, order: Order, *, filled: bool, current_rate: float | None) -> dict[str, Any]:
    """Return the fields of `entry`, before the order is taken into account, and of `entry_fill`, after it."""
    earlier = [one for one in trade.select_filled_orders(trade.entry_side) if one is not order]
    stake = trade.stake_amount
    if not filled and earlier:
        stake += order.stake_amount
    elif not filled and order.safe_filled:
        stake = order.stake_amount_filled
    amount = order.safe_amount_after_fee if filled else order.safe_amount
    return _common(trade, order.order_type, order.safe_price, current_rate) | {
        "stake_amount": stake,
        "amount": amount,
        "open_rate": order.safe_price,
        "sub_trade": bool(earlier),
    }


def entry_cancel_fields(
    trade: Trade, order: Order, reason: str, *, current_rate: float | None
) -> dict[str, Any]:
    """Return the fields of `entry_cancel`."""
    return _common(trade, order.order_type, trade.open_rate, current_rate) | {
        "stake_amount": trade.stake_amount,
        "amount": trade.amount,
        "open_rate": trade.open_rate,
        "reason": reason,
        "sub_trade": trade.nr_of_successful_entries > 0,
    }


def exit_fields(
    trade: Trade, order: Order, *, filled: bool, current_rate: float | None, now: datetime
) -> dict[str, Any]:
    """Return the fields of `exit`, before the order is taken into account, and of `exit_fill`, after it."""
    partial = trade.is_open if filled else order.safe_amount < trade.amount
    amount = order.safe_filled if filled else order.safe_amount
    rate = order.safe_price
    made = trade.calculate_profit(rate, amount, trade.open_rate) if partial else trade.calculate_profit(rate)
    return _exit_common(trade, order, rate, current_rate, now) | {
        "amount": amount,
        "close_rate": rate,
        "gain": "profit" if made.profit_ratio > 0 else "loss",
        "profit_amount": _made_by(trade, order, made.profit_abs) if filled else made.profit_abs,
        "profit_ratio": made.profit_ratio,
        "sub_trade": partial,
        "cumulative_profit": trade.realized_profit,
        "final_profit_ratio": None if trade.is_open else trade.close_profit,
        "is_final_exit": not trade.is_open,
    }


def exit_cancel_fields(
    trade: Trade, order: Order, reason: str, *, current_rate: float | None, now: datetime
) -> dict[str, Any]:
    """Return the fields of `exit_cancel`."""
    rate = order.safe_price
    made = trade.calculate_profit(rate)
    return _exit_common(trade, order, rate, current_rate, now) | {
        "amount": order.safe_amount,
        "gain": "profit" if made.profit_ratio > 0 else "loss",
        "profit_amount": made.profit_abs,
        "profit_ratio": made.profit_ratio,
        "reason": reason,
        "sub_trade": order.safe_amount < trade.amount,
    }


class LiquidationRisk(NamedTuple):
    """State how near a position is to liquidation: at `rate`, the ratio `left` remains, below `ratio`.

    `at_risk` is the number of positions that are this near.
    """

    rate: float
    left: float
    ratio: float
    at_risk: int


def liquidation_fields(
    trade: Trade, risk: LiquidationRisk, *, margin_mode: str, open_positions: int
) -> dict[str, Any]:
    """Return the fields of `liquidation_warning`."""
    return {
        "exchange": trade.exchange.capitalize(),
        "margin_mode": margin_mode,
        "trade_id": trade.id,
        "pair": trade.pair,
        "base_currency": trade.safe_base_currency,
        "quote_currency": trade.safe_quote_currency,
        "direction": trade.trade_direction.capitalize(),
        "leverage": trade.leverage,
        "current_rate": risk.rate,
        "liquidation_price": trade.liquidation_price,
        "remaining_ratio": risk.left,
        "warn_ratio": risk.ratio,
        "positions_at_risk": risk.at_risk,
        "open_positions": open_positions,
    }


def message_type(trade: Trade, order: Order, event: str) -> MessageType:
    """Return the message type of an order's event: `event` is "" (placed), "fill" or "cancel"."""
    side = "entry" if order.ft_order_side == trade.entry_side else "exit"
    return MessageType(f"{side}_{event}" if event else side)


def _made_by(trade: Trade, order: Order, estimated: float) -> float:
    """Return the profit of a filled exit with the actual fees, or the estimate if these are unknown."""
    position = position_of(trade)
    exact = position.knows_fees and position.last_exit is order
    return position.last_made if exact else estimated


def _exit_common(
    trade: Trade, order: Order, rate: float, current_rate: float | None, now: datetime
) -> dict[str, Any]:
    return _common(trade, order.order_type, rate, current_rate) | {
        "open_rate": trade.open_rate,
        "stake_amount": trade.stake_amount,
        "exit_reason": trade.exit_reason,
        "close_date": trade.close_date or now,
    }


def _common(trade: Trade, order_type: str | None, rate: float, current_rate: float | None) -> dict[str, Any]:
    return {
        "trade_id": trade.id,
        "exchange": trade.exchange.capitalize(),
        "pair": trade.pair,
        "leverage": trade.leverage,
        "direction": trade.trade_direction.capitalize(),
        "limit": rate,
        "order_rate": rate,
        "order_type": order_type or "unknown",
        "current_rate": current_rate,
        "buy_tag": trade.enter_tag,
        "enter_tag": trade.enter_tag,
        "open_date": trade.open_date,
        "stake_currency": trade.safe_quote_currency,
        "base_currency": trade.safe_base_currency,
        "quote_currency": trade.safe_quote_currency,
        "fiat_currency": None,
    }
