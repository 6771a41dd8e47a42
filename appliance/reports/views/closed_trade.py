"""Show closed trades in full."""

from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.reports.views.time_format import as_text
from appliance.reports.views.trade import OrderView, TradeView, order_view, trade_view


class OrderRecord(OrderView, kw_only=True):
    """Show an order with the exchange's data (prices in quote currency)."""

    ft_is_entry: bool
    average: float | None = None
    price: float | None = None
    order_date: str | None = None
    order_filled_date: str | None = None
    funding_fee: float | None = None


class TradeRecord(TradeView, kw_only=True):
    """Show a closed trade. `trade_duration_s` in seconds, `trade_duration` in minutes."""

    trade_duration_s: int | None = None
    trade_duration: int | None = None
    precision_mode_price: int | None = None
    contract_size: float | None = None


class TradesPage(Struct, kw_only=True):
    """Hold one page: `trades_count` of `total_trades`, from `offset` on."""

    trades: list[TradeRecord]
    trades_count: int
    offset: int
    total_trades: int


def trade_record(trade: Trade) -> TradeRecord:
    """Show one closed trade."""
    shown = asdict(trade_view(trade))
    seconds = int((trade.close_date - trade.open_date).total_seconds()) if trade.close_date else None
    shown |= {
        "orders": [_order_record(trade, order) for order in trade.select_filled_or_open_orders()],
        "trade_duration_s": seconds,
        "trade_duration": seconds // 60 if seconds is not None else None,
        "precision_mode_price": trade.precision_mode_price,
        "contract_size": trade.contract_size,
    }
    return TradeRecord(**shown)


def _order_record(trade: Trade, order: Order) -> OrderRecord:
    shown: dict[str, Any] = asdict(order_view(order))
    return OrderRecord(
        **shown,
        ft_is_entry=order.ft_order_side == trade.entry_side,
        average=round(order.average, 8) if order.average else None,
        price=order.price,
        order_date=as_text(order.order_date),
        order_filled_date=as_text(order.order_filled_date),
        funding_fee=order.funding_fee,
    )
