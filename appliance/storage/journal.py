"""Keep the order journal: one line an order, written before it is sent."""

from collections.abc import Sequence

from aiosqlite import Connection

from appliance.domain.journal import JournalEntry, JournalState
from appliance.storage.rows import Rows

_ROWS = Rows(JournalEntry, "appliance_journal")
_COLUMNS = ", ".join(_ROWS.names)
_PUT = (
    f"INSERT INTO appliance_journal ({_COLUMNS}) VALUES ({', '.join('?' * len(_ROWS.names))})"
    " ON CONFLICT (client_order_id) DO UPDATE SET state = excluded.state, trade_id = excluded.trade_id,"
    " order_id = coalesce(excluded.order_id, order_id), note = coalesce(excluded.note, note),"
    " updated_at = excluded.updated_at"
)


async def put(connection: Connection, entries: Sequence[JournalEntry]) -> None:
    """Write lines, new ones and known ones. When an order was first written down stays as it was."""
    await connection.executemany(_PUT, [_ROWS.row(entry) for entry in entries])


async def in_states(connection: Connection, states: Sequence[JournalState]) -> list[JournalEntry]:
    """Return the lines in any of `states`, oldest first."""
    marks = ", ".join("?" * len(states))
    query = f"SELECT {_ROWS.columns} FROM appliance_journal WHERE state IN ({marks}) ORDER BY created_at"
    rows = await connection.execute_fetchall(query, [state.name for state in states])
    return [_ROWS.item(tuple(row)) for row in rows]


async def find(connection: Connection, client_order_id: str) -> JournalEntry | None:
    query = f"SELECT {_ROWS.columns} FROM appliance_journal WHERE client_order_id = ?"
    for row in await connection.execute_fetchall(query, (client_order_id,)):
        return _ROWS.item(tuple(row))
    return None
