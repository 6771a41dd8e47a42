"""Store the audit log: lines are only ever appended, each chained to the previous one."""

import sqlite3
from typing import Any, NamedTuple

from aiosqlite import Connection

from appliance.domain.audit import (
    FIRST,
    OUTCOME,
    AuditChoice,
    AuditEntry,
    AuditLine,
    AuditPage,
    AuditRecord,
    Head,
    chain,
)
from appliance.storage.tables.rows import Rows, date_text

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


_TOLD = f"""
    WITH told AS MATERIALIZED (
        SELECT CAST(substr(what, {len(OUTCOME) + 1}) AS INTEGER) AS command,
               max(coalesce("after", '')) AS said
        FROM appliance_audit WHERE what LIKE '{OUTCOME}%' GROUP BY 1
    )
"""
_FROM = "FROM appliance_audit LEFT JOIN told ON told.command = appliance_audit.number"
_ENDINGS = {
    "done": "told.said IS NOT NULL AND told.said NOT LIKE 'not done%'",
    "refused": "told.said LIKE 'not done%'",
    "open": "told.said IS NULL",
}


async def chosen(connection: Connection, choice: AuditChoice, limit: int, offset: int) -> AuditPage:
    """Return the chosen lines, newest first, each with its outcome."""
    text = "instr(lower(what || ' ' || coalesce(before, '') || ' ' || coalesce(told.said, \"after\", '')), ?)"
    conditions: dict[str, Any] = {
        "who = ?": choice.who or None,
        text: choice.text.lower() or None,
        "at >= ?": choice.since and date_text(choice.since),
        "at < ?": choice.until and date_text(choice.until),
    }
    asked = {sql: value for sql, value in conditions.items() if value is not None}
    ending = [_ENDINGS[choice.ending]] if choice.ending else []
    where = " AND ".join([f"what NOT LIKE '{OUTCOME}%'", *ending, *asked])
    given = list(asked.values())
    [(total,)] = await connection.execute_fetchall(f"{_TOLD} SELECT count(*) {_FROM} WHERE {where}", given)
    rows = await connection.execute_fetchall(
        f"{_TOLD} SELECT {_ROWS.columns}, number, chained, told.said {_FROM} WHERE {where}"
        " ORDER BY number DESC LIMIT ? OFFSET ?",
        (*given, limit, offset),
    )
    names = await connection.execute_fetchall("SELECT DISTINCT who FROM appliance_audit ORDER BY 1 LIMIT 200")
    entries = [AuditEntry(AuditLine(row[-3], _ROWS.item(tuple(row)), row[-2]), row[-1]) for row in rows]
    return AuditPage(entries, total, [str(name) for (name,) in names])


def all_lines(connection: sqlite3.Connection) -> list[AuditLine]:
    """Return all lines, oldest first."""
    rows = connection.execute(f"SELECT {_ROWS.columns}, number, chained FROM appliance_audit ORDER BY number")
    return [AuditLine(row[-2], _ROWS.item(tuple(row)), row[-1]) for row in rows]


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
