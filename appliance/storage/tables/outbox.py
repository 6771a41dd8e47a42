"""Store messages until their service has taken them: first in, first out, separately for each service."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from aiosqlite import Connection

from appliance.domain.outbox_message import OutboxMessage
from appliance.storage.database.database import Database
from appliance.storage.database.record_faults import write_rows
from appliance.storage.tables.rows import Rows, date_text

log = logging.getLogger(__name__)

_ROWS = Rows(OutboxMessage, "appliance_outbox")
_ADD = "INSERT INTO appliance_outbox (service, created_at, content) VALUES (?, ?, ?)"


class Outbox:
    """Store messages and return them in order. All methods that read or write raise StorageError.

    `dropped` counts the messages that were given up since the start, by service.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.dropped: Counter[str] = Counter()

    def count_dropped(self, service: str, number: int) -> None:
        """Count messages that will not be sent any more."""
        self.dropped[service] += number

    async def add(self, messages: Sequence[OutboxMessage], *, most: int) -> dict[str, int]:
        """Store messages in one commit, in their order. Return how many were dropped, by service.

        A service with more than `most` waiting messages loses its oldest ones, a tenth of `most` more than
        needed, so that this does not happen again at once. A message that cannot be stored is logged and
        counted, and does not hold up the others.
        """
        rows = [(each.service, date_text(each.created_at), each.content) for each in messages]
        dropped: dict[str, int] = {}
        async with self._database.transaction() as connection:
            bad = await write_rows(connection, _ADD, rows)
            for service in sorted({each.service for each in messages}):
                if gone := await _trim(connection, service, most):
                    dropped[service] = gone
        self.dropped.update(dropped)
        for place, error in bad:
            log.error("%s: a message cannot be stored and is lost: %s", messages[place].service, error)
            self.count_dropped(messages[place].service, 1)
        return dropped

    async def next(self, service: str, limit: int) -> list[OutboxMessage]:
        """Return the messages that have waited longest."""
        query = f"SELECT {_ROWS.columns} FROM appliance_outbox WHERE service = ? ORDER BY id LIMIT ?"
        async with self._database.snapshot() as connection:
            rows = await connection.execute_fetchall(query, (service, limit))
        return [_ROWS.item(tuple(row)) for row in rows]

    async def remove(self, message: OutboxMessage) -> None:
        """Delete a message that its service has taken, or will never take."""
        async with self._database.transaction() as connection:
            await connection.execute(
                "DELETE FROM appliance_outbox WHERE id = ? AND created_at = ?",
                (message.id, date_text(message.created_at)),
            )

    async def expire(self, before: datetime) -> dict[str, int]:
        """Delete all messages stored before a date; return how many, by service."""
        old = (date_text(before),)
        async with self._database.transaction() as connection:
            rows = await connection.execute_fetchall(
                "SELECT service, count(*) FROM appliance_outbox WHERE created_at < ? GROUP BY service", old
            )
            await connection.execute("DELETE FROM appliance_outbox WHERE created_at < ?", old)
        gone = {str(service): int(count) for service, count in rows}
        self.dropped.update(gone)
        return gone

    async def waiting(self) -> dict[str, int]:
        """Return how many messages wait, by service."""
        query = "SELECT service, count(*) FROM appliance_outbox GROUP BY service ORDER BY service"
        async with self._database.snapshot() as connection:
            rows = await connection.execute_fetchall(query)
        return {str(service): int(count) for service, count in rows}


async def _trim(connection: Connection, service: str, most: int) -> int:
    [(count,)] = await connection.execute_fetchall(
        "SELECT count(*) FROM appliance_outbox WHERE service = ?", (service,)
    )
    if count <= most:
        return 0
    surplus = int(count - most + most // 10)
    await connection.execute(
        "DELETE FROM appliance_outbox WHERE id IN"
        " (SELECT id FROM appliance_outbox WHERE service = ? ORDER BY id LIMIT ?)",
        (service, surplus),
    )
    return surplus
