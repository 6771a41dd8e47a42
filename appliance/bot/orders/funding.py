"""Keep the funding fees of open positions up to date."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.concurrency.side_by_side import side_by_side
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.markets import Markets
from appliance.domain.errors import ExchangeError
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.exchange.gateway import FuturesData
from appliance.rules.funding import HOUR_MS, HeldPosition, charged_from, funding_fees

log = logging.getLogger(__name__)

_EVERY = timedelta(minutes=30)
LONGEST_SECONDS = 3.0
"""How long an order may wait for the funding fees of its position."""
_LATE = timedelta(minutes=1)
"""Exchanges report charges with a delay."""


@dataclass(kw_only=True, eq=False)
class Funding:
    """Calculate running funding fees from the exchange's public funding rates and mark prices."""

    clock: Clock
    books: Books
    markets: Markets
    mutexes: PairMutexes

    def __post_init__(self) -> None:
        self._round = -1
        self._calculated_until: dict[int, int] = {}

    async def refresh_where_due(self) -> None:
        """Recalculate the fees of every open position: at the start, and just after each half hour."""
        current = int((self.clock.now() - _LATE).timestamp() // _EVERY.total_seconds())
        if self.markets.futures is None or current == self._round:
            return
        self._round = current
        futures = self.markets.futures

        async def refresh(trade: Trade) -> None:
            async with self.mutexes.acting_on(trade.pair):
                if self.books.trades.has(trade) and await self._refresh(trade, futures):
                    await self.books.save(trade)

        await side_by_side(refresh, list(self.books.trades.open.values()))
        self._calculated_until = {
            key: until for key, until in self._calculated_until.items() if key in self.books.trades.open
        }

    async def before_order(self, trade: Trade) -> None:
        """Update the fees of a position whose size is about to change; the caller holds the pair.

        Nothing is fetched unless an hour has ended since the last calculation, and no order waits long for
        it: if the order closes the position, its profit then lacks the fees of the last hours.
        """
        futures = self.markets.futures
        if futures is None:
            return
        hour = to_ms(self.clock.now()) // HOUR_MS
        if self._calculated_until.get(trade.id, to_ms(trade.date_last_filled_utc)) // HOUR_MS < hour:
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    await self._refresh(trade, futures)
            except TimeoutError:
                log.warning("The order for %s is placed without waiting longer for funding fees", trade.pair)

    async def _refresh(self, trade: Trade, futures: FuturesData) -> bool:
        """Calculate one trade's fees since its last fill; return whether they have changed."""
        if trade.amount <= 0:
            return False
        now_ms = to_ms(self.clock.now())
        since = charged_from(trade.date_last_filled_utc, futures.grace_seconds)
        before = trade.funding_fee_running
        try:
            rates = await futures.fetch_funding_rates(trade.pair, since // HOUR_MS * HOUR_MS)
            marks = await futures.fetch_mark_candles(trade.pair, "1h", since_ms=since // HOUR_MS * HOUR_MS)
        except ExchangeError as error:
            log.warning("The funding fees of %s could not be updated: %s", trade.pair, error)
            return False
        received = funding_fees(
            rates,
            {int(opened): float(price) for opened, price in marks[:, :2]},
            HeldPosition(amount=trade.amount, is_short=trade.is_short, since_ms=since, until_ms=now_ms),
        )
        trade.note_funding(received)
        self._calculated_until[trade.id] = now_ms
        return received != (before or 0.0)
