"""Read and write the order journal: one line an order, written before it is sent."""

from collections.abc import Sequence
from datetime import datetime

from appliance.domain.journal import JournalChoice, JournalEntry
from appliance.domain.order_state import OrderState
from appliance.storage.database.database import Database
from appliance.storage.tables import journal
from appliance.storage.tables.journal import JournalPage


class OrderJournal:
    """Read and write the lines of the order journal. All methods raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, entry: JournalEntry) -> None:
        """Write a line on its own; lines of a trade are part of `Store.save`."""
        await self._database.complete(self._put(entry))

    async def _put(self, entry: JournalEntry) -> None:
        async with self._database.transaction() as connection:
            await journal.put(connection, [entry])

    async def entry(self, client_order_id: str) -> JournalEntry | None:
        async with self._database.snapshot() as connection:
            return await journal.find(connection, client_order_id)

    async def of_trade(self, trade_id: int) -> list[JournalEntry]:
        """Return the lines of a trade, oldest first."""
        async with self._database.snapshot() as connection:
            return await journal.of_trade(connection, trade_id)

    async def in_states(self, *states: OrderState) -> list[JournalEntry]:
        """Return the lines in any of `states`, oldest first."""
        async with self._database.snapshot() as connection:
            return await journal.in_states(connection, states)

    async def since(self, moment: datetime) -> list[JournalEntry]:
        """Return the lines that changed since `moment` (UTC), and all that are not finished."""
        async with self._database.snapshot() as connection:
            return await journal.since(connection, moment)

    async def page(
        self,
        states: Sequence[OrderState] = (),
        pair: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> JournalPage:
        """Return one page of lines, newest first; no `states` means all of them."""
        async with self._database.snapshot() as connection:
            choice = JournalChoice(states=tuple(states), pair=pair)
            return await journal.page(connection, choice, limit, offset)

    async def chosen(self, choice: JournalChoice, limit: int, offset: int = 0) -> JournalPage:
        """Return one page of the chosen lines, newest first."""
        async with self._database.snapshot() as connection:
            return await journal.page(connection, choice, limit, offset)

    async def last_change(self) -> datetime | None:
        """Return when a line changed last (UTC); None where there is none."""
        async with self._database.snapshot() as connection:
            return await journal.changed(connection)

    async def newest_order(self) -> datetime | None:
        """Return when the newest order of journal and trades was placed (UTC); None where there is none."""
        async with self._database.snapshot() as connection:
            return await journal.newest_order(connection)

    async def traded_pairs(self, since: datetime) -> list[str]:
        """Return the pairs of trades that are or were open since then (UTC), and those of the journal."""
        async with self._database.snapshot() as connection:
            return await journal.pairs(connection, since)
