"""Store what outlives the process: trades with their orders, locks, start times, wallet history."""

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path

import msgspec

from appliance.domain.closed_trades.table import ClosedTrades
from appliance.domain.journal import JournalEntry
from appliance.domain.lock import PairLock
from appliance.domain.trade import Trade
from appliance.storage.audit_trail import AuditTrail
from appliance.storage.database.database import Database
from appliance.storage.database.schema import FREQTRADE_TABLES, quoted
from appliance.storage.file_watch import Fault, FileWatch
from appliance.storage.order_journal import OrderJournal
from appliance.storage.tables import (
    closed_trades,
    custom_data,
    journal,
    keyvalue,
    locks,
    trades,
    wallet_history,
)
from appliance.storage.tables.custom_data import StoredValue
from appliance.storage.tables.outbox import Outbox
from appliance.storage.tables.wallet_history import WalletRecord
from appliance.threads import for_books

PROBE_BYTES = 65_536
"""A trade with a few orders takes a quarter of that."""
CHECKPOINT_FROM_BYTES = 4_000_000
"""From this size on the write-ahead log is checkpointed, once a cycle."""


class Store:
    """Read and write the database; `journal`, `audit` and `outbox` are parts of it with methods of their own.

    Every write is on disk when it returns, whole or not at all. Once begun it is carried through, even when
    the caller is cancelled while waiting. All methods raise StorageError.
    """

    def __init__(self, database: Database) -> None:
        self.journal = OrderJournal(database)
        self.audit = AuditTrail(database)
        self.outbox = Outbox(database)
        self._database = database
        self._watch: FileWatch | None = None
        self._checkpoint_from = CHECKPOINT_FROM_BYTES

    @classmethod
    async def open(cls, url: str) -> "Store":
        """Open the database at an SQLAlchemy-like `url`. Raises ConfigurationError, StorageError."""
        database = await Database.open(url)
        store = cls(database)
        await store.watch_file()
        return store

    @classmethod
    async def beside(cls, url: str, *, writing: bool = False) -> "Store | None":
        """Open a database that a bot may be using: to read, or to add to its audit log.

        None where there is none yet, or none that this program has made. Raises as `open` does.
        """
        found = await Database.beside(url, writing=writing)
        return cls(found) if found else None

    @classmethod
    async def copied(cls, url: str) -> "Store | None":
        """Open a copy in memory of the database at `url`, of whatever version; the file stays as it is.

        None where there is none. Raises as `open` does.
        """
        found = await Database.in_memory(url)
        return cls(found) if found else None

    @property
    def name(self) -> str:
        """The file of the database, as log lines and errors name it."""
        return self._database.name

    @property
    def file(self) -> Path | None:
        """The file of the database; None for one in memory."""
        return self._database.file

    async def look_at_file(self, trades: Collection[int], *, closely: bool = False) -> Fault | None:
        """Return what another program has done to the database's files; None if they are intact.

        `trades` are ids that the database must have; `closely`: read the content in any case.
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
        """Hold back writes until the block ends, so that none is lost between a copy and `go_on_in`."""
        return self._database.held()

    async def copy_to(self, file: Path) -> None:
        """Copy all that the open connection reads into a new database; inside `held`."""
        await self._database.copy_to(file)

    async def go_on_in(self, other: "Store") -> None:
        """Use the database of `other` from now on; `other` must not be used any more. Inside `held`."""
        database, watch = other.give_up()
        await self._database.go_on_in(database)
        lost, self._watch = self._watch, watch
        self._checkpoint_from = 0  # users restore this file alone, without its write-ahead log
        if lost is not None and self._database.file is not None:
            await for_books(lost.set_log_aside)
            await self.audit.move(self._database.file)

    def give_up(self) -> tuple[Database, FileWatch | None]:
        """Return the open database and its watch, for another store to use."""
        return self._database, self._watch

    async def watch_file(self) -> None:
        """Start to watch the file of the database for changes by other programs."""
        if self._database.file is not None:
            self._watch = await for_books(FileWatch, self._database.file)

    async def close(self) -> None:
        """Wait for unfinished writes, then close the database."""
        await self._database.close()

    # -- trades ----------------------------------------------------------------------------------------

    async def save(self, trade: Trade, *lines: JournalEntry) -> None:
        """Write a trade, its orders and changed custom data in one commit; new ones get their ids.

        The journal `lines` are part of the same commit; those of a new trade get its id.
        """
        await self._database.complete(self._save(trade, lines))

    async def delete_trade(self, trade_id: int, *lines: JournalEntry) -> None:
        """Delete a trade with its orders and custom data, and write the journal `lines` about that."""
        await self._database.complete(self._delete_trade(trade_id, lines))

    async def trade(self, trade_id: int) -> Trade | None:
        async with self._database.snapshot() as connection:
            found = await trades.find(connection, "id = ?", (trade_id,))
        return found[0] if found else None

    async def trades(self, trade_ids: Sequence[int]) -> list[Trade]:
        """Return those of these trades that exist."""
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

    async def counts(self) -> dict[str, int]:
        """Return how many rows each table has that freqtrade has too, by its name."""
        found = {}
        async with self._database.snapshot() as connection:
            for table in FREQTRADE_TABLES:
                [(count,)] = await connection.execute_fetchall(f"SELECT count(*) FROM {quoted(table.name)}")
                found[table.name] = int(count)
        return found

    # -- locks, dates, balances, custom data ------------------------------------------------------------

    async def save_lock(self, lock: PairLock) -> None:
        """Write a lock; a new one gets its id."""
        await self._database.complete(self._save_lock(lock))

    async def locks(self, active_from: datetime) -> list[PairLock]:
        """Return the active locks that end after `active_from`."""
        async with self._database.snapshot() as connection:
            return await locks.active_after(connection, active_from)

    async def first_start(self, now: datetime) -> datetime:
        """Record that the bot starts `now`; return when it first ran with this database."""
        async with self._database.transaction() as connection:
            return await keyvalue.note_start(connection, now)

    async def order_mark(self, new: str) -> str:
        """Return the mark of this database's orders; where there is none yet, it is set to `new`."""
        async with self._database.transaction() as connection:
            return await keyvalue.order_mark(connection, new)

    async def save_wallet_history(self, records: Sequence[WalletRecord]) -> None:
        """Write what the account holds, replacing records of the same time and currency."""
        async with self._database.transaction() as connection:
            await wallet_history.put(connection, records)

    async def wallet_history(self, since: datetime) -> list[WalletRecord]:
        """Return what the account held from `since` on, oldest first."""
        async with self._database.snapshot() as connection:
            return await wallet_history.since(connection, since)

    async def history_began(self, now: datetime) -> datetime:
        """Return when the wallet history began; it begins `now` if there is none yet."""
        async with self._database.transaction() as connection:
            return await keyvalue.note_history(connection, now)

    async def custom_data(self, trade_ids: Sequence[int]) -> list[StoredValue]:
        """Return the strategies' custom data of these trades with its dates, oldest first."""
        async with self._database.snapshot() as connection:
            return await custom_data.values_of(connection, trade_ids)

    async def trade_with_order(self, pair: str, order_id: str) -> int | None:
        """Return the id of the trade, open or closed, that has this order of the exchange."""
        async with self._database.snapshot() as connection:
            return await trades.with_order(connection, pair, order_id)

    async def probe(self) -> None:
        """Check that the database can be written, with more data than a trade needs."""
        await self._database.complete(self._probe())

    # -- ids are set only once they are on disk ----------------------------------------------------------

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
        # No await since the commit: the next save of the same trade has its ids.
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

    async def _save_lock(self, lock: PairLock) -> None:
        async with self._database.transaction() as connection:
            lock_id = await locks.put(connection, lock)
        lock.id = lock_id
