"""Store the audit log: lines are only ever appended, each chained to the previous one."""

import sqlite3
from typing import NamedTuple

from aiosqlite import Connection

from appliance.domain.audit import FIRST, AuditLine, AuditRecord, Head, chain
from appliance.storage.tables.rows import Rows

_ROWS = Rows(AuditRecord, "appliance_audit")


class End(NamedTuple):
    """State where the log ends, the hash at the requested number, and when the tables were created."""

    head: Head
    hash_there: list[str]
    made: str | None


def append(connection: sqlite3.Connection, record: AuditRecord, after: Head) -> AuditLine:
    """Append a line after the last one, `after`, within the caller's transaction."""
    number = after.number + 1
    line = AuditLine(number, record, chain(after.chained, number, record))
    names = ", ".join(("number", "chained", *_ROWS.names))
    marks = ", ".join("?" * (2 + len(_ROWS.names)))
    connection.execute(
        f"INSERT INTO appliance_audit ({names}) VALUES ({marks})",
        [line.number, line.chained, *_ROWS.row(record)],
    )
    return line


def end(connection: sqlite3.Connection, number: int = 0) -> End:
    """Return where the log ends, and its hash at `number`; line 0 is what the first line is chained to."""
    query = """
        SELECT coalesce((SELECT max(number) FROM appliance_audit), 0),
               coalesce((SELECT chained FROM appliance_audit ORDER BY number DESC LIMIT 1), ?),
               (SELECT chained FROM appliance_audit WHERE number = ?),
               (SELECT min(applied_at) FROM appliance_schema)
    """
    [(last, chained, there, made)] = connection.execute(query, (FIRST, number))
    if number == 0:
        there = FIRST
    return End(Head(last, chained), [str(there)] if there else [], str(made) if made else None)


async def read(connection: Connection, limit: int | None = None, offset: int = 0) -> list[AuditLine]:
    """Return the lines, oldest first; with `limit` the newest ones, without the `offset` newest."""
    query = (
        f"SELECT {_ROWS.columns}, number, chained FROM appliance_audit ORDER BY number DESC LIMIT ? OFFSET ?"
    )
    rows = await connection.execute_fetchall(query, (-1 if limit is None else limit, offset))
    found = [AuditLine(row[-2], _ROWS.item(tuple(row)), row[-1]) for row in rows]
    return found[::-1]


async def about_trade(connection: Connection, trade_id: int, limit: int) -> list[AuditLine]:
    """Return the newest lines that state how a trade was, oldest first."""
    query = f"""
        SELECT {_ROWS.columns}, number, chained FROM appliance_audit
        WHERE before LIKE ?1 OR before LIKE ?2 OR after LIKE ?1 OR after LIKE ?2
        ORDER BY number DESC LIMIT ?3
    """
    marks = f"%; trade {trade_id}: %", f"%; trade {trade_id} is not open%"  # bot/state_summary.py
    rows = await connection.execute_fetchall(query, (*marks, limit))
    found = [AuditLine(row[-2], _ROWS.item(tuple(row)), row[-1]) for row in rows]
    return found[::-1]
