"""Store trades whole: each with its orders and custom data."""

from collections.abc import Collection, Sequence
from copy import copy
from datetime import UTC, datetime
from typing import Any

from aiosqlite import Connection

from appliance.domain.trade import Trade
from appliance.storage.tables import custom_data, orders
from appliance.storage.tables.rows import Rows, date_text

_ROWS = Rows(
    Trade,
    "trades",
    beside=frozenset({"orders", "custom_data", "changed_custom_data"}),
    absent={"base_currency": "", "stake_currency": ""},
)


async def put(connection: Connection, trade: Trade, changed: Collection[str]) -> tuple[int, list[int]]:
    """Write a trade, its orders and the `changed` keys of its custom data. Return its id and its orders' ids.

    All values are copied before the first await, so that one consistent state is written. The trade itself
    is not modified.
    """
    row, placed = _ROWS.row(trade), [copy(order) for order in trade.orders]
    present = {key: trade.custom_data[key] for key in changed if key in trade.custom_data}
    texts = custom_data.texts_of(trade.id, present)
    deleted = [key for key in changed if key not in present]
    async with connection.execute(_ROWS.put, row) as cursor:
        trade_id = trade.id or cursor.lastrowid or 0
    order_ids = await orders.put(connection, trade_id, placed)
    await custom_data.put(connection, trade_id, texts, datetime.now(UTC))
    await custom_data.remove(connection, trade_id, deleted)
    return trade_id, order_ids


async def delete(connection: Connection, trade_id: int) -> None:
    """Delete a trade with its orders and custom data."""
    await orders.delete_of(connection, trade_id)
    await custom_data.delete_of(connection, trade_id)
    await connection.execute("DELETE FROM trades WHERE id = ?", (trade_id,))


async def with_order(connection: Connection, pair: str, order_id: str) -> int | None:
    """Return the id of the trade that has this order of the exchange."""
    query = "SELECT ft_trade_id FROM orders WHERE ft_pair = ? AND order_id = ?"
    rows = await connection.execute_fetchall(query, (pair, order_id))
    return next((int(row[0]) for row in rows), None)


async def find(connection: Connection, condition: str, values: Sequence[Any] = ()) -> list[Trade]:
    """Return the trades that an SQL `condition` selects; it may contain ORDER BY and LIMIT."""
    query = f"SELECT {_ROWS.columns} FROM trades WHERE {condition}"
    async with connection.execute(query, values) as cursor:
        found = [_ROWS.item(tuple(row)) async for row in cursor]
    ids = [trade.id for trade in found]
    placed = await orders.of_trades(connection, ids)
    custom = await custom_data.of_trades(connection, ids)
    for trade in found:
        trade.orders = placed.get(trade.id, [])
        for order in trade.orders:
            order.leverage = trade.leverage
        trade.custom_data = custom.get(trade.id, {})
    return found


async def filtered(
    connection: Connection,
    pair: str | None,
    is_open: bool | None,
    open_date: datetime | None,
    close_date: datetime | None,
) -> list[Trade]:
    """Return the trades of a pair, open or closed, opened and closed after the dates; None: any."""
    filters = {
        "pair = ?": pair,
        "is_open = ?": is_open,
        "open_date > ?": date_text(open_date) if open_date else None,
        "close_date > ?": date_text(close_date) if close_date else None,
    }
    used = {condition: value for condition, value in filters.items() if value is not None}
    return await find(connection, f"{' AND '.join(used) or 'true'} ORDER BY id", list(used.values()))
