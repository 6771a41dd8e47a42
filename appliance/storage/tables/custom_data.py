"""Store the custom data of strategies: texts, numbers and booleans as plain text, all else as JSON."""

import json
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from aiosqlite import Connection

from appliance.storage.database.record_faults import write_rows
from appliance.storage.tables.rows import date_of, date_text

log = logging.getLogger(__name__)

_PLAIN = ("str", "int", "float", "bool")
"""Types (`cd_type`) whose values are written as Python prints them."""

_PUT = """
INSERT INTO trade_custom_data (ft_trade_id, cd_key, cd_type, cd_value, created_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (ft_trade_id, cd_key)
DO UPDATE SET cd_type = excluded.cd_type, cd_value = excluded.cd_value, updated_at = excluded.created_at
"""


class StoredValue(msgspec.Struct, frozen=True):
    """State one value of a trade's custom data; `type` is the name of its Python type, dates UTC."""

    trade_id: int
    key: str
    type: str
    value: Any
    created_at: datetime
    updated_at: datetime | None


def encoded(value: Any) -> tuple[str, str]:
    """Return type name and text of a value. Raises TypeError or ValueError for values JSON does not have."""
    kind = type(value).__name__
    return kind, str(value) if kind in _PLAIN else json.dumps(value)


def decoded(kind: str, text: str) -> Any:
    """Return the value of a type name and text. Raises ValueError where the text is not of that type."""
    match kind:
        case "str":
            return text
        case "int":
            return int(text)
        case "float":
            return float(text)
        case "bool":
            return text.lower() == "true"
        case _:
            return json.loads(text)


def texts_of(trade_id: int, values: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Encode `values` by key. A value that is not JSON is logged and left out, so that the trade is saved."""
    texts = {}
    for key, value in values.items():
        try:
            texts[key] = encoded(value)
        except (TypeError, ValueError, RecursionError) as error:
            log.warning("Custom data '%s' of trade %d is not stored: %s", key, trade_id, error)
    return texts


async def put(
    connection: Connection, trade_id: int, texts: Mapping[str, tuple[str, str]], now: datetime
) -> None:
    """Write the values of a trade that `texts_of` encoded.

    A value that the database cannot store is logged and left out, so that the trade is saved.
    """
    rows = [(trade_id, key, kind, text, date_text(now)) for key, (kind, text) in texts.items()]
    for bad in await write_rows(connection, _PUT, rows) if rows else ():
        log.warning("Custom data '%s' of trade %d is not stored: %s", rows[bad.place][1], trade_id, bad.error)


async def remove(connection: Connection, trade_id: int, keys: Sequence[str]) -> None:
    """Delete values of a trade."""
    if keys:  # a key that cannot be stored was never written either
        statement = "DELETE FROM trade_custom_data WHERE ft_trade_id = ? AND cd_key = ?"
        await write_rows(connection, statement, [(trade_id, key) for key in keys])


async def of_trades(connection: Connection, trade_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the values of each trade, oldest first."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for stored in await values_of(connection, trade_ids):
        found[stored.trade_id][stored.key] = stored.value
    return found


async def values_of(connection: Connection, trade_ids: Sequence[int]) -> list[StoredValue]:
    """Return the values of these trades, oldest first. A value that cannot be read is logged and left out."""
    found: list[StoredValue] = []
    query = (
        "SELECT ft_trade_id, cd_key, cd_type, cd_value, created_at, updated_at FROM trade_custom_data"
        " WHERE ft_trade_id IN (SELECT value FROM json_each(?)) ORDER BY id"
    )
    async with connection.execute(query, (msgspec.json.encode(trade_ids).decode(),)) as cursor:
        async for trade_id, key, kind, text, created, updated in cursor:
            try:
                value = decoded(kind, text)
            except ValueError as error:
                log.warning("Custom data '%s' of trade %d cannot be read: %s", key, trade_id, error)
                continue
            last = date_of(updated) if updated else None
            found.append(StoredValue(trade_id, key, kind, value, date_of(created), last))
    return found


async def delete_of(connection: Connection, trade_id: int) -> None:
    await connection.execute("DELETE FROM trade_custom_data WHERE ft_trade_id = ?", (trade_id,))
