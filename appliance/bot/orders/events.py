"""Tell what happened to an order: in the log, and to everybody who listens."""

import logging
from typing import Any, NamedTuple

from appliance.bot.orders.event_fields import (
    entry_cancel_fields,
    entry_fields,
    exit_cancel_fields,
    exit_fields,
    message_type,
)
from appliance.bot.state.context import Trading
from appliance.domain.message import MessageType
from appliance.domain.order import STOP, Order
from appliance.domain.trade import Trade

log = logging.getLogger(__name__)


class News(NamedTuple):
    """Hold what happened to an order, as things stood then: a line of the log, and a message if it is one."""

    words: str
    message: tuple[MessageType, dict[str, Any]] | None

    def spread(self, trading: Trading) -> None:
        """Tell it."""
        log.info("%s", self.words)
        if self.message:
            kind, fields = self.message
            trading.announcer.announce(kind, **fields)


def tell(trading: Trading, trade: Trade, order: Order, event: str, reason: str = "") -> None:
    """Tell that an order was placed (event ""), filled ("fill") or cancelled ("cancel", with the reason)."""
    news(trading, trade, order, event, reason).spread(trading)


def news(trading: Trading, trade: Trade, order: Order, event: str, reason: str = "") -> News:
    """Say what happened to an order, to be told now or once it is written down."""
    words = _in_words(trade, order, event, reason)
    if order.ft_order_side == STOP and event != "fill":
        return News(words, None)  # a stop that stands ready is nothing to tell others
    return News(words, (message_type(trade, order, event), _fields(trading, trade, order, event, reason)))


def _fields(trading: Trading, trade: Trade, order: Order, event: str, reason: str) -> dict[str, Any]:
    entering = order.ft_order_side == trade.entry_side
    rate = trading.rates.recent(trade.pair)
    now = trading.now()
    fields: dict[str, Any]
    if event == "cancel":
        fields = (
            entry_cancel_fields(trade, order, reason, current_rate=rate)
            if entering
            else exit_cancel_fields(trade, order, reason, current_rate=rate, now=now)
        )
    elif entering:
        fields = entry_fields(trade, order, filled=event == "fill", current_rate=rate)
    else:
        told = None if event == "fill" else rate
        fields = exit_fields(trade, order, filled=event == "fill", current_rate=told, now=now)
    fields["fiat_currency"] = trading.settings.fiat_display_currency or None
    return fields


def warn(trading: Trading, text: str) -> None:
    """Tell what somebody should look at: in the log, and to everybody who listens."""
    log.warning("%s", text)
    trading.announcer.announce(MessageType.WARNING, status=text)


def _in_words(trade: Trade, order: Order, event: str, reason: str) -> str:
    """Say what happened to an order in one line of the log."""
    doing = {"": "placed", "fill": "filled", "cancel": "cancelled"}[event]
    amount = order.safe_filled if event == "fill" else order.safe_amount
    kind = f"{order.order_type} {order.ft_order_side}"
    text = f"{trade.pair}: {kind} {doing}, {amount:.8g} at {order.safe_price:.8g}"
    if order.ft_order_tag:
        text += f" ({order.ft_order_tag})"
    if event == "fill" and not trade.is_open:
        text += f"; closed with {trade.realized_profit:+.2f} {trade.stake_currency}"
        text += f" ({(trade.close_profit or 0) * 100:+.2f} %)"
    return f"{text}: {reason}" if reason else text
