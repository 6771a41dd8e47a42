"""Hold the trades in memory: open ones completely, closed ones as summaries."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from appliance.domain.closed_trades.summary import ClosedTrade, summary_of
from appliance.domain.closed_trades.table import ClosedTrades
from appliance.domain.enums import LockSide
from appliance.domain.lock import PairLock
from appliance.domain.order import Order
from appliance.domain.trade import Trade

PRESENT_SECONDS = 120.0
"""How old a price may be to count as current; older ones are dropped and not shown."""


class TradeBook:
    """Hold the bot's trades, open and closed.

    `revision` grows with every change, `trades_revision` with every change other than of prices: caches use
    them as keys. `changed` has the revision of the last change of each trade that changed since the start.
    `closed_profit` is in stake currency. `monotonic` counts seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.open: dict[int, Trade] = {}
        self.closed = ClosedTrades()
        self._monotonic = monotonic
        self._rates: dict[str, float] = {}
        self._priced_at: dict[str, float] = {}
        self._rates_until = float("inf")
        self._revision = 0
        self.trades_revision = 0
        self.changed: dict[int, int] = {}

    @property
    def closed_profit(self) -> float:
        return self.closed.profit

    def load(self, open_trades: Iterable[Trade], closed: Iterable[ClosedTrade]) -> None:
        """Replace everything with what the database has."""
        self.open = {trade.id: trade for trade in open_trades}
        self.closed = ClosedTrades.of(closed)
        self._changed()

    def touch(self, trade: Trade) -> None:
        """Note that `trade` is new or has changed; a closed one moves to the closed trades.

        A reopened trade leaves them, and a closed one that has changed is summarised again.
        """
        was_open = trade.id in self.open  # so it is not among the closed ones
        if trade.is_open:
            if not was_open:
                self.closed.discard(trade.id)
            self.open[trade.id] = trade
        elif was_open:
            del self.open[trade.id]
            self.closed.add(summary_of(trade))
        else:
            self.closed.put(summary_of(trade))
        self._changed()
        self.changed[trade.id] = self._revision

    def forget(self, trade_id: int) -> None:
        """Drop a trade that was never filled, or was deleted."""
        if self.open.pop(trade_id, None) is None:
            self.closed.discard(trade_id)
        self._changed()
        self.changed[trade_id] = self._revision

    @property
    def revision(self) -> int:
        self._forget_old_rates()
        return self._revision

    @property
    def rates(self) -> Mapping[str, float]:
        """The current exit rates by pair, in quote currency; pairs without a known rate are left out."""
        self._forget_old_rates()
        return self._rates

    def set_rate(self, pair: str, rate: float) -> None:
        """Set the current exit rate (quote currency) of `pair`."""
        self._forget_old_rates()
        self._priced_at[pair] = now = self._monotonic()
        self._rates_until = min(self._rates_until, now + PRESENT_SECONDS)
        if self._rates.get(pair) != rate:
            self._rates[pair] = rate
            self._revision += 1

    def priced_at(self, pair: str) -> float:
        """Return when the rate of `pair` was set last; minus infinity if none is known."""
        return self._priced_at.get(pair, float("-inf"))

    def has(self, trade: Trade) -> bool:
        """Return whether a trade is still open: it may have been closed or deleted meanwhile."""
        return self.open.get(trade.id) is trade

    def with_order(self, pair: str, order_id: str) -> tuple[Trade, Order] | None:
        """Return the open trade that has an order with this exchange id, and the order."""
        for trade in self.open.values():
            if trade.pair == pair and (order := trade.select_order_by_order_id(order_id)):
                return trade, order
        return None

    def of_pair(self, pair: str) -> Trade | None:
        """Return the open trade of `pair`, or None; the first of several (late fills reopen trades)."""
        return next((trade for trade in self.open.values() if trade.pair == pair), None)

    def _forget_old_rates(self) -> None:
        """Drop rates that are no longer current. Nearly all calls end after one comparison."""
        now = self._monotonic()
        if now < self._rates_until:
            return
        self._priced_at = {pair: at for pair, at in self._priced_at.items() if now - at < PRESENT_SECONDS}
        self._rates = {pair: rate for pair, rate in self._rates.items() if pair in self._priced_at}
        self._rates_until = min(self._priced_at.values(), default=float("inf")) + PRESENT_SECONDS
        self._revision += 1

    def _changed(self) -> None:
        self._revision += 1
        self.trades_revision += 1


class LockBook:
    """Hold the pair locks that may still be active, in memory."""

    def __init__(self) -> None:
        self.locks: list[PairLock] = []

    def active(self, now: datetime) -> list[PairLock]:
        return [lock for lock in self.locks if lock.active and lock.lock_end_time > now]

    def holding(self, pair: str, side: LockSide, now: datetime) -> PairLock | None:
        """Return the lock on `pair` (or on all pairs) that lasts longest, or None."""
        found = [lock for lock in self.locks if lock.holds(pair, side, now)]
        return max(found, key=lambda lock: lock.lock_end_time, default=None)
