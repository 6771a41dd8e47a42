"""Store single dates: the first and the last start, the begin of the wallet history; and the order mark."""

from datetime import datetime
from typing import Literal

from aiosqlite import Connection

from appliance.storage.tables.rows import date_of, date_text

_MARK = "appliance_order_mark"
Key = Literal["bot_start_time", "startup_time", "wallet_history_migration_date"]


async def date(connection: Connection, key: Key) -> datetime | None:
    rows = await connection.execute_fetchall(
        'SELECT datetime_value FROM "KeyValueStore" WHERE "key" = ? AND value_type = \'datetime\'', (key,)
    )
    return next((date_of(value) for (value,) in rows if value), None)


async def put_date(connection: Connection, key: Key, value: datetime) -> None:
    """Replace a date; the table has no unique key, so the old row is deleted first."""
    await connection.execute('DELETE FROM "KeyValueStore" WHERE "key" = ?', (key,))
    await connection.execute(
        'INSERT INTO "KeyValueStore" ("key", value_type, datetime_value) VALUES (?, \'datetime\', ?)',
        (key, date_text(value)),
    )


async def order_mark(connection: Connection, new: str) -> str:
    """Return the mark in the client ids of all orders of this database; set it to `new` if there is none."""
    rows = await connection.execute_fetchall(
        'SELECT string_value FROM "KeyValueStore" WHERE "key" = ?', (_MARK,)
    )
    for (mark,) in rows:
        return str(mark)
    await connection.execute(
        'INSERT INTO "KeyValueStore" ("key", value_type, string_value) VALUES (?, \'string\', ?)',
        (_MARK, new),
    )
    return new


async def note_start(connection: Connection, now: datetime) -> datetime:
    """Record a start `now`. Return the first start, or if unknown, when the oldest trade opened."""
    first = await date(connection, "bot_start_time")
    if first is None:
        [(oldest,)] = await connection.execute_fetchall("SELECT min(open_date) FROM trades")
        first = date_of(oldest) if oldest else now
        await put_date(connection, "bot_start_time", first)
    await put_date(connection, "startup_time", now)
    return first


async def note_history(connection: Connection, now: datetime) -> datetime:
    """Return the begin of the wallet history, set to `now` if there is none: freqtrade then adds none."""
    began = await date(connection, "wallet_history_migration_date")
    if began is None:
        began = now
        await put_date(connection, "wallet_history_migration_date", now)
        await connection.execute(
            'INSERT INTO "KeyValueStore" ("key", value_type, int_value)'
            " VALUES ('wallet_history_migration', 'int', 1)"
        )
    return began
