"""Store the order journal: one line for each order, written before it is sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from aiosqlite import Connection

from appliance.domain.journal import JournalChoice, JournalEntry
from appliance.domain.order_state import FINISHED, OrderState
from appliance.storage.tables.rows import Rows, date_of, date_text

_ROWS = Rows(JournalEntry, "appliance_journal")
_COLUMNS = ", ".join(_ROWS.names)
_PUT = (
    f"INSERT INTO appliance_journal ({_COLUMNS}) VALUES ({', '.join('?' * len(_ROWS.names))})"
    " ON CONFLICT (client_order_id) DO UPDATE SET state = excluded.state, trade_id = excluded.trade_id,"
    " order_id = coalesce(excluded.order_id, order_id), note = coalesce(excluded.note, note),"
    " updated_at = excluded.updated_at"
)


class JournalPage(msgspec.Struct, frozen=True):
    """Hold some lines, newest first; `total` is how many match the query in all."""

    entries: list[JournalEntry]
    total: int


async def put(connection: Connection, entries: Sequence[JournalEntry]) -> None:
    """Insert or update lines. `created_at` of a known line stays as it was."""
    await connection.executemany(_PUT, [_ROWS.row(entry) for entry in entries])


async def in_states(connection: Connection, states: Sequence[OrderState]) -> list[JournalEntry]:
    """Return the lines in any of `states`, oldest first."""
    marks = ", ".join("?" * len(states))
    query = f"SELECT {_ROWS.columns} FROM appliance_journal WHERE state IN ({marks}) ORDER BY created_at"
    rows = await connection.execute_fetchall(query, [state.name for state in states])
    return [_ROWS.item(tuple(row)) for row in rows]


async def since(connection: Connection, moment: datetime) -> list[JournalEntry]:
    """Return the lines that changed since then (UTC), and all of orders that are not finished."""
    open_states = [state.name for state in OrderState if state not in FINISHED]
    marks = ", ".join("?" * len(open_states))
    query = (
        f"SELECT {_ROWS.columns} FROM appliance_journal"
        f" WHERE updated_at >= ? OR state IN ({marks}) ORDER BY updated_at"
    )
    rows = await connection.execute_fetchall(query, [date_text(moment), *open_states])
    return [_ROWS.item(tuple(row)) for row in rows]


async def changed(connection: Connection) -> datetime | None:
    """Return when a line changed last (UTC); None where there is none."""
    [(text,)] = await connection.execute_fetchall("SELECT max(updated_at) FROM appliance_journal")
    return date_of(text) if text else None


async def newest_order(connection: Connection) -> datetime | None:
    """Return when the newest order in the database was placed (UTC); None where there is none."""
    query = (
        "SELECT max(placed) FROM (SELECT max(order_date) AS placed FROM orders"
        " UNION ALL SELECT max(created_at) FROM appliance_journal)"
    )
    [(text,)] = await connection.execute_fetchall(query)
    return date_of(text) if text else None


async def pairs(connection: Connection, moment: datetime) -> list[str]:
    """Return the pairs of trades that are open, or have been since then (UTC), and of the journal's lines."""
    query = (
        "SELECT pair FROM trades WHERE is_open OR close_date >= ?"
        " UNION SELECT pair FROM appliance_journal WHERE updated_at >= ?"
    )
    rows = await connection.execute_fetchall(query, [date_text(moment)] * 2)
    return [str(row[0]) for row in rows]


async def page(connection: Connection, choice: JournalChoice, limit: int, offset: int) -> JournalPage:
    """Return the newest of the chosen lines, skipping `offset`."""
    states = choice.states or tuple(OrderState)
    conditions: dict[str, Any] = {
        "pair = ?": choice.pair,
        "side = ?": choice.side,
        "trade_id = ?": choice.trade_id,
        "created_at >= ?": choice.since and date_text(choice.since),
        "created_at < ?": choice.until and date_text(choice.until),
    }
    asked = {sql: value for sql, value in conditions.items() if value is not None}
    condition = " AND ".join([f"state IN ({', '.join('?' * len(states))})", *asked])
    given = [*(state.name for state in states), *asked.values()]
    counted = await connection.execute_fetchall(
        f"SELECT count(*) FROM appliance_journal WHERE {condition}", given
    )
    rows = await connection.execute_fetchall(
        f"SELECT {_ROWS.columns} FROM appliance_journal WHERE {condition}"
        " ORDER BY created_at DESC, rowid DESC LIMIT ? OFFSET ?",
        (*given, limit, offset),
    )
    return JournalPage([_ROWS.item(tuple(row)) for row in rows], next(iter(counted))[0])


async def of_trade(connection: Connection, trade_id: int) -> list[JournalEntry]:
    """Return the lines of a trade, oldest first."""
    query = f"SELECT {_ROWS.columns} FROM appliance_journal WHERE trade_id = ? ORDER BY created_at"
    rows = await connection.execute_fetchall(query, (trade_id,))
    return [_ROWS.item(tuple(row)) for row in rows]


async def find(connection: Connection, client_order_id: str) -> JournalEntry | None:
    query = f"SELECT {_ROWS.columns} FROM appliance_journal WHERE client_order_id = ?"
    for row in await connection.execute_fetchall(query, (client_order_id,)):
        return _ROWS.item(tuple(row))
    return None
