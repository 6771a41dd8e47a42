"""Write trades and locks in the form that freqtrade's results have them."""

from collections.abc import Sequence
from typing import Any

from appliance.domain.lock import PairLock
from appliance.domain.order import Order
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.research.results.statistics.columns import closing_date

_PLACES = 8


def trade_records(trades: Sequence[Trade], *, weekday: bool = True) -> list[dict[str, Any]]:
    """Return trades by freqtrade's names, as they closed; dates as texts with their zone, `_timestamp` in ms.

    `trade_duration` in minutes, `weekday` that of the close, 0 is Monday.
    """
    return [_record(trade, weekday=weekday) for trade in trades]


def lock_records(locks: Sequence[PairLock]) -> list[dict[str, Any]]:
    """Return locks by freqtrade's names; locks of a backtest have no id."""
    return [lock.to_json() | {"id": None} for lock in locks]


def _record(trade: Trade, *, weekday: bool) -> dict[str, Any]:
    closed = closing_date(trade)
    return {
        "pair": trade.pair,
        "stake_amount": round(trade.stake_amount, _PLACES),
        "max_stake_amount": round(trade.max_stake_amount, _PLACES) if trade.max_stake_amount else None,
        "amount": round(trade.amount, _PLACES),
        "open_date": str(trade.open_date),
        "close_date": str(closed),
        "open_rate": trade.open_rate,
        "close_rate": trade.close_rate,
        "fee_open": trade.fee_open,
        "fee_close": trade.fee_close,
        "trade_duration": int((closed - trade.open_date).total_seconds()) // 60,
        "profit_ratio": trade.close_profit,
        "profit_abs": trade.close_profit_abs,
        "exit_reason": trade.exit_reason,
        "initial_stop_loss_abs": trade.initial_stop_loss,
        "initial_stop_loss_ratio": trade.initial_stop_loss_pct or None,
        "stop_loss_abs": trade.stop_loss,
        "stop_loss_ratio": trade.stop_loss_pct or None,
        "min_rate": trade.min_rate,
        "max_rate": trade.max_rate,
        "is_open": trade.is_open,
        "enter_tag": trade.enter_tag or "",
        "leverage": trade.leverage,
        "is_short": trade.is_short,
        "open_timestamp": to_ms(trade.open_date),
        "close_timestamp": to_ms(closed),
        "orders": _orders(trade),
        "funding_fees": trade.funding_fees or 0.0,
        **({"weekday": closed.weekday()} if weekday else {}),
    }


def _orders(trade: Trade) -> list[dict[str, Any]]:
    records = [_order(order, trade.entry_side) for order in trade.select_filled_or_open_orders()]
    if records and records[0]["ft_order_tag"] is None:
        records[0]["ft_order_tag"] = trade.enter_tag or ""
    return records


def _order(order: Order, entry_side: str) -> dict[str, Any]:
    filled = order.order_filled_date
    return {
        "amount": order.safe_amount,
        "safe_price": order.safe_price,
        "ft_order_side": order.ft_order_side,
        "order_filled_timestamp": to_ms(filled) if filled else None,
        "ft_is_entry": order.ft_order_side == entry_side,
        "ft_order_tag": order.ft_order_tag,
        "cost": order.cost or 0,
    }
