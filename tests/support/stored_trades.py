"""Databases to start from, and trades to store."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from appliance.domain.order import Order
from appliance.domain.trade import Trade

DUMP = Path(__file__).parents[1] / "data" / "storage" / "freqtrade-2026.9.sql"
"""What freqtrade 2026.9 wrote: two open trades (one short, with leverage), a closed one, and all else."""

OPENED = datetime(2026, 9, 1, 12, 30, 5, 123456, tzinfo=UTC)


def write_dump(file: Path, change: str = "") -> None:
    connection = sqlite3.connect(file)
    connection.executescript(DUMP.read_text() + change)
    connection.close()


def new_trade(pair: str = "ETH/USDT", orders: int = 1, **fields: object) -> Trade:
    given = {
        "exchange": "simulated",
        "base_currency": pair.partition("/")[0],
        "stake_currency": "USDT",
        "fee_open": 0.001,
        "fee_close": 0.001,
        "open_rate": 100.0,
        "stake_amount": 50.0,
        "amount": 0.5,
        "open_date": OPENED,
    }
    trade = Trade(pair=pair, **(given | fields))
    trade.orders = [new_order(pair, f"{pair}-{number}") for number in range(orders)]
    return trade


def new_order(pair: str, order_id: str, **fields: object) -> Order:
    given = {"ft_order_side": "buy", "ft_amount": 0.5, "ft_price": 100.0, "order_date": OPENED}
    return Order(ft_pair=pair, order_id=order_id, **(given | fields))
