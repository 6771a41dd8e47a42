"""Follow orders that have not filled: take over fills, cancel what waits too long, re-price at will."""

import logging
from datetime import datetime

from appliance.bot.calls import StrategyCalls
from appliance.bot.exits import REPLACED, Exits
from appliance.bot.order_request import STOP, OrderRequest, is_unsettled
from appliance.bot.orders import Orders
from appliance.bot.trading import Trading
from appliance.domain.enums import ExitType
from appliance.domain.errors import ExchangeError, InvalidOrder, Refused
from appliance.domain.order import Order
from appliance.domain.timeframe import candle_open_ms, to_ms
from appliance.domain.trade import Trade
from appliance.rules.exits import ExitReason
from appliance.rules.pricing import within_distance
from appliance.rules.timeouts import timed_out

log = logging.getLogger(__name__)

TIMED_OUT = "not filled in time"
AT_THE_END = "cancelled when the bot was stopped"
BY_STRATEGY = "cancelled by the strategy"


class OpenOrders:
    """Look after the open orders of all trades."""

    def __init__(self, trading: Trading, calls: StrategyCalls, orders: Orders, exits: Exits) -> None:
        self._t = trading
        self._calls = calls
        self._orders = orders
        self._exits = exits

    async def look_after_all(self) -> None:
        """Look at every open order once; trouble with one does not keep the others from being looked at."""
        for trade in list(self._t.book.open.values()):
            for order in trade.standing_orders:
                try:
                    async with self._t.acting:
                        if order.ft_is_open:
                            await self._look_after(trade, order)
                except (ExchangeError, Refused) as error:
                    log.warning("Could not look after order %s of %s: %s", order.order_id, trade.pair, error)

    async def cancel_all(self) -> None:
        """Cancel every open order: the bot is about to end."""
        for trade in list(self._t.book.open.values()):
            for order in trade.standing_orders:
                try:
                    await self._orders.cancel(trade, order, AT_THE_END)
                except ExchangeError as error:
                    log.warning("Order %s of %s stays open: %s", order.order_id, trade.pair, error)

    async def _look_after(self, trade: Trade, order: Order) -> None:
        await self._orders.refresh(trade, order)
        if is_unsettled(order) or not order.ft_is_open:
            return
        if order.ft_order_side == STOP:
            return  # it stands until it is reached
        now = self._t.now()
        if await self._waited_too_long(trade, order, now):
            await self._orders.cancel(trade, order, TIMED_OUT)
            if trade.is_open and order.ft_order_side == trade.exit_side:
                await self._leave_in_emergency(trade)
        else:
            await self._move(trade, order, now)

    async def _waited_too_long(self, trade: Trade, order: Order, now: datetime) -> bool:
        timeouts = self._t.unfilled_timeout
        entering = order.ft_order_side == trade.entry_side
        if timed_out(order, now, timeouts.entry if entering else timeouts.exit, timeouts.unit):
            return True
        return await self._calls.gives_up(trade, order, now)

    async def _leave_in_emergency(self, trade: Trade) -> None:
        """Leave at any price once exits have timed out as often as configured."""
        limit = self._t.unfilled_timeout.exit_timeout_count
        if not limit or trade.canceled_exit_order_count < limit:
            return
        log.warning("Leaving %s in an emergency: its exit did not fill %d times", trade.pair, limit)
        rate = await self._t.rates.exit_rate(trade.pair, short=trade.is_short)
        reason = ExitReason(ExitType.EMERGENCY_EXIT, ExitType.EMERGENCY_EXIT.value)
        await self._exits.leave(trade, rate, reason)

    async def _move(self, trade: Trade, order: Order, now: datetime) -> None:
        """Let the strategy re-price an order that stands since an earlier candle."""
        if not self._calls.adjusts_orders or not self._is_of_earlier_candle(order, now):
            return
        entering = order.ft_order_side == trade.entry_side
        ask = self._t.rates.entry_rate if entering else self._t.rates.exit_rate
        proposed = await ask(trade.pair, short=trade.is_short)
        wanted = await self._calls.order_price(trade, order, proposed, now)
        if wanted is None:
            await self._orders.cancel(trade, order, BY_STRATEGY)
            return
        wanted = trade.price_rounded(
            within_distance(wanted, proposed, self._t.settings.custom_price_max_distance_ratio)
        )
        if wanted != order.price:
            await self._replace(trade, order, wanted)

    async def _replace(self, trade: Trade, order: Order, rate: float) -> None:
        left = order.safe_remaining
        if not await self._orders.cancel(trade, order, REPLACED, replacing=True) or order.status == "closed":
            return
        request = OrderRequest(
            side=order.ft_order_side,
            order_type=order.order_type or "limit",
            amount=left,
            rate=rate,
            tag=order.ft_order_tag,
        )
        if order.ft_order_side == trade.exit_side:
            trade.exit_reason = order.ft_order_tag
        try:
            await self._orders.place(trade, request)
        except InvalidOrder as error:
            log.warning("Could not replace an order of %s: %s", trade.pair, error)

    def _is_of_earlier_candle(self, order: Order, now: datetime) -> bool:
        timeframe = self._t.resolved.timeframe
        return candle_open_ms(timeframe, to_ms(order.order_date)) < candle_open_ms(timeframe, to_ms(now))
