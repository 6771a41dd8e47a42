"""Hold the books: trades and pair locks in memory and in the database. Changes are saved, then published."""

from dataclasses import dataclass
from datetime import datetime

from appliance.bot.state.book import LockBook, TradeBook
from appliance.bot.state.clock import Clock
from appliance.bot.state.pending_writes import PendingWrites
from appliance.domain.journal import JournalEntry
from appliance.domain.lock import PairLock
from appliance.domain.trade import Trade
from appliance.storage.store import Store


@dataclass
class Books:
    """Change trades and locks, in memory and on disk.

    `order_mark` is part of the client order ids of this bot. `lost` says what happened to the database while
    the bot was running: then there are no entries until the next start.
    """

    trades: TradeBook
    locks: LockBook
    store: Store
    pending: PendingWrites
    clock: Clock
    order_mark: str = ""
    lost: str = ""

    async def save(self, trade: Trade, *lines: JournalEntry) -> None:
        """Save a changed trade with journal `lines`, then publish the change.

        What cannot be written now stays in `pending`: the change is valid anyway.
        """
        await self.pending.save(trade, lines)
        self.trades.touch(trade)

    async def write_first(self, trade: Trade, *lines: JournalEntry) -> None:
        """Save a new or changed trade before an action. Raises `StorageError`: then do not act."""
        await self.pending.write_first(trade, lines)
        self.trades.touch(trade)

    async def forget(self, trade: Trade, *lines: JournalEntry) -> None:
        """Remove a trade from the books; its journal `lines` stay."""
        await self.pending.delete(trade.id, lines)
        self.trades.forget(trade.id)

    async def lock_pair(self, pair: str, until: datetime, *, reason: str | None, side: str = "*") -> PairLock:
        """Forbid entries of `pair` ("*": all) until `until` (UTC).

        An active lock of the same pair, side, reason and end is returned as it is.
        """
        for active in self.locks.active(self.clock.now()):
            same = (active.pair, active.side, active.reason, active.lock_end_time)
            if same == (pair, side, reason, until):
                return active
        lock = PairLock(pair=pair, side=side, reason=reason, lock_time=self.clock.now(), lock_end_time=until)
        self.locks.locks.append(lock)
        await self.pending.save_lock(lock)
        return lock

    async def release(self, lock: PairLock) -> None:
        """Lift a lock."""
        lock.active = False
        await self.pending.save_lock(lock)
