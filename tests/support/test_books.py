"""Differences between books are found: each of these tells of one thing that does not agree."""

import copy
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.support.books import differences, made_by, profit_in

pytestmark = pytest.mark.python_independent

TRADES = (
    "id INTEGER, pair TEXT, base_currency TEXT, is_open INTEGER, amount REAL, amount_precision REAL,"
    " open_rate REAL, close_rate REAL, realized_profit REAL, close_profit_abs REAL"
)
ORDERS = (
    "id INTEGER, ft_trade_id INTEGER, ft_pair TEXT, order_id TEXT, side TEXT, ft_is_open INTEGER,"
    " status TEXT, filled REAL, average REAL, price REAL, ft_price REAL, cost REAL, ft_fee_base REAL,"
    " order_date TEXT DEFAULT '2026-01-05'"
)
ONES = "1, 1, 1, 1, 1, 0, order_date"
JOURNAL = "client_order_id TEXT, state TEXT"
BOUGHT = {"id": 1, "client_id": "a", "pair": "ETH/USDT", "side": "BUY", "status": "FILLED", "price": "0"}
SOLD = {**BOUGHT, "id": 2, "client_id": "b", "side": "SELL"}


def fill(order: int, side: str, amount: str, cost: str, fee: str, asset: str, worth: str) -> dict[str, Any]:
    return {
        "order_id": order,
        "symbol": "ETHUSDT",
        "side": side,
        "quantity": amount,
        "cost": cost,
        "commission": fee,
        "commission_asset": asset,
        "commission_worth": worth,
    }


LEDGER = {
    "orders": [
        {**BOUGHT, "executed": "1", "quote_executed": "100"},
        {**SOLD, "executed": "0.9", "quote_executed": "99"},
    ],
    "fills": [
        fill(1, "BUY", "1", "100", "0.001", "ETH", "0.1"),
        fill(2, "SELL", "0.9", "99", "0.099", "USDT", "0.099"),
    ],
    "balances": {"ETH": {"free": "0.099", "locked": "0"}, "USDT": {"free": "899", "locked": "0"}},
}
MADE = 99 - 0.099 - 100 / 0.999 * 0.9


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A trade that has sold a part, as the ledger has it."""
    path = tmp_path / "books.sqlite"
    with sqlite3.connect(path) as books:
        for name, columns in (("trades", TRADES), ("orders", ORDERS), ("appliance_journal", JOURNAL)):
            books.execute(f"CREATE TABLE {name} ({columns})")
        trade = (1, "ETH/USDT", "ETH", 1, 0.099, 0.0001, 100.0, None, MADE, None)
        books.execute(f"INSERT INTO trades VALUES ({','.join('?' * len(trade))})", trade)
        for row in (
            (1, 1, "ETH/USDT", "1", "buy", 0, "closed", 1.0, 100.0, 100.0, 100.0, 100.0, 0.001),
            (2, 1, "ETH/USDT", "2", "sell", 0, "closed", 0.9, 110.0, 110.0, 110.0, 99.0, None),
        ):
            books.execute(f"INSERT INTO orders VALUES ({','.join('?' * len(row))}, '2026-01-05')", row)
        books.executemany("INSERT INTO appliance_journal VALUES (?, 'FILLED')", [("a",), ("b",)])
    books.close()
    return path


def change(database: Path, statement: str) -> None:
    with sqlite3.connect(database) as books:
        books.execute(statement)
    books.close()


def test_books_that_agree(database: Path):
    assert differences(LEDGER, database) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE orders SET filled = 0.8 WHERE id = 2", "filled 0.9 on the exchange, 0.8 in the database"),
        ("UPDATE orders SET cost = 98 WHERE id = 2", "cost 99.0"),
        ("UPDATE orders SET average = 109 WHERE id = 2", "average 110"),
        ("UPDATE orders SET ft_fee_base = 0.002 WHERE id = 1", "fee 0.001 there, 0.002"),
        ("UPDATE orders SET ft_is_open = 1 WHERE id = 2", "FILLED there, closed in the database"),
        ("UPDATE trades SET realized_profit = realized_profit + 0.05", "realized_profit says"),
        ("UPDATE trades SET is_open = 0, close_profit_abs = 1", "close_profit_abs 1.0, realized_profit"),
        ("UPDATE trades SET amount = 0.15", "its fills leave 0.09900000, its amount is 0.15"),
        ("UPDATE trades SET amount = 0.05", "its fills leave 0.09900000, its amount is 0.05"),
        ("UPDATE appliance_journal SET state = 'UNKNOWN' WHERE client_order_id = 'a'", "not settled: a"),
        ("DELETE FROM orders WHERE id = 2", "filled 0.9 and not in the database: 2"),
        ("UPDATE orders SET ft_trade_id = 7 WHERE id = 2", "2 belongs to trades [-1, 7]"),
        ("UPDATE orders SET order_id = '3' WHERE id = 2", "in the database alone: 3"),
        (
            f"INSERT INTO orders SELECT 3, 1, ft_pair, '1', side, 0, 'closed', {ONES} FROM orders",
            "",
        ),
    ],
)
def test_what_differs_is_reported(database: Path, statement: str, told: str):
    change(database, statement)
    assert told in "; ".join(differences(LEDGER, database))
    assert differences(LEDGER, database)


def test_an_order_of_two_trades_is_reported(database: Path):
    change(database, "INSERT INTO trades SELECT 2, pair, base_currency, 0, 0, 0, 1, 1, 0, 0 FROM trades")
    change(
        database,
        f"INSERT INTO orders SELECT 3, 2, ft_pair, '1', side, 0, '', {ONES} FROM orders",
    )
    assert "1 belongs to trades [1, 2]" in differences(LEDGER, database)


def test_a_manual_order_is_not_the_bots(database: Path):
    ledger = copy.deepcopy(LEDGER)
    ledger["orders"].append({**SOLD, "id": 3, "client_id": "web_1", "executed": "0", "quote_executed": "0"})
    assert differences(ledger, database) == []
    ledger["orders"][-1]["client_id"] = "somebody"
    assert differences(ledger, database) == ["on the exchange alone: 3 SELL ETH/USDT"]


def test_fees_in_another_currency_count_by_their_worth():
    fills = {
        "1": [fill(1, "BUY", "1", "100", "0.0002", "BNB", "0.1")],
        "2": [fill(2, "SELL", "1", "110", "0.0002", "BNB", "0.11")],
    }
    rows = [
        {"order_id": number, "ft_pair": "ETH/USDT", "side": side, "filled": 1.0, "ft_is_open": 0}
        for number, side in (("1", "buy"), ("2", "sell"))
    ]
    made = made_by(rows, fills)
    assert (made.profit, made.held) == (pytest.approx(110 - 0.11 - 100.1), 0.0)


def test_coins_that_went_without_an_order_count_at_their_price_without_a_fee():
    fills = {"1": [fill(1, "BUY", "1", "100", "0", "USDT", "0")]}
    bought = {"order_id": "1", "ft_pair": "ETH/USDT", "side": "buy", "filled": 1.0, "ft_is_open": 0}
    gone = {**bought, "order_id": "gone", "side": "sell", "average": None, "price": 90.0, "ft_price": 90.0}
    made = made_by([bought, gone], fills)
    assert (made.profit, made.held) == (-10.0, 0.0)


def test_the_profit_of_closed_trades_by_pair(database: Path):
    assert profit_in(database) == (0, {})
    change(database, "UPDATE trades SET is_open = 0, close_profit_abs = 3")
    assert profit_in(database) == (3.0, {"ETH/USDT": 3.0})
