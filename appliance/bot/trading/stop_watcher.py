"""Watch the stops of open trades independently of the cycle, and exit at once when one is hit.

The prices of all open pairs are fetched together, and only a trade whose price has passed its stop is checked
as in a cycle. Nothing here waits for candles, analysis, entries or another trade.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.concurrency.side_by_side import AT_ONCE
from appliance.bot.state.book import TradeBook
from appliance.bot.state.clock import Clock
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.bot.trading.exits import Exits
from appliance.bot.trading.stoploss_on_exchange import ExchangeStops
from appliance.bot.trading.trade_prices import FRESH_SECONDS
from appliance.domain.enums import ExitType
from appliance.domain.errors import ExchangeError
from appliance.domain.order import STOP, Order
from appliance.domain.trade import Trade
from appliance.exchange.priority import urgent
from appliance.rules.stop import stop_hit

log = logging.getLogger(__name__)

_STOPS = tuple(kind.value for kind in (ExitType.STOP_LOSS, ExitType.TRAILING_STOP_LOSS, ExitType.LIQUIDATION))
PRICES_SECONDS = 3.0
"""How long one check waits for prices."""
SLOT_SECONDS = 5.0
"""How long an exit occupies a slot; one that hangs does not block others longer."""
NEAR_RATIO = 0.01
"""If the best offer is this near to the stop, the exact price, deeper in the order book, is fetched."""


@dataclass(kw_only=True, eq=False)
class StopWatcher:
    """Check the prices of open trades repeatedly, and exit those that have passed their stop."""

    setup: Setup
    clock: Clock
    trades: TradeBook
    prices: Prices
    mutexes: PairMutexes
    isolation: TradeIsolation
    exits: Exits
    stops: ExchangeStops

    def __post_init__(self) -> None:
        self._updating_stops: asyncio.Task[None] | None = None
        self.runs = False
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._stays: set[int] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._failing = False

    async def run(self, is_wanted: Callable[[], bool]) -> None:
        """Watch until cancelled, at the configured pace, while `is_wanted`."""
        clock = asyncio.get_running_loop().time
        self.runs = True
        try:
            while True:
                began = clock()
                if is_wanted():
                    with self.isolation.looking_after("the stops of open trades"):
                        await self.check()
                # If each pair needs its own request, leave some of the rate limit to others.
                spent = clock() - began
                await asyncio.sleep(
                    max(self.setup.settings.internals.stop_check_secs - spent, min(spent, 1.0))
                )
        finally:
            self.runs = False
            await self._end()

    async def check(self) -> None:
        """Compare all prices with the stops once, and start the exits that are due. Raises nothing."""
        if self.runs and (self._updating_stops is None or self._updating_stops.done()):
            self._updating_stops = asyncio.create_task(self.stops.update_all(), name="stop orders")
        watched = [trade for trade in self.trades.open.values() if self._is_watched(trade)]
        if not watched:
            return
        with urgent():
            for trade, rate in await self._passed(watched):
                if trade.id not in self._under_way and self._is_watched(trade):
                    self._begin(trade, rate)

    async def check_and_wait(self) -> None:
        """Check once, and wait for the exits that are due, but not for one that hangs."""
        with self.isolation.looking_after("the stops of open trades"):
            await self.check()
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=SLOT_SECONDS)

    async def _end(self) -> None:
        """Cancel the tasks under way: the program is shutting down."""
        under_way = [*self._under_way.values(), *([self._updating_stops] if self._updating_stops else [])]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def cycle_ends(self) -> None:
        """Allow another check of trades that stayed open although their stop was hit, for example because the
        strategy did not confirm the exit: it is asked once per cycle."""
        self._stays.clear()

    def _is_watched(self, trade: Trade) -> bool:
        """Return whether the bot must watch a trade's stop: not if the exchange holds it or is selling."""
        if trade.amount <= 0 or not self.trades.has(trade) or trade.id in self._stays:
            return False
        exits = (order for order in trade.all_open_orders if order.ft_order_side != trade.entry_side)
        if any(order.is_unresolved or _is_stop(order) for order in exits):
            return False  # it waits on the exchange, or is being carried out
        return self.exits.back_off.may_try(trade.id)

    async def _passed(self, trades: list[Trade]) -> list[tuple[Trade, float | None]]:
        """Return the trades whose stop may be hit, with the rate if it is known exactly."""
        try:
            async with asyncio.timeout(PRICES_SECONDS):
                rates = await self.prices.nearest_exit_rates(trades)
        except (ExchangeError, TimeoutError) as error:
            if not self._failing:
                log.warning("The prices of open trades are unknown: %s", str(error) or "no answer")
            self._failing = True
            return []
        self._failing = False
        exact = self.prices.exits_by_top
        priced = [(trade, rates[trade.pair]) for trade in trades if trade.pair in rates]
        if not exact:
            return [(trade, None) for trade, rate in priced if _is_near(trade, rate)]
        for trade, rate in priced:
            self.trades.set_rate(trade.pair, rate)
        return [(trade, rate) for trade, rate in priced if stop_hit(trade, rate)]

    def _begin(self, trade: Trade, rate: float | None) -> None:
        task = asyncio.create_task(self._carry_out(trade, rate), name=f"stop of {trade.pair}")
        self._under_way[trade.id] = task
        task.add_done_callback(lambda _: self._under_way.pop(trade.id, None))

    async def _carry_out(self, trade: Trade, rate: float | None) -> None:
        priced_at = self.clock.monotonic()
        with self.isolation.looking_after(f"the stop of {trade.pair}"):
            async with self._slot(), self.mutexes.acting_on(trade.pair):
                if not self._is_watched(trade):
                    return
                if rate is None or self.clock.monotonic() - priced_at > FRESH_SECONDS:
                    rate = await self.prices.exit_rate(trade.pair, short=trade.is_short)
                if not stop_hit(trade, rate):
                    return
                await self.exits.check_trade(trade, rate)
                if self.trades.has(trade):
                    self._stays.add(trade.id)

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        """Occupy one of the few slots for exits, for `SLOT_SECONDS` at most."""
        await self._slots.acquire()
        left = asyncio.Event()

        def leave() -> None:
            if not left.is_set():
                left.set()
                self._slots.release()

        hangs = asyncio.get_running_loop().call_later(SLOT_SECONDS, leave)
        try:
            yield
        finally:
            hangs.cancel()
            leave()


def _is_stop(order: Order) -> bool:
    return order.ft_order_side == STOP or order.ft_order_tag in _STOPS


def _is_near(trade: Trade, rate: float) -> bool:
    """Return whether a rate is so near the stop that one deeper in the order book may have passed it."""
    return bool(stop_hit(trade, rate * (1 + NEAR_RATIO if trade.is_short else 1 - NEAR_RATIO)))
