"""Keep the trades in memory: the open ones whole, the closed ones summed up."""

from collections.abc import Iterable
from datetime import datetime

from appliance.domain.closed_trades import ClosedTrades
from appliance.domain.ledger import ClosedTrade, summed_up
from appliance.domain.lock import PairLock
from appliance.domain.order import Order
from appliance.domain.trade import Trade


class TradeBook:
    """Hold what the bot trades and has traded.

    `revision` grows with every change, `trades_revision` with those that are not of prices alone: whoever
    keeps an answer keeps it by these. `changed` has the revision at which each trade changed last, of those
    that did since the start. `closed_profit` is in stake currency.
    """

    def __init__(self) -> None:
        self.open: dict[int, Trade] = {}
        self.closed = ClosedTrades()
        self.rates: dict[str, float] = {}
        self.revision = 0
        self.trades_revision = 0
        self.changed: dict[int, int] = {}

    @property
    def closed_profit(self) -> float:
        return self.closed.profit

    def load(self, open_trades: Iterable[Trade], closed: Iterable[ClosedTrade]) -> None:
        """Take over what the database holds."""
        self.open = {trade.id: trade for trade in open_trades}
        self.closed = ClosedTrades.of(closed)
        self._changed()

    def touch(self, trade: Trade) -> None:
        """Note that `trade` is new or has changed; one that has closed moves to the closed ones.

        One that is open again after all leaves them, and one that made something else than was known is
        summed up anew.
        """
        was_open = trade.id in self.open  # so it is not among the closed ones
        if trade.is_open:
            if not was_open:
                self.closed.discard(trade.id)
            self.open[trade.id] = trade
        elif was_open:
            del self.open[trade.id]
            self.closed.add(summed_up(trade))
        else:
            self.closed.put(summed_up(trade))
        self._changed()
        self.changed[trade.id] = self.revision

    def forget(self, trade_id: int) -> None:
        """Drop a trade that never came to be, or that was deleted."""
        if self.open.pop(trade_id, None) is None:
            self.closed.discard(trade_id)
        self._changed()
        self.changed[trade_id] = self.revision

    def set_rate(self, pair: str, rate: float) -> None:
        """Note at what rate (quote currency) an open trade of `pair` would be exited now."""
        if self.rates.get(pair) != rate:
            self.rates[pair] = rate
            self.revision += 1

    def has(self, trade: Trade) -> bool:
        """Tell whether a trade is open still: somebody may have ended or deleted it meanwhile."""
        return self.open.get(trade.id) is trade

    def with_order(self, pair: str, order_id: str) -> tuple[Trade, Order] | None:
        """Return the open trade that has this order of the exchange's, and the order."""
        for trade in self.open.values():
            if trade.pair == pair and (order := trade.select_order_by_order_id(order_id)):
                return trade, order
        return None

    def of_pair(self, pair: str) -> Trade | None:
        """Return the open trade of `pair`, or None; the first of several (late fills reopen trades)."""
        return next((trade for trade in self.open.values() if trade.pair == pair), None)

    def _changed(self) -> None:
        self.revision += 1
        self.trades_revision += 1


class LockBook:
    """Hold the pair locks that may still act, in memory."""

    def __init__(self) -> None:
        self.locks: list[PairLock] = []

    def active(self, now: datetime) -> list[PairLock]:
        return [lock for lock in self.locks if lock.active and lock.lock_end_time > now]

    def holding(self, pair: str, side: str, now: datetime) -> PairLock | None:
        """Return the lock on `pair` (or on all pairs) that lasts longest, or None."""
        found = [lock for lock in self.locks if lock.holds(pair, side, now)]
        return max(found, key=lambda lock: lock.lock_end_time, default=None)
