"""Hold changes that are not on disk yet. They are written before anything else, and nothing new starts first.

What the exchange has reported is true whether or not the disk can store it: it stays in memory, and the bot
continues to protect trades with it. If the bot ends before it is written, the next start fetches it from the
exchange again.

A record that can never be written as it is does not count as trouble with the database: it is set aside and
reported, its orders are written to the journal alone, and everything else continues. Each change and cycle
tries again.
"""

import asyncio
import logging
import time
from collections.abc import Sequence

from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.unwritable_records import UnwritableRecords
from appliance.domain.errors import StorageError, UnwritableRecord
from appliance.domain.journal import JournalEntry
from appliance.domain.lock import PairLock
from appliance.domain.message import MessageType
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.storage.store import Store

log = logging.getLogger(__name__)

Lines = dict[str, JournalEntry]
"""The newest journal line of each order, by client order id."""

PROTECTED = (
    "Nothing is added to it; its exits and stops are still sent, and written to the order journal"
    " alone; other trades are not affected. After a restart it is restored from the database and its orders"
)


class PendingWrites:
    """Write trades and locks, now or as soon as possible; report once that it fails, and once that it works
    again."""

    def __init__(self, store: Store, events: EventBus) -> None:
        self._store = store
        self._events = events
        self._trades: dict[int, tuple[Trade, Lines]] = {}
        self._gone: dict[int, Lines] = {}
        self._locks: list[PairLock] = []
        self._aside_trades: dict[int, Trade] = {}
        self._aside_gone: set[int] = set()
        self._aside_locks: list[PairLock] = []
        self.aside = UnwritableRecords(events)
        self._writing = asyncio.Lock()
        self._troubled_at = 0.0
        self.in_trouble = False
        """Whether the last attempt to write the database failed."""

    def __len__(self) -> int:
        return len(self._trades) + len(self._gone) + len(self._locks)

    @property
    def waiting_seconds(self) -> float:
        """For how many seconds the database could not be written; 0 if the last attempt succeeded."""
        return time.monotonic() - self._troubled_at if self.in_trouble else 0.0

    def is_aside(self, trade: Trade) -> bool:
        """Return whether a trade is in memory alone because it cannot be written as it is."""
        return trade.id in self._aside_trades

    def trade(self, trade_id: int) -> Trade | None:
        """Return a trade whose newest version is not in the database; None for any other."""
        waiting, _ = self._trades.get(trade_id, (None, {}))
        return waiting or self._aside_trades.get(trade_id)

    def with_order(self, pair: str, order_id: str) -> tuple[Trade, Order] | None:
        """Return such a trade that has an order with this exchange id, and the order."""
        waiting = [trade for trade, _ in self._trades.values()]
        for trade in [*waiting, *self._aside_trades.values()]:
            if trade.pair == pair and (order := trade.select_order_by_order_id(order_id)):
                return trade, order
        return None

    async def save(self, trade: Trade, lines: Sequence[JournalEntry] = ()) -> None:
        """Write a trade now or later.

        Raises `StorageError` for a trade that the database does not have yet.
        """
        if not trade.id:
            await self.write_first(trade, lines)
            return
        self._note(trade, _by_order(lines))
        await self._write_unless_in_trouble()

    async def delete(self, trade_id: int, lines: Sequence[JournalEntry] = ()) -> None:
        """Delete a trade from the database, now or later; its journal lines stay."""
        _, unsaved = self._trades.pop(trade_id, (None, {}))
        self._aside_trades.pop(trade_id, None)
        self.aside.gone(("trade", trade_id))
        self._gone[trade_id] = self._gone.get(trade_id, {}) | unsaved | _by_order(lines)
        await self._write_unless_in_trouble()

    async def save_lock(self, lock: PairLock) -> None:
        """Write a new or changed lock, now or later."""
        self._remember(lock)
        await self._write_unless_in_trouble()

    async def write_first(self, trade: Trade, lines: Sequence[JournalEntry] = ()) -> None:
        """Write what is about to be done, after everything that is unsaved.

        Raises `StorageError`: then do not do it. If the trade itself can never be written, `lines` that
        protect it (exits, stops) are written alone, which is enough; others raise `UnwritableRecord`, which
        has been reported.
        """
        async with self._writing:
            try:
                await self._write()
                await self._write_now(trade, lines)
            except UnwritableRecord as error:
                self.aside.report_once(f"An order of {trade.pair} is not sent: {error}")
                raise
            except StorageError as error:
                self.failed(error)
                raise
            self._mended()

    async def retry(self) -> None:
        """Write what is unsaved or set aside, and check whether the database can be written."""
        self._take_up_again()
        if not self.in_trouble and not len(self):
            return
        async with self._writing:
            try:
                await self._write()
                if self.in_trouble:
                    await self._store.probe()
            except StorageError as error:
                self.failed(error)
            else:
                self._mended()

    def failed(self, error: StorageError) -> None:
        """Note that the database could not be written; the first of consecutive failures is reported.

        A record that can never be written is reported, and does not count as trouble with the database.
        """
        if isinstance(error, UnwritableRecord):
            self.aside.report_once(f"A record could not be written: {error}")
            return
        if self.in_trouble:
            return
        self.in_trouble = True
        self._troubled_at = time.monotonic()
        self._warn(
            f"{error}. Until then no entries; open trades are protected as far as possible;"
            " the bot recovers by itself"
        )

    def log_unwritten(self) -> None:
        """Log at shutdown what is not in the database."""
        for reason in self.aside.reasons:
            log.error("The program ends, and %s", reason)

    def _mended(self) -> None:
        if self.in_trouble:
            self.in_trouble = False
            self._warn("The database can be written again, and nothing is missing in it: trading continues")

    def _warn(self, text: str) -> None:
        log.warning("%s", text)
        self._events.emit(MessageType.WARNING, status=text)

    def _note(self, trade: Trade, lines: Lines) -> None:
        _, before = self._trades.pop(trade.id, (trade, {}))
        self._trades[trade.id] = (trade, before | lines)

    def _take_up_again(self) -> None:
        """Queue what was set aside for another try: the cause may be gone."""
        for trade in self._aside_trades.values():
            self._trades.setdefault(trade.id, (trade, {}))
        for trade_id in self._aside_gone:
            self._gone.setdefault(trade_id, {})
        for lock in self._aside_locks:
            self._remember(lock)

    async def _write_unless_in_trouble(self) -> None:
        """Write at once. In trouble the next cycle writes: each attempt may wait seconds for a lock."""
        if self.in_trouble:
            return
        async with self._writing:
            try:
                await self._write()
            except StorageError as error:
                self.failed(error)

    async def _write(self) -> None:
        """Write everything, each trade with its lines in one commit; set aside what can never be written.

        Raises `StorageError`, never `UnwritableRecord`; the rest stays queued. Each record is dequeued before
        it is written, so that a change meanwhile is not lost.
        """
        while self._trades:
            trade, lines = self._trades.pop(next(iter(self._trades)))
            try:
                await self._write_trade(trade, lines)
            except BaseException:  # a cancelled write may not have happened: queue it again
                self._put_back(trade, lines)
                raise
        while self._gone:
            trade_id, lines = self._gone.popitem()
            try:
                await self._write_deletion(trade_id, lines)
            except BaseException:  # the same
                self._gone[trade_id] = lines | self._gone.get(trade_id, {})
                raise
        while self._locks:
            lock = self._locks.pop(0)
            try:
                await self._write_lock(lock)
            except BaseException:  # the same
                self._remember(lock)
                raise

    # -- records that can never be written -------------------------------------------------------------

    async def _write_now(self, trade: Trade, lines: Sequence[JournalEntry]) -> None:
        """Write a trade with the lines of an intended action. Raises `StorageError`: then do not act."""
        try:
            await self._store.save(trade, *lines)
        except UnwritableRecord as error:
            if not trade.id or any(line.side == trade.entry_side for line in lines):
                raise
            for line in lines:
                await self._store.journal.put(line)
            self._set_aside(trade, error)
        else:
            self._no_longer_aside(trade)

    async def _write_trade(self, trade: Trade, lines: Lines) -> None:
        try:
            await self._store.save(trade, *lines.values())
        except UnwritableRecord as error:
            if await self._write_alone(lines):
                self._no_longer_aside(trade)
                return await self._write_trade(trade, {})  # a line was the cause; the trade may be valid
            self._set_aside(trade, error)
        else:
            self._no_longer_aside(trade)

    async def _write_alone(self, lines: Lines) -> bool:
        """Write each journal line by itself; return whether one could not be written."""
        wrong = False
        for line in lines.values():
            try:
                await self._store.journal.put(line)
            except UnwritableRecord as error:
                wrong = True
                self.aside.report_once(
                    f"The order journal could not record that order {line.client_order_id} of {line.pair} is"
                    f" {line.state.value}: {error}"
                )
        return wrong

    async def _write_deletion(self, trade_id: int, lines: Lines) -> None:
        what, key = f"The deletion of trade {trade_id}", ("gone", trade_id)
        try:
            await self._store.delete_trade(trade_id, *lines.values())
        except UnwritableRecord as error:
            if await self._write_alone(lines):
                return await self._write_deletion(trade_id, {})
            self._aside_gone.add(trade_id)
            self.aside.add(key, what, error, "A restart would restore the trade; every cycle tries again")
        else:
            self._aside_gone.discard(trade_id)
            self.aside.written(key, what)

    async def _write_lock(self, lock: PairLock) -> None:
        what, key = f"A lock of {lock.pair}", ("lock", id(lock))
        self._aside_locks = [other for other in self._aside_locks if other is not lock]
        try:
            await self._store.save_lock(lock)
        except UnwritableRecord as error:
            self._aside_locks.append(lock)
            self.aside.add(key, what, error, "It holds until the program ends")
        else:
            self.aside.written(key, what)

    def _set_aside(self, trade: Trade, error: UnwritableRecord) -> None:
        self._aside_trades[trade.id] = trade
        self.aside.add(("trade", trade.id), _named(trade), error, PROTECTED)

    def _no_longer_aside(self, trade: Trade) -> None:
        self._aside_trades.pop(trade.id, None)
        self.aside.written(("trade", trade.id), _named(trade))

    # -- queueing --------------------------------------------------------------------------------------

    def _remember(self, lock: PairLock) -> None:
        if all(lock is not other for other in self._locks):
            self._locks.append(lock)

    def _put_back(self, trade: Trade, lines: Lines) -> None:
        """Queue again what could not be written, unless the trade was deleted meanwhile; newer lines win."""
        if trade.id in self._gone:
            self._gone[trade.id] = lines | self._gone[trade.id]
            return
        _, newer = self._trades.get(trade.id, (trade, {}))
        self._trades[trade.id] = (trade, lines | newer)


def _by_order(lines: Sequence[JournalEntry]) -> Lines:
    return {line.client_order_id: line for line in lines}


def _named(trade: Trade) -> str:
    return f"Trade {trade.id} in {trade.pair}"
