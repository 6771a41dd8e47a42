"""Store pair locks."""

from datetime import datetime

from aiosqlite import Connection

from appliance.domain.lock import PairLock
from appliance.storage.tables.rows import Rows, date_text

_ROWS = Rows(PairLock, "pairlocks")


async def put(connection: Connection, lock: PairLock) -> int:
    """Insert or update a lock. Return its id."""
    async with connection.execute(_ROWS.put, _ROWS.row(lock)) as cursor:
        return lock.id or cursor.lastrowid or 0


async def active_after(connection: Connection, moment: datetime) -> list[PairLock]:
    """Return the active locks that end after `moment`, oldest first."""
    query = f"SELECT {_ROWS.columns} FROM pairlocks WHERE active = 1 AND lock_end_time > ? ORDER BY id"
    rows = await connection.execute_fetchall(query, (date_text(moment),))
    return [_ROWS.item(tuple(row)) for row in rows]
