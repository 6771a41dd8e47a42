"""What other programs may have written into the tables that both use."""

import sqlite3

import pytest

from appliance.domain.order_state import OrderState


@pytest.mark.parametrize(
    ("column", "written", "read"),
    [
        ("side", "BOTH", "BOTH"),
        ("side", "sell", "sell"),
        ("status", "PENDING_CANCEL", "PENDING_CANCEL"),
        ("status", "cancelled", "cancelled"),
        ("status", "expired", "expired"),
        ("ft_order_side", "stoploss", "stoploss"),
    ],
)
async def test_unknown_sides_and_statuses_are_kept_as_they_are(store, file, a_trade, column, written, read):
    trade = a_trade()
    await store.save(trade)
    with sqlite3.connect(file) as connection:
        connection.execute(f"UPDATE orders SET {column} = ?", (written,))
    connection.close()
    [order] = (await store.trade(trade.id)).orders
    assert getattr(order, column) == read
    await store.save(await store.trade(trade.id))
    with sqlite3.connect(file) as connection:
        assert connection.execute(f"SELECT {column} FROM orders").fetchone() == (written,)
    connection.close()


async def test_an_open_order_of_unknown_status_is_still_an_open_order(store, file, a_trade):
    trade = a_trade()
    await store.save(trade)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE orders SET status = 'PENDING_CANCEL', ft_is_open = 1, filled = 0")
    connection.close()
    [order] = (await store.trade(trade.id)).orders
    assert order.state is OrderState.ACKNOWLEDGED
