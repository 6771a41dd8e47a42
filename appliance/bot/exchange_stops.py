"""Keep a stop order on the exchange for every open trade, where wanted, so that it holds without us."""

import logging
from datetime import timedelta

from appliance.bot.order_request import OrderRequest
from appliance.bot.orders import Orders
from appliance.bot.trading import Trading
from appliance.domain.errors import ExchangeError, InvalidOrder
from appliance.domain.money import Rounding
from appliance.domain.order import STOP, Order
from appliance.domain.trade import Trade

log = logging.getLogger(__name__)

MOVED = "the stop has moved"
STANDARD_LIMIT_RATIO = 0.99
"""Where the limit of a stop-limit order lies, as a ratio of the stop price."""
STANDARD_INTERVAL = 60.0
"""Seconds between two moves of a stop order."""


class ExchangeStops:
    """Place stop orders and move them after the trades' stops."""

    def __init__(self, trading: Trading, orders: Orders) -> None:
        self._t = trading
        self._orders = orders

    async def keep_all(self) -> None:
        """See to the stop order of every open trade; trouble with one leaves the others alone."""
        if not self._t.resolved.order_types.get("stoploss_on_exchange"):
            return
        for trade in list(self._t.book.open.values()):
            try:
                async with self._t.acting:
                    if trade.is_open and trade.amount > 0 and not trade.has_open_orders:
                        await self._keep(trade)
            except ExchangeError as error:
                log.warning("Could not keep the stop order of %s: %s", trade.pair, error)

    async def _keep(self, trade: Trade) -> None:
        standing = trade.select_order(STOP, is_open=True)
        if standing is None:
            await self._place(trade)
        elif self._is_outdated(trade, standing):
            gone = await self._orders.cancel(trade, standing, MOVED)
            if gone and trade.is_open:
                await self._place(trade)

    async def _place(self, trade: Trade) -> None:
        types = self._t.resolved.order_types
        ratio = types.get("stoploss_on_exchange_limit_ratio") or STANDARD_LIMIT_RATIO
        stop = trade.stoploss_or_liquidation
        limit = stop * (2 - ratio if trade.is_short else ratio)
        request = OrderRequest(
            side=trade.exit_side,
            order_type=types["stoploss"],
            amount=trade.amount,
            rate=trade.price_rounded(limit, Rounding.UP if trade.is_short else Rounding.DOWN),
            stop_price=stop,
        )
        try:
            await self._orders.place(trade, request)
        except InvalidOrder as refusal:
            # The price is beyond the stop already: the next look at the trade's stop leaves it.
            log.warning("The stop order of %s was refused: %s", trade.pair, refusal)

    def _is_outdated(self, trade: Trade, standing: Order) -> bool:
        """Tell whether the order covers another amount, or the stop has moved and it is time to follow."""
        if standing.amount != trade.amount:
            return True
        if standing.stop_price == trade.stoploss_or_liquidation:
            return False
        interval = self._t.resolved.order_types.get("stoploss_on_exchange_interval") or STANDARD_INTERVAL
        return self._t.now() - standing.order_date >= timedelta(seconds=float(interval))
