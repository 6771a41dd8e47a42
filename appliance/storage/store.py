"""Keep what the bot must not forget: trades with their orders, locks, start times, wallet history."""

import asyncio
from collections.abc import Collection, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from appliance.domain.audit import AuditLine, AuditRecord, Evidence, Head
from appliance.domain.closed_trades.table import ClosedTrades
from appliance.domain.journal import JournalEntry
from appliance.domain.lock import PairLock
from appliance.domain.order_state import OrderState
from appliance.domain.trade import Trade
from appliance.storage.audit_anchor import Anchor
from appliance.storage.audit_trail import AuditTrail
from appliance.storage.database.connections import in_one_turn
from appliance.storage.database.database import Database
from appliance.storage.file_watch import Fault, FileWatch
from appliance.storage.tables import (
    audit,
    closed_trades,
    custom_data,
    journal,
    keyvalue,
    locks,
    trades,
    wallet_history,
)
from appliance.storage.tables.custom_data import StoredValue
from appliance.storage.tables.journal import JournalPage
from appliance.storage.tables.outbox import Outbox
from appliance.storage.tables.wallet_history import WalletRecord
from appliance.threads import for_books

PROBE_BYTES = 65_536
"""A trade with a few orders takes a quarter of that."""
CHECKPOINT_FROM_BYTES = 4_000_000
"""From this size on the write-ahead log is checkpointed, once a cycle."""
T = TypeVar("T")


class Store:
    """Be what the rest of the program asks of the database.

    Every write is on disk when it returns, whole or not at all. A write once begun is carried through, even
    when whoever waits for it is cancelled. All methods raise StorageError.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.outbox = Outbox(database)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._trail = AuditTrail(database)
        self._watch: FileWatch | None = None
        self._checkpoint_from = CHECKPOINT_FROM_BYTES

    @classmethod
    async def open(cls, url: str) -> "Store":
        """Open the database at an SQLAlchemy-like `url`. Raises ConfigurationError, StorageError."""
        store = cls(await Database.open(url))
        await store._begin_to_watch()
        return store

    @classmethod
    async def beside(cls, url: str, *, writing: bool = False) -> "Store | None":
        """Open a database that a bot may be using: to read, or to add to its audit log.

        None where there is none yet, or none that this program has made. Raises as `open` does.
        """
        found = await Database.beside(url, writing=writing)
        return cls(found) if found else None

    @property
    def name(self) -> str:
        """The file of the database, as it is told to people."""
        return self._database.name

    @property
    def file(self) -> Path | None:
        """The file of the database; None for one in memory."""
        return self._database.file

    async def look_at_file(self, trades: Collection[int], *, closely: bool = False) -> Fault | None:
        """Return what somebody has done to the database's files, None if they are as they were.

        `trades` are ids that the database must have; `closely`: read its content in any case.
        """
        if self._watch is None:
            return None
        await self._database.hold_lock()
        fault = await for_books(self._watch.look, trades, closely=closely, committed=self._database.committed)
        if fault is None:
            size = await for_books(self._watch.log_bytes)
            if size > self._checkpoint_from or not self._watch.is_whole:
                await self._checkpoint()
        return fault

    async def _checkpoint(self) -> None:
        if self._watch is not None:
            whole = await self._database.checkpoint()
            await for_books(self._watch.checkpointed, whole=whole)

    def held(self) -> AbstractAsyncContextManager[None]:
        """Let writes wait until the block has ended: nothing is lost between a copy and `go_on_in`."""
        return self._database.held()

    async def copy_to(self, file: Path) -> None:
        """Write all that the open connection sees into a new database; inside `held`."""
        await self._database.copy_to(file)

    async def go_on_in(self, other: "Store") -> None:
        """Keep everything in the database of `other` from now on, which is not to be used; inside `held`."""
        await self._database.go_on_in(other._database)
        watch, self._watch = self._watch, other._watch
        self._checkpoint_from = 0  # people put this file alone in the place of the one before
        if watch is not None and self._database.file is not None:
            await for_books(watch.set_log_aside)
            await self._trail.move(self._database.file)

    async def _begin_to_watch(self) -> None:
        if self._database.file is not None:
            self._watch = await for_books(FileWatch, self._database.file)

    async def close(self) -> None:
        """End the writes under way, then close the database."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._database.close()

    # -- trades ----------------------------------------------------------------------------------------

    async def save(self, trade: Trade, *lines: JournalEntry) -> None:
        """Write a trade, its orders and changed custom data in one commit; new ones get their ids.

        `lines` of the journal are part of the same commit; those of a new trade get its id.
        """
        await self._carried_through(self._save(trade, lines))

    async def delete_trade(self, trade_id: int, *lines: JournalEntry) -> None:
        """Remove a trade with its orders and custom data; `lines` of the journal stay behind it."""
        await self._carried_through(self._delete_trade(trade_id, lines))

    async def trade(self, trade_id: int) -> Trade | None:
        async with self._database.snapshot() as connection:
            found = await trades.find(connection, "id = ?", (trade_id,))
        return found[0] if found else None

    async def trades(self, trade_ids: Sequence[int]) -> list[Trade]:
        """Return these trades, as far as they exist."""
        condition = "id IN (SELECT value FROM json_each(?))"
        async with self._database.snapshot() as connection:
            return await trades.find(connection, condition, (msgspec.json.encode(trade_ids).decode(),))

    async def open_trades(self) -> list[Trade]:
        """Return the open trades, first opened first."""
        async with self._database.snapshot() as connection:
            return await trades.find(connection, "is_open = 1 ORDER BY id")

    async def closed_trades(self) -> ClosedTrades:
        """Return the summaries of all closed trades, first closed first."""
        async with self._database.snapshot() as connection:
            return await closed_trades.read_all(connection)

    async def find_trades(
        self,
        pair: str | None = None,
        is_open: bool | None = None,
        open_date: datetime | None = None,
        close_date: datetime | None = None,
    ) -> list[Trade]:
        """Return the trades of a pair, open or closed, opened and closed *after* the dates; None: any."""
        async with self._database.snapshot() as connection:
            return await trades.filtered(connection, pair, is_open, open_date, close_date)

    # -- the rest --------------------------------------------------------------------------------------

    async def save_lock(self, lock: PairLock) -> None:
        """Write a lock; a new one gets its id."""
        await self._carried_through(self._save_lock(lock))

    async def locks(self, active_from: datetime) -> list[PairLock]:
        """Return the active locks that end after `active_from`."""
        async with self._database.snapshot() as connection:
            return await locks.active_after(connection, active_from)

    async def first_start(self, now: datetime) -> datetime:
        """Note that the bot starts `now`; return when it first ran with this database."""
        async with self._database.transaction() as connection:
            return await keyvalue.note_start(connection, now)

    async def order_mark(self, new: str) -> str:
        """Return the mark of this database's orders; `new` becomes it where there is none yet."""
        async with self._database.transaction() as connection:
            return await keyvalue.order_mark(connection, new)

    async def save_wallet_history(self, records: Sequence[WalletRecord]) -> None:
        """Write what the account holds; a record of the same moment and currency is replaced."""
        async with self._database.transaction() as connection:
            await wallet_history.put(connection, records)

    async def wallet_history(self, since: datetime) -> list[WalletRecord]:
        """Return what the account held from `since` on, oldest first."""
        async with self._database.snapshot() as connection:
            return await wallet_history.since(connection, since)

    async def history_began(self, now: datetime) -> datetime:
        """Return when the wallet history began; it begins `now` if it has not yet."""
        async with self._database.transaction() as connection:
            return await keyvalue.note_history(connection, now)

    async def custom_data(self, trade_ids: Sequence[int]) -> list[StoredValue]:
        """Return what strategies keep beside these trades, with its dates, oldest first."""
        async with self._database.snapshot() as connection:
            return await custom_data.entries_of(connection, trade_ids)

    # -- journal ---------------------------------------------------------------------------------------

    async def journal(self, *states: OrderState) -> list[JournalEntry]:
        """Return the journal's lines in any of `states`, oldest first."""
        async with self._database.snapshot() as connection:
            return await journal.in_states(connection, states)

    async def journal_since(self, moment: datetime) -> list[JournalEntry]:
        """Return the journal's lines that changed since then (UTC), and all that are not finished."""
        async with self._database.snapshot() as connection:
            return await journal.since(connection, moment)

    async def journal_changed(self) -> datetime | None:
        """Return when a line of the journal changed last (UTC); None where it has none."""
        async with self._database.snapshot() as connection:
            return await journal.changed(connection)

    async def newest_order(self) -> datetime | None:
        """Return when the newest order that the database knows was placed (UTC); None where it knows none."""
        async with self._database.snapshot() as connection:
            return await journal.newest_order(connection)

    async def traded_pairs(self, since: datetime) -> list[str]:
        """Return the pairs of trades that are open or were since then (UTC), and those of the journal."""
        async with self._database.snapshot() as connection:
            return await journal.pairs(connection, since)

    async def journal_entry(self, client_order_id: str) -> JournalEntry | None:
        async with self._database.snapshot() as connection:
            return await journal.find(connection, client_order_id)

    async def probe(self) -> None:
        """Find out whether the database can be written, with more than what a trade needs."""
        await self._carried_through(self._probe())

    async def journal_page(
        self,
        states: Sequence[OrderState] = (),
        pair: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> JournalPage:
        """Return one page of the journal, newest first; no `states` are all of them."""
        async with self._database.snapshot() as connection:
            return await journal.page(connection, states, pair, limit, offset)

    async def note_in_journal(self, entry: JournalEntry) -> None:
        """Write a line of the journal that no trade of the books goes with."""
        await self._carried_through(self._note_in_journal(entry))

    async def trade_with_order(self, pair: str, order_id: str) -> int | None:
        """Return the id of the trade, open or closed, that has this order of the exchange's."""
        async with self._database.snapshot() as connection:
            return await trades.with_order(connection, pair, order_id)

    # -- audit -----------------------------------------------------------------------------------------

    async def note(self, record: AuditRecord) -> AuditLine:
        """Add a line to the audit log, and keep its hash beside the database."""
        return await self._carried_through(self._trail.note(record))

    async def audit(self, limit: int | None = None, offset: int = 0) -> list[AuditLine]:
        """Return the audit log, first line first; with `limit` its newest lines but for `offset`."""
        async with self._database.snapshot() as connection:
            return await audit.read(connection, limit, offset)

    async def audit_head(self) -> Head:
        """Return number and hash of the audit log's last line."""
        async with self._database.snapshot() as connection:
            return (await in_one_turn(connection, audit.end)).head

    async def audit_anchor(self) -> Anchor:
        """Return what is kept beside the database."""
        return await self._trail.anchor() or Anchor()

    async def audit_evidence(self) -> Evidence:
        """Say how what is kept beside the database and the log stand to each other."""
        return await self._trail.evidence()

    async def audit_fault(self) -> str | None:
        """Say why the log is not known to be what was written; None if it is."""
        return (await self.audit_evidence()).words

    # -- ids are told only when they are on disk ---------------------------------------------------------

    async def _save(self, trade: Trade, lines: Sequence[JournalEntry]) -> None:
        changed: set[str] = set()
        try:
            async with self._database.transaction() as connection:
                changed, trade.changed_custom_data = trade.changed_custom_data, changed
                placed = list(trade.orders)
                trade_id, order_ids = await trades.put(connection, trade, changed)
                await journal.put(connection, [msgspec.structs.replace(x, trade_id=trade_id) for x in lines])
        except BaseException:
            trade.changed_custom_data |= changed
            raise
        # No wait since the commit: whoever saves the same trade next sees its ids.
        trade.id = trade_id
        for order, order_id in zip(placed, order_ids, strict=True):
            order.id, order.ft_trade_id = order_id, trade_id

    async def _delete_trade(self, trade_id: int, lines: Sequence[JournalEntry]) -> None:
        async with self._database.transaction() as connection:
            await trades.delete(connection, trade_id)
            await journal.put(connection, lines)

    async def _probe(self) -> None:
        async with self._database.transaction() as connection:
            await connection.execute("CREATE TABLE IF NOT EXISTS appliance_probe (filling BLOB)")
            await connection.execute("INSERT INTO appliance_probe VALUES (zeroblob(?))", (PROBE_BYTES,))
        async with self._database.transaction() as connection:
            await connection.execute("DROP TABLE appliance_probe")

    async def _note_in_journal(self, entry: JournalEntry) -> None:
        async with self._database.transaction() as connection:
            await journal.put(connection, [entry])

    async def _save_lock(self, lock: PairLock) -> None:
        async with self._database.transaction() as connection:
            lock_id = await locks.put(connection, lock)
        lock.id = lock_id

    async def _carried_through(self, write: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(write)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)
