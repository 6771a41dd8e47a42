"""Keep single dates: when the bot first ran, and when it started last."""

from datetime import datetime
from typing import Literal

from aiosqlite import Connection

from appliance.storage.rows import date_of, date_text

Key = Literal["bot_start_time", "startup_time"]


async def date(connection: Connection, key: Key) -> datetime | None:
    rows = await connection.execute_fetchall(
        'SELECT datetime_value FROM "KeyValueStore" WHERE "key" = ? AND value_type = \'datetime\'', (key,)
    )
    return next((date_of(value) for (value,) in rows if value), None)


async def put_date(connection: Connection, key: Key, value: datetime) -> None:
    """Write a date in place of the one before; the table itself would take a key twice."""
    await connection.execute('DELETE FROM "KeyValueStore" WHERE "key" = ?', (key,))
    await connection.execute(
        'INSERT INTO "KeyValueStore" ("key", value_type, datetime_value) VALUES (?, \'datetime\', ?)',
        (key, date_text(value)),
    )


async def note_start(connection: Connection, now: datetime) -> datetime:
    """Note that the bot starts `now`. Returns when it first ran, if need be when the oldest trade opened."""
    first = await date(connection, "bot_start_time")
    if first is None:
        [(oldest,)] = await connection.execute_fetchall("SELECT min(open_date) FROM trades")
        first = date_of(oldest) if oldest else now
        await put_date(connection, "bot_start_time", first)
    await put_date(connection, "startup_time", now)
    return first
