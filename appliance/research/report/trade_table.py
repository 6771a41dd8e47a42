"""Put the trades of a page into columns, which its scripts list, filter and sort."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from appliance.domain.order import Order
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.research.report.packed import short
from appliance.research.report.windows import Window


class Texts:
    """Number texts, so that each is in the page once."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, text: str | None) -> int:
        """Return the number of a text; -1 for none."""
        return self._codes.setdefault(text, len(self._codes)) if text else -1

    def all(self) -> list[str]:
        return list(self._codes)


def trade_columns(trades: Sequence[Trade], windows: Mapping[int, Window], texts: Texts) -> dict[str, Any]:
    """Return the columns of trades, in their order; `windows` by place.

    Times in seconds since 1970, rates in quote currency, `profit` and `stake` in stake currency, `ratio` of
    the stake; pairs, tags and reasons are numbers of `texts`. `orders` has as many lists as trades.
    """
    none = Window(0, 0, 1)
    return {
        "id": [trade.id or place for place, trade in enumerate(trades, start=1)],
        "pair": [texts.code(trade.pair) for trade in trades],
        "short": [int(trade.is_short) for trade in trades],
        "leverage": [short(trade.leverage) for trade in trades],
        "opened": [to_ms(trade.open_date) // 1000 for trade in trades],
        "closed": [to_ms(trade.close_date or trade.open_date) // 1000 for trade in trades],
        "openRate": [short(trade.open_rate) for trade in trades],
        "closeRate": [short(trade.close_rate) for trade in trades],
        "stake": [short(trade.max_stake_amount or trade.stake_amount) for trade in trades],
        "profit": [short(trade.close_profit_abs or 0.0) for trade in trades],
        "ratio": [short(trade.close_profit or 0.0, 6) for trade in trades],
        "reason": [texts.code(trade.exit_reason) for trade in trades],
        "tag": [texts.code(trade.enter_tag) for trade in trades],
        "lowest": [short(trade.min_rate) for trade in trades],
        "highest": [short(trade.max_rate) for trade in trades],
        "firstStop": [short(trade.initial_stop_loss) for trade in trades],
        "lastStop": [short(trade.stop_loss or None) for trade in trades],
        "liquidation": [short(trade.liquidation_price) for trade in trades],
        "orders": [_orders(trade, texts) for trade in trades],
        "window": [_window(windows.get(place, none)) for place in range(len(trades))],
    }


def _orders(trade: Trade, texts: Texts) -> list[list[Any]]:
    """Return by filled order: 1 for an entry, seconds since 1970, price, amount, number of its tag."""
    return [_order(trade, order, texts) for order in _filled(trade.orders)]


def _filled(orders: Iterable[Order]) -> list[Order]:
    return [order for order in orders if order.safe_filled]


def _order(trade: Trade, order: Order, texts: Texts) -> list[Any]:
    return [
        int(order.ft_order_side == trade.entry_side),
        to_ms(order.order_filled_date or order.order_date) // 1000,
        short(order.safe_price),
        short(order.safe_filled),
        texts.code(order.ft_order_tag),
    ]


def _window(window: Window) -> list[int]:
    return [window.start, window.count, window.size]
