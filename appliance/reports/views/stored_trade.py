"""Show trades as `show-trades` of freqtrade does: what the database has, without current rates.

Units are those of `trade.py`; `average` and `price` in quote currency, `funding_fee` in stake currency.
"""

from typing import Any

from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.reports.views.time_format import as_text
from appliance.reports.views.trade import TradeView, order_view, trade_view

_FIELDS = """
trade_id pair base_currency quote_currency is_open exchange amount amount_requested stake_amount
max_stake_amount strategy enter_tag timeframe fee_open fee_open_cost fee_open_currency fee_close
fee_close_cost fee_close_currency open_date open_timestamp open_fill_date open_fill_timestamp open_rate
open_rate_requested open_trade_value close_date close_timestamp realized_profit realized_profit_ratio
close_rate close_rate_requested close_profit close_profit_pct close_profit_abs trade_duration_s
trade_duration profit_ratio profit_pct profit_abs exit_reason exit_order_status stop_loss_abs
stop_loss_ratio stop_loss_pct stoploss_last_update stoploss_last_update_timestamp initial_stop_loss_abs
initial_stop_loss_ratio initial_stop_loss_pct min_rate max_rate leverage interest_rate liquidation_price
is_short trading_mode funding_fees amount_precision price_precision precision_mode precision_mode_price
contract_size nr_of_successful_entries nr_of_successful_exits has_open_orders orders
"""
_ORDER_FIELDS = """
amount safe_price ft_order_side order_filled_timestamp ft_is_entry ft_order_tag cost pair order_id status
average filled is_open order_date order_timestamp order_filled_date order_type price remaining ft_fee_base
funding_fee
"""
"""In freqtrade's order."""


def stored_trade(trade: Trade) -> dict[str, Any]:
    """Return a trade with its orders, ready for JSON."""
    shown = trade_view(trade)
    own = _other_fields(trade)
    own["orders"] = [_stored_order(order, trade) for order in trade.select_filled_or_open_orders()]
    return {field: _value(shown, own, field) for field in _FIELDS.split()}


def _other_fields(trade: Trade) -> dict[str, Any]:
    """Return the fields that the API lacks, or rounds."""
    seconds = None
    if trade.close_date is not None:
        seconds = int((trade.close_date - trade.open_date).total_seconds())
    requested = trade.amount_requested
    return {
        "amount_requested": round(requested, 8) if requested else None,
        "strategy": trade.strategy,
        "timeframe": trade.timeframe,
        "trade_duration_s": seconds,
        "trade_duration": None if seconds is None else seconds // 60,
        "stop_loss_pct": trade.stop_loss_pct * 100 if trade.stop_loss_pct else None,
        "initial_stop_loss_pct": trade.initial_stop_loss_pct * 100 if trade.initial_stop_loss_pct else None,
        "precision_mode_price": trade.precision_mode_price,
        "contract_size": trade.contract_size,
    }


def _stored_order(order: Order, trade: Trade) -> dict[str, Any]:
    shown = order_view(order)
    own = {
        "cost": order.cost or 0,
        "ft_is_entry": order.ft_order_side == trade.entry_side,
        "status": order.status,
        "average": round(order.average, 8) if order.average else 0,
        "order_date": as_text(order.order_date),
        "order_filled_date": as_text(order.order_filled_date),
        "order_type": order.order_type,
        "price": order.price,
        "funding_fee": order.funding_fee,
    }
    return {field: own[field] if field in own else getattr(shown, field) for field in _ORDER_FIELDS.split()}


def _value(shown: TradeView, own: dict[str, Any], field: str) -> Any:
    return own[field] if field in own else getattr(shown, field)
