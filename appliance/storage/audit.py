"""Keep the audit log: lines are only ever added, each chained to the one before it."""

from aiosqlite import Connection

from appliance.domain.audit import FIRST, AuditLine, AuditRecord, Head, chain
from appliance.storage.rows import Rows

_ROWS = Rows(AuditRecord, "appliance_audit")


async def append(connection: Connection, record: AuditRecord) -> AuditLine:
    """Add a line, within the caller's transaction."""
    last = await head(connection)
    number = last.number + 1
    line = AuditLine(number, record, chain(last.chained, number, record))
    names = ", ".join(("number", "chained", *_ROWS.names))
    marks = ", ".join("?" * (2 + len(_ROWS.names)))
    await connection.execute(
        f"INSERT INTO appliance_audit ({names}) VALUES ({marks})",
        [line.number, line.chained, *_ROWS.row(record)],
    )
    return line


async def head(connection: Connection) -> Head:
    """Return number and hash of the last line."""
    query = "SELECT number, chained FROM appliance_audit ORDER BY number DESC LIMIT 1"
    rows = await connection.execute_fetchall(query)
    return next((Head(row[0], row[1]) for row in rows), Head(0, FIRST))


async def hash_at(connection: Connection, number: int) -> list[str]:
    """Return the hash of the line of that number, if there is one; line 0 is what the first is chained to."""
    if number == 0:
        return [FIRST]
    query = "SELECT chained FROM appliance_audit WHERE number = ?"
    return [str(row[0]) for row in await connection.execute_fetchall(query, (number,))]


async def read(connection: Connection, limit: int | None = None, offset: int = 0) -> list[AuditLine]:
    """Return the lines, first first; with `limit` the newest ones, leaving out the `offset` newest."""
    query = (
        f"SELECT {_ROWS.columns}, number, chained FROM appliance_audit ORDER BY number DESC LIMIT ? OFFSET ?"
    )
    rows = await connection.execute_fetchall(query, (-1 if limit is None else limit, offset))
    found = [AuditLine(row[-2], _ROWS.item(tuple(row)), row[-1]) for row in rows]
    return found[::-1]


async def made(connection: Connection) -> str | None:
    """Return the moment at which this program made the database's tables, which tells databases apart."""
    rows = await connection.execute_fetchall("SELECT min(applied_at) FROM appliance_schema")
    return next((str(row[0]) for row in rows if row[0]), None)
