"""Trades and orders to reckon with."""

from datetime import UTC, datetime, timedelta

from appliance.domain.enums import TradingMode
from appliance.domain.order import Order
from appliance.domain.recalculate import book_order, revalue
from appliance.domain.trade import Trade

OPENED = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def new_trade(*, rate: float = 100.0, amount: float = 1.0, **fields: object) -> Trade:
    """Return a spot trade with fees of 0.1 %, not yet filled."""
    given = {
        "pair": "ETH/USDT",
        "exchange": "simulated",
        "base_currency": "ETH",
        "stake_currency": "USDT",
        "fee_open": 0.001,
        "fee_close": 0.001,
        "stake_amount": rate * amount,
        "open_date": OPENED,
    }
    trade = Trade(open_rate=rate, amount=amount, **(given | fields))
    if trade.is_short:
        trade.trading_mode = TradingMode.FUTURES
    trade.orders = []
    revalue(trade)
    return trade


def new_order(trade: Trade, side: str, amount: float, price: float, **fields: object) -> Order:
    """Return a finished order of `trade`, wholly filled `len(trade.orders)` minutes after opening."""
    given = {
        "ft_is_open": False,
        "status": "closed",
        "average": price,
        "filled": amount,
        "cost": amount * price,
        "order_date": OPENED,
        "order_filled_date": OPENED + timedelta(minutes=len(trade.orders)),
    }
    return Order(
        ft_order_side=side,
        ft_pair=trade.pair,
        ft_amount=amount,
        ft_price=price,
        order_id=f"o{len(trade.orders)}",
        amount=amount,
        price=price,
        **(given | fields),
    )


def fill(trade: Trade, side: str, amount: float, price: float, **fields: object) -> Order:
    """Add a finished order to `trade` and book_order it. `side` is "entry", "exit" or "stoploss"."""
    named = {"entry": trade.entry_side, "exit": trade.exit_side}.get(side, side)
    order = new_order(trade, named, amount, price, **fields)
    trade.orders.append(order)
    book_order(trade, order, order.order_filled_date or OPENED)
    return order
