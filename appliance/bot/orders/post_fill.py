"""Handle what follows a fill: lock the pair, run protections and strategy callbacks, move stops."""

import logging
from dataclasses import dataclass
from datetime import datetime

from appliance.bot.concurrency.strategy_thread import StrategyThread
from appliance.bot.orders.protections import Protections
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.strategy_host.callbacks import StrategyCalls
from appliance.domain.errors import ExchangeError
from appliance.domain.order import Order
from appliance.domain.timeframe import next_open_ms, to_date, to_ms
from appliance.domain.trade import Trade
from appliance.rules.stop import move_stop

log = logging.getLogger(__name__)

AUTO_LOCK = "Auto lock"


@dataclass(kw_only=True, eq=False)
class PostFill:
    """Handle the consequences of a fill that is saved and announced."""

    setup: Setup
    clock: Clock
    books: Books
    prices: Prices
    thread: StrategyThread
    calls: StrategyCalls
    protections: Protections

    async def of_fill(self, trade: Trade, order: Order, now: datetime) -> None:
        """Handle a finished order of a trade."""
        await self.calls.order_filled(trade, order, now)
        if not trade.is_open:
            # After the callback: locks that the strategy lifts there are older ones.
            await self.of_close(trade, now)
        if trade.is_open and self.calls.stop_asked_after_fill:
            await self._move_stop(trade)
        if trade.changed_custom_data:
            await self.books.save(trade)

    async def of_close(self, trade: Trade, now: datetime) -> None:
        """Lock the pair of a closed trade, and run the protections."""
        await self._lock_until_next_candle(trade, now)
        await self.protections.after_exit(trade)

    async def _move_stop(self, trade: Trade) -> None:
        try:
            rate = await self.prices.exit_rate(trade.pair, short=trade.is_short)
        except ExchangeError as error:  # the next cycle moves the stop
            log.info("%s: the stop does not follow the fill yet: %s", trade.pair, error)
            return
        now = self.clock.now()

        def decide() -> None:
            custom = self.calls.custom_stop(trade, now, after_fill=True)
            move_stop(trade, self.calls.stop_policy, rate, custom=custom, after_fill=True)

        await self.thread.run(decide)
        await self.books.save(trade)

    async def _lock_until_next_candle(self, trade: Trade, now: datetime) -> None:
        """Prevent another entry of the pair within the same candle."""
        until = to_date(next_open_ms(self.setup.resolved.timeframe, to_ms(now)))
        await self.books.lock_pair(trade.pair, until, reason=AUTO_LOCK, side=trade.trade_direction)
