"""Store orders, and separately what freqtrade's table has no column for: client order ids and fees."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiosqlite import Connection

from appliance.domain.market import Fee
from appliance.domain.order import Order
from appliance.storage.tables.rows import Rows

_ROWS = Rows(
    Order,
    "orders",
    beside=frozenset({"client_order_id", "fees", "fee_in_quote", "leverage"}),
    absent={"order_date": datetime.fromtimestamp(0, UTC)},
)
_PUT_OWN = (
    "INSERT INTO appliance_orders (ft_pair, order_id, client_order_id, fees, fee_in_quote)"
    " VALUES (?, ?, ?, ?, ?) ON CONFLICT (ft_pair, order_id) DO UPDATE SET"
    " client_order_id = excluded.client_order_id, fees = excluded.fees, fee_in_quote = excluded.fee_in_quote"
)


async def put(connection: Connection, trade_id: int, orders: Sequence[Order]) -> list[int]:
    """Insert or update `orders` of a trade. Return their ids, in the same order."""
    rows = [_ROWS.row(order, ft_trade_id=trade_id) for order in orders]
    own = [_own_row(order) for order in orders if _has_own(order)]
    ids = [order.id for order in orders]
    if any(ids):
        await connection.executemany(_ROWS.put, [row for row, known in zip(rows, ids, strict=True) if known])
    for place, row in enumerate(rows):
        if not ids[place]:
            ids[place] = await _insert(connection, row)
    if own:
        await connection.executemany(_PUT_OWN, own)
    return ids


async def _insert(connection: Connection, row: list[Any]) -> int:
    async with connection.execute(_ROWS.put, row) as cursor:
        return cursor.lastrowid or 0


async def of_trades(connection: Connection, trade_ids: Sequence[int]) -> dict[int, list[Order]]:
    """Return the orders of each trade, in the order in which they were placed."""
    found: dict[int, list[Order]] = defaultdict(list)
    query = (
        f"SELECT {_ROWS.columns}, own.client_order_id, own.fees, own.fee_in_quote FROM orders"
        " LEFT JOIN appliance_orders AS own USING (ft_pair, order_id)"
        " WHERE orders.ft_trade_id IN (SELECT value FROM json_each(?)) ORDER BY orders.order_date, orders.id"
    )
    async with connection.execute(query, (msgspec.json.encode(trade_ids).decode(),)) as cursor:
        async for row in cursor:
            order = _ROWS.item(tuple(row))
            order.client_order_id, fees, order.fee_in_quote = row[-3:]
            order.fees = msgspec.json.decode(fees, type=tuple[Fee, ...]) if fees else ()
            found[order.ft_trade_id].append(order)
    return found


async def delete_of(connection: Connection, trade_id: int) -> None:
    await connection.execute("DELETE FROM orders WHERE ft_trade_id = ?", (trade_id,))


def _has_own(order: Order) -> bool:
    """Return whether an order has values that freqtrade's table has no column for."""
    return bool(order.client_order_id or order.fees) or order.fee_in_quote is not None


def _own_row(order: Order) -> tuple[str, str, str | None, str | None, float | None]:
    fees = msgspec.json.encode(order.fees).decode() if order.fees else None
    return order.ft_pair, order.order_id, order.client_order_id, fees, order.fee_in_quote
