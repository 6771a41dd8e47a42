"""Keep the audit log: lines are only ever added, each chained to the one before it."""

from aiosqlite import Connection

from appliance.domain.audit import FIRST, AuditLine, AuditRecord, chain
from appliance.storage.rows import Rows

_ROWS = Rows(AuditRecord, "appliance_audit")


async def append(connection: Connection, record: AuditRecord) -> AuditLine:
    """Add a line, within the caller's transaction."""
    query = "SELECT number, chained FROM appliance_audit ORDER BY number DESC LIMIT 1"
    last = await connection.execute_fetchall(query)
    number, previous = next(((row[0], row[1]) for row in last), (0, FIRST))
    line = AuditLine(number + 1, record, chain(previous, number + 1, record))
    names = ", ".join(("number", "chained", *_ROWS.names))
    marks = ", ".join("?" * (2 + len(_ROWS.names)))
    await connection.execute(
        f"INSERT INTO appliance_audit ({names}) VALUES ({marks})",
        [line.number, line.chained, *_ROWS.row(record)],
    )
    return line


async def read(connection: Connection, limit: int | None = None) -> list[AuditLine]:
    """Return the lines, first first; with `limit` the newest ones."""
    query = f"SELECT {_ROWS.columns}, number, chained FROM appliance_audit ORDER BY number DESC LIMIT ?"
    rows = await connection.execute_fetchall(query, (-1 if limit is None else limit,))
    found = [AuditLine(row[-2], _ROWS.item(tuple(row)), row[-1]) for row in rows]
    return found[::-1]
