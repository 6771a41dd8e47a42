"""Report what happened to an order: log it and emit an event."""

import logging
from dataclasses import dataclass
from typing import Any, NamedTuple

from appliance.bot.decisions.decisions import Decisions
from appliance.bot.orders.event_fields import (
    entry_cancel_fields,
    entry_fields,
    exit_cancel_fields,
    exit_fields,
    message_type,
)
from appliance.bot.orders.order_steps import OrderStep, steps_of
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.domain.message import MessageType
from appliance.domain.order import STOP, Order
from appliance.domain.trade import Trade

log = logging.getLogger(__name__)


class OrderEvent(NamedTuple):
    """Hold what happened to an order, as of that moment: a log line and the message to emit, if any."""

    words: str
    message: tuple[MessageType, dict[str, Any]] | None
    steps: tuple[OrderStep, ...] = ()

    def emit(self, bus: EventBus) -> None:
        """Log it and emit its message."""
        log.info("%s", self.words)
        if self.message:
            kind, fields = self.message
            bus.emit(kind, **fields)


@dataclass(kw_only=True, eq=False)
class OrderEvents:
    """Report what happens to orders, in the log and on the event `bus`."""

    setup: Setup
    clock: Clock
    prices: Prices
    bus: EventBus
    decisions: Decisions

    def emit(self, event: OrderEvent) -> None:
        """Log what happened to an order, record it and emit its message."""
        for step in event.steps:
            self.record(step)
        event.emit(self.bus)

    def record(self, step: OrderStep) -> None:
        """Record a step about an order, without log line and message."""
        pair, kind, facts = step
        self.decisions.note(pair, kind, *facts)

    def report(self, trade: Trade, order: Order, event: str, reason: str = "") -> None:
        """Report an order as placed (event ""), filled ("fill") or cancelled ("cancel", with the reason)."""
        self.emit(self.prepared(trade, order, event, reason))

    def prepared(self, trade: Trade, order: Order, event: str, reason: str = "") -> OrderEvent:
        """Return what happened to an order, to be emitted now or once it is saved."""
        words = _in_words(trade, order, event, reason)
        steps = steps_of(trade, order, event, reason)
        if order.ft_order_side == STOP and event != "fill":
            return OrderEvent(words, None, steps)  # clients get no message about waiting stop orders
        message = message_type(trade, order, event), self._fields(trade, order, event, reason)
        return OrderEvent(words, message, steps)

    def _fields(self, trade: Trade, order: Order, event: str, reason: str) -> dict[str, Any]:
        entering = order.ft_order_side == trade.entry_side
        rate = self.prices.recent(trade.pair)
        now = self.clock.now()
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
            current = None if event == "fill" else rate
            fields = exit_fields(trade, order, filled=event == "fill", current_rate=current, now=now)
        fields["fiat_currency"] = self.setup.settings.fiat_display_currency or None
        return fields


def _in_words(trade: Trade, order: Order, event: str, reason: str) -> str:
    """Describe what happened to an order in one log line."""
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
