"""Check in each cycle whether the database's files were removed or corrupted, and continue in a safe copy.

From then on there are no entries until the bot is restarted. Exits and stops continue:
they are written to the copy, which is beside the database and can replace it.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from appliance.bot.state.audit import PROGRAM, Audit
from appliance.bot.state.books import Books
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.inflight import InFlightOrders
from appliance.domain.errors import StorageError
from appliance.storage.file_watch import Fault
from appliance.storage.memory_copy import Memory, write_memory
from appliance.storage.safe_copy import copy_files, discard
from appliance.storage.store import Store

log = logging.getLogger(__name__)


@dataclass(kw_only=True, eq=False)
class DatabaseWatch:
    """Check the database's files, and save a copy when something has happened to them."""

    books: Books
    inflight: InFlightOrders
    events: EventBus
    audit: Audit

    async def check(self) -> None:
        """Check once; a fault is reported, and trading continues in a safe copy."""
        closely = self.books.pending.in_trouble
        try:
            fault = await self.books.store.look_at_file(self._written(), closely=closely)
        except StorageError as error:  # no checkpoint, on a full disk for example
            self.books.pending.failed(error)
            return
        if fault is not None:
            await self._save(fault)

    def _written(self) -> list[int]:
        """Return the ids of the trades that the database must have: without those still to be written."""
        unsaved = self.books.pending
        return [trade_id for trade_id in self.books.trades.open if unsaved.trade(trade_id) is None]

    async def _save(self, fault: Fault) -> None:
        again = bool(self.books.lost)
        self.books.lost = fault.text
        if not again:
            log.error("%s", fault.text)
        file = self.books.store.file
        assert file is not None, "a database in memory has no file that could be lost"
        try:
            async with self.books.store.held():
                copy, saved = await self._copied(file)
                await self.books.store.go_on_in(copy)
        except StorageError as error:
            if not again:
                self.events.warn(
                    f"{fault.text}. A safe copy cannot be made: {error}. No entries; exits and stops continue"
                    " as far as they can be written. Check free space and permissions beside the database;"
                    " every cycle tries again",
                )
            return
        self.events.warn(
            f"{fault.text}. {saved} to the safe copy {copy.name}, which the bot uses from now on: exits and"
            f" stops continue, no entries. Stop the bot, put the copy in place of {file} (or name it"
            " with db_url), and start again",
        )
        try:
            await self.audit.note(PROGRAM, fault.text, after=f"continues in {copy.name}")
        except StorageError as error:
            log.error("The audit log does not record this: %s", error)

    async def _copied(self, file: Path) -> "tuple[Store, str]":
        """Make a safe copy beside the database, or else above it."""
        places = await asyncio.to_thread(copy_files, file, datetime.now(UTC))
        for place in places[:-1]:
            try:
                return await self._copied_to(place)
            except StorageError as error:
                log.warning("No safe copy is made in %s: %s", place.parent, error)
        return await self._copied_to(places[-1])

    async def _copied_to(self, copy: Path) -> "tuple[Store, str]":
        """Make a safe copy: of everything that the connection can still read, or else of memory."""
        try:
            await self.books.store.copy_to(copy)
            store = await Store.open(f"sqlite:///{copy}")
        except StorageError as error:
            log.warning("The database cannot be copied as it is (%s)", error)
        else:
            if await self._is_whole(store):
                return store, "Everything was written"
            await store.close()
        await asyncio.to_thread(discard, copy)
        memory = Memory(
            mark=self.books.order_mark,
            open=list(self.books.trades.open.values()),
            closed=list(self.books.trades.closed),
            locks=list(self.books.locks.locks),
            lines=self.inflight.lines,
        )
        store = await write_memory(self.books.store, copy, memory)
        return store, "Memory, and what could still be read, was written"

    async def _is_whole(self, store: Store) -> bool:
        """Return whether a copy is intact and has the trades that memory has."""
        try:
            if await store.look_at_file(self._written(), closely=True) is not None:
                return False
            closed = {trade.id for trade in await store.closed_trades()}
            return {trade.id for trade in self.books.trades.closed} <= closed | set(self.books.trades.open)
        except (StorageError, ValueError, TypeError):  # a corrupted page may contain anything
            return False
