"""Place, follow and cancel orders. What is about to be done is written down first, what happened is written
down before it is told."""

import logging
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec

from appliance.bot.calls import StrategyCalls
from appliance.bot.protections import Protections
from appliance.bot.trade_messages import (
    entry_cancel_fields,
    entry_fields,
    exit_cancel_fields,
    exit_fields,
    message_type,
)
from appliance.bot.trading import Trading
from appliance.domain.errors import InvalidOrder, OrderNotFound
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import Order
from appliance.domain.settle import settle
from appliance.domain.timeframe import next_open_ms, to_date, to_ms
from appliance.domain.trade import Trade
from appliance.rules.stop import move_stop

log = logging.getLogger(__name__)

AUTO_LOCK = "Auto lock"


STOP = "stoploss"
"""The side under which the database keeps stop orders."""


class OrderRequest(msgspec.Struct, frozen=True, kw_only=True):
    """State an order to place: `amount` in base currency, `rate` in quote currency.

    With a `stop_price` (quote currency) it waits on the exchange until the price reaches that.
    """

    side: str
    order_type: str
    amount: float
    rate: float
    tag: str | None = None
    time_in_force: str = "GTC"
    stop_price: float | None = None


class Orders:
    """Carry orders between trades and the exchange."""

    def __init__(self, trading: Trading, calls: StrategyCalls) -> None:
        self._t = trading
        self._calls = calls
        self.protections = Protections(trading)

    async def place(self, trade: Trade, request: OrderRequest) -> Order:
        """Write the order down, send it, and take over the answer.

        Raises `InvalidOrder` when the exchange refuses it; a trade that it should have begun is gone then.
        Any other error leaves the order written down as open: it is settled when the exchange can be asked.
        """
        client_id = f"a{uuid4().hex[:24]}"
        order = _written_down(trade, request, client_id, self._t.now())
        trade.orders.append(order)
        await self._t.keep(trade)
        try:
            seen = await self._send(trade, request, client_id)
        except InvalidOrder as refusal:
            await self._drop(trade, order, f"rejected: {refusal}", status="rejected")
            raise
        order.order_id = seen.id
        order.apply(seen, self._t.now())
        await self._t.keep(trade)
        self._announce(trade, order, "")
        if not order.ft_is_open:
            await self._finish(trade, order)
        return order

    async def _send(self, trade: Trade, request: OrderRequest, client_id: str) -> ExchangeOrder:
        if request.stop_price is not None:
            return await self._t.gateway.create_stop_order(
                pair=trade.pair,
                side=request.side,
                amount=request.amount,
                stop_price=request.stop_price,
                limit_price=request.rate if request.order_type == "limit" else None,
                client_order_id=client_id,
                leverage=trade.leverage,
            )
        return await self._t.gateway.create_order(
            pair=trade.pair,
            side=request.side,
            order_type=request.order_type,
            amount=request.amount,
            price=request.rate,
            client_order_id=client_id,
            time_in_force=request.time_in_force,
            leverage=trade.leverage,
        )

    async def refresh(self, trade: Trade, order: Order) -> ExchangeOrder | None:
        """Ask the exchange for an open order and take over what changed; None when it knows no such order."""
        try:
            seen = await self._t.gateway.fetch_order(order.order_id, trade.pair)
        except OrderNotFound:
            log.warning("%s does not know order %s of %s", self._t.gateway.name, order.order_id, trade.pair)
            await self._drop(trade, order, "unknown to the exchange")
            return None
        before = (order.status, order.filled)
        order.apply(seen, self._t.now())
        if not order.ft_is_open:
            await self._finish(trade, order)
        elif (order.status, order.filled) != before:
            await self._t.keep(trade)
        return seen

    async def cancel(self, trade: Trade, order: Order, reason: str, *, replacing: bool = False) -> bool:
        """Cancel an open order; tell whether it is gone. What it filled meanwhile counts.

        A trade whose only entry never filled disappears with it, unless the order is being replaced.
        """
        try:
            seen = await self._t.gateway.cancel_order(order.order_id, trade.pair)
        except OrderNotFound:
            await self._drop(trade, order, reason, keep_trade=replacing)
            return True
        order.apply(seen, self._t.now())
        if order.ft_is_open:
            await self._t.keep(trade)
            return False
        if order.status == "closed":
            await self._finish(trade, order)
            return True
        order.ft_cancel_reason = reason
        if order.safe_filled > 0:
            order.ft_cancel_reason = f"{reason}, partially filled"
            if order.ft_order_side == trade.exit_side:
                trade.exit_reason = None
            await self._finish(trade, order)
        else:
            await self._drop(trade, order, reason, keep_trade=replacing)
        return True

    async def _drop(
        self,
        trade: Trade,
        order: Order,
        reason: str,
        *,
        keep_trade: bool = False,
        status: str = "canceled",
    ) -> None:
        """Close an order that filled nothing; take an unborn trade away with it."""
        order.ft_is_open = False
        order.status = status
        order.ft_cancel_reason = reason
        if order.ft_order_side == trade.exit_side:
            trade.exit_reason = None
            trade.close_rate_requested = None
        unborn = trade.nr_of_successful_entries == 0 and not trade.open_orders
        if unborn and not keep_trade:
            await self._t.store.delete_trade(trade.id)
            self._t.book.forget(trade.id)
        else:
            await self._t.keep(trade)
        self._announce(trade, order, "cancel", reason)

    async def _finish(self, trade: Trade, order: Order) -> None:
        """Take a finished order into account: position, profit, stop, lock, messages."""
        now = self._t.now()
        if order.safe_filled <= 0:
            await self._drop(trade, order, order.ft_cancel_reason or f"{order.status} on the exchange")
            return
        settle(trade, order, now)
        if trade.is_open and order.ft_order_side == trade.entry_side:
            trade.adjust_stop_loss(trade.open_rate, self._t.resolved.stoploss, initial=True)
        await self._t.keep(trade)
        self._announce(trade, order, "fill")
        if not trade.is_open:
            await self._lock_until_next_candle(trade, now)
            await self.protections.after_exit(trade)
        await self._calls.order_filled(trade, order, now)
        if trade.is_open and self._calls.stop_asked_after_fill:
            await self._move_stop_after_fill(trade)
        if trade.changed_custom_data:
            await self._t.keep(trade)

    async def _move_stop_after_fill(self, trade: Trade) -> None:
        rate = await self._t.rates.exit_rate(trade.pair, short=trade.is_short)
        now = self._t.now()

        def decide() -> None:
            custom = self._calls.custom_stop(trade, now, after_fill=True)
            move_stop(trade, self._calls.stop_policy, rate, custom=custom, after_fill=True)

        await self._t.thread.run(decide)
        await self._t.keep(trade)

    async def _lock_until_next_candle(self, trade: Trade, now: datetime) -> None:
        """Keep the pair from being entered again within the same candle."""
        until = to_date(next_open_ms(self._t.resolved.timeframe, to_ms(now)))
        await self._t.lock_pair(trade.pair, until, reason=AUTO_LOCK, side=trade.trade_direction)

    def _announce(self, trade: Trade, order: Order, event: str, reason: str = "") -> None:
        log.info("%s", _in_words(trade, order, event, reason))
        if order.ft_order_side == STOP and event != "fill":
            return  # a stop that stands ready is no news
        entering = order.ft_order_side == trade.entry_side
        rate = self._t.book.rates.get(trade.pair)
        now = self._t.now()
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
        fields["fiat_currency"] = self._t.settings.fiat_display_currency or None
        self._t.announcer.announce(message_type(trade, order, event), **fields)


def _written_down(trade: Trade, request: OrderRequest, client_id: str, now: datetime) -> Order:
    return Order(
        ft_trade_id=trade.id,
        ft_order_side=request.side if request.stop_price is None else STOP,
        ft_pair=trade.pair,
        ft_amount=request.amount,
        ft_price=request.rate,
        order_id=client_id,
        client_order_id=client_id,
        status="new",
        symbol=trade.pair,
        order_type=request.order_type,
        side=request.side,
        price=request.rate,
        stop_price=request.stop_price,
        amount=request.amount,
        filled=0.0,
        remaining=request.amount,
        cost=0.0,
        order_date=now,
        ft_order_tag=request.tag,
        leverage=trade.leverage,
    )


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
