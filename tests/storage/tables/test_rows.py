"""What other programs may have written into the tables that both use."""

import sqlite3

import pytest

from appliance.domain.order_state import OrderState


@pytest.mark.parametrize(
    ("column", "written", "read"),
    [
        ("side", "BOTH", None),
        ("side", "sell", "sell"),
        ("status", "PENDING_CANCEL", None),
        ("status", "cancelled", "cancelled"),
        ("status", "expired", "expired"),
        ("ft_order_side", "stoploss", "stoploss"),
    ],
)
async def test_only_known_sides_and_statuses_are_read(store, file, a_trade, column, written, read):
    trade = a_trade()
    await store.save(trade)
    with sqlite3.connect(file) as connection:
        connection.execute(f"UPDATE orders SET {column} = ?", (written,))
    connection.close()
    [order] = (await store.trade(trade.id)).orders
    assert getattr(order, column) == read


async def test_an_open_order_of_unknown_status_is_still_an_open_order(store, file, a_trade):
    trade = a_trade()
    await store.save(trade)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE orders SET status = 'PENDING_CANCEL', ft_is_open = 1, filled = 0")
    connection.close()
    [order] = (await store.trade(trade.id)).orders
    assert order.state is OrderState.ACKNOWLEDGED
