"""Convert tables of freqtrade before 2022.9: create them anew and copy each row.

Columns that were renamed or added since get the values that freqtrade's own migrations give them.
"""

import asyncio
import contextlib
import itertools
import os
from collections.abc import Mapping
from pathlib import Path

from aiosqlite import Connection

from appliance.domain.errors import StorageError
from appliance.storage.database.schema import ORDERS, PAIR_LOCKS, TRADES, Table, quoted

Rule = tuple[tuple[str, ...], str]
"""Earlier names of a column, and its value where there is none of them; `{x}` is the value of column x."""

_REASONS = {
    "sell_signal": "exit_signal",
    "custom_sell": "custom_exit",
    "force_sell": "force_exit",
    "emergency_sell": "emergency_exit",
}
_TRADE_RULES: Mapping[str, Rule] = {
    "fee_open": (("fee_open", "fee"), "0.0"),
    "fee_close": (("fee_close", "fee"), "0.0"),
    "open_trade_value": (("open_trade_value",), "amount * open_rate * (1 + {fee_open})"),
    "close_profit_abs": (
        ("close_profit_abs",),
        "amount * close_rate * (1 - {fee_close}) - {open_trade_value}",
    ),
    "realized_profit": (("realized_profit",), "0.0"),
    "max_stake_amount": (("max_stake_amount",), "stake_amount"),
    "amount_requested": (("amount_requested",), "amount"),
    "stop_loss": (("stop_loss",), "0.0"),
    "initial_stop_loss": (("initial_stop_loss",), "0.0"),
    "is_stop_loss_trailing": (
        ("is_stop_loss_trailing",),
        "coalesce({stop_loss_pct}, 0.0) <> coalesce({initial_stop_loss_pct}, 0.0)",
    ),
    "max_rate": (("max_rate",), "0.0"),
    "exit_reason": (("sell_reason", "exit_reason"), "NULL"),
    "exit_order_status": (("exit_order_status", "sell_order_status"), "NULL"),
    "enter_tag": (("buy_tag", "enter_tag"), "NULL"),
    "timeframe": (("timeframe", "ticker_interval"), "NULL"),
    "precision_mode_price": (("precision_mode_price", "precision_mode"), "NULL"),
    "leverage": (("leverage",), "1.0"),
    "is_short": (("is_short",), "0"),
    "liquidation_price": (("liquidation_price", "isolated_liq"), "NULL"),
    "interest_rate": (("interest_rate",), "0.0"),
    "funding_fees": (("funding_fees",), "0.0"),
    "record_version": (("record_version",), "1"),
}
_ORDER_RULES: Mapping[str, Rule] = {
    "ft_amount": (("ft_amount",), "coalesce(amount, 0.0)"),
    "ft_price": (("ft_price",), "coalesce(price, 0.0)"),
    "funding_fee": (("funding_fee",), "0.0"),
}
_LOCK_RULES: Mapping[str, Rule] = {"side": (("side",), "'*'")}

_IN_ANOTHER_FORM = {
    "exchange": "lower(exchange)",
    "open_rate": "coalesce(open_rate, {open_rate_requested}, 0.0)",
    "amount": "coalesce(amount, 0.0)",
    "exit_reason": "CASE {exit_reason} "
    + " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in _REASONS.items())
    + " ELSE {exit_reason} END",
}
_INDISPENSABLE = ("id", "exchange", "pair", "is_open", "open_rate", "stake_amount", "amount", "open_date")


async def columns_of(connection: Connection, table: str) -> list[str]:
    """Return the names of a table's columns, none where there is no such table."""
    rows = await connection.execute_fetchall(f"PRAGMA table_info({quoted(table)})")
    return [row[1] for row in rows]


async def back_up(connection: Connection) -> Path | None:
    """Copy the whole database into a file beside it (mode 0600) and return its path; None in memory.

    Raises sqlite3.Error and OSError where that cannot be done.
    """
    [(_, _, name)] = [
        row for row in await connection.execute_fetchall("PRAGMA database_list") if row[1] == "main"
    ]
    if not name:
        return None
    copy, descriptor = await asyncio.to_thread(_new_file, name)
    try:
        await connection.execute("VACUUM INTO ?", (str(copy),))
        await asyncio.to_thread(os.fsync, descriptor)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    return copy


def _new_file(name: str) -> tuple[Path, int]:
    """Create an empty file beside the database, not named like one, and leave it open."""
    for number in itertools.count(1):
        copy = Path(f"{name}.before-takeover{f'-{number}' if number > 1 else ''}.bak")
        with contextlib.suppress(FileExistsError):
            return copy, os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    raise AssertionError


async def rebuild(connection: Connection, name: str) -> None:
    """Recreate trades, orders and locks from the tables of an old freqtrade; inside a transaction.

    Foreign keys must be off, since referenced tables are dropped for a moment. Raises StorageError where the
    database (called `name` in the error) is not freqtrade's.
    """
    trades = await columns_of(connection, TRADES.name)
    if missing := [column for column in _INDISPENSABLE if trades and column not in trades]:
        raise StorageError(
            f"The database {name} is not freqtrade's, its trades have no {', '.join(missing)}: "
            "name another file in db_url"
        )
    rules = ((TRADES, _TRADE_RULES), (ORDERS, _ORDER_RULES), (PAIR_LOCKS, _LOCK_RULES))
    present = {table.name: await columns_of(connection, table.name) for table, _ in rules}
    for table, rules_of in rules:
        if present[table.name]:
            await _set_aside(connection, table)
        await connection.execute(table.create)
        if present[table.name]:
            await _copy(connection, table, present[table.name], rules_of)
    await _end_orders_of_closed_dry_runs(connection)
    await _create_orders_of_old_trades(connection, trades)
    for table, _ in rules:
        await connection.execute(f"DROP TABLE IF EXISTS temp.{quoted(f'old_{table.name}')}")


async def _set_aside(connection: Connection, table: Table) -> None:
    old = quoted(f"old_{table.name}")
    await connection.execute(f"CREATE TEMP TABLE {old} AS SELECT * FROM main.{quoted(table.name)}")
    await connection.execute(f"DROP TABLE main.{quoted(table.name)}")


async def _copy(connection: Connection, table: Table, present: list[str], rules: Mapping[str, Rule]) -> None:
    names = [_name(definition) for definition in table.columns]
    values = _values(names, present, rules)
    if table is TRADES:
        values |= {name: _filled_in(text, values) for name, text in _IN_ANOTHER_FORM.items()}
    # Orders of deleted trades are left out.
    having = f" WHERE ft_trade_id IN (SELECT id FROM main.{quoted(TRADES.name)})" if table is ORDERS else ""
    await connection.execute(
        f"INSERT INTO main.{quoted(table.name)} ({', '.join(map(quoted, names))})"
        f" SELECT {', '.join(values[name] for name in names)} FROM temp.{quoted(f'old_{table.name}')}{having}"
    )


def _name(definition: str) -> str:
    return definition.split()[0].strip('"')


def _values(names: list[str], present: list[str], rules: Mapping[str, Rule]) -> dict[str, str]:
    """Return the SQL that selects each column: its first name that is present, or its rule."""
    values = {name: quoted(name) for name in names if name in present and name not in rules}
    values |= {name: "NULL" for name in names if name not in present and name not in rules}
    for name, (old_names, otherwise) in rules.items():
        found = next((old for old in old_names if old in present), None)
        values[name] = quoted(found) if found else f"({_filled_in(otherwise, values)})"
    return values


def _filled_in(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


async def _end_orders_of_closed_dry_runs(connection: Connection) -> None:
    await connection.execute(
        "UPDATE orders SET ft_is_open = 0 WHERE ft_is_open AND order_id LIKE 'dry%'"
        " AND ft_trade_id NOT IN (SELECT id FROM trades WHERE is_open)"
    )


async def _create_orders_of_old_trades(connection: Connection, trades: list[str]) -> None:
    """Create the entry and the open orders of open trades from before there was a table of orders.

    Without its entry a trade would hold nothing once its position is recalculated.
    """
    for column, side in (("open_order_id", None), ("stoploss_order_id", "stoploss")):
        if column in trades:
            await connection.execute(
                _OPEN_ORDER.format(column=column, side=f"'{side}'" if side else _SIDE_OF_OPEN)
            )
    await connection.execute(_ENTRY)


_SIDE_OF_OPEN = "CASE WHEN trades.close_rate_requested IS NULL THEN 'buy' ELSE 'sell' END"
_OPEN_ORDER = """
INSERT INTO orders (ft_trade_id, ft_order_side, ft_pair, ft_is_open, ft_amount, ft_price, order_id, status,
    symbol, order_type, side, price, amount, filled, remaining, stop_price, order_date, funding_fee)
SELECT trades.id, {side}, trades.pair, 1, trades.amount, price, old.{column}, 'open', trades.pair,
    CASE WHEN {side} = 'stoploss' THEN 'stop_loss_limit' ELSE 'limit' END,
    CASE WHEN {side} = 'buy' THEN 'buy' ELSE 'sell' END,
    price, trades.amount, 0.0, trades.amount,
    CASE WHEN {side} = 'stoploss' THEN price END, trades.open_date, 0.0
FROM (SELECT *, CASE {side} WHEN 'buy' THEN coalesce(open_rate_requested, open_rate)
    WHEN 'sell' THEN close_rate_requested ELSE stop_loss END AS price FROM main.trades) AS trades
JOIN temp.old_trades AS old ON old.id = trades.id
WHERE trades.is_open AND old.{column} IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM orders WHERE ft_pair = trades.pair AND order_id = old.{column})
"""
_ENTRY = """
INSERT INTO orders (ft_trade_id, ft_order_side, ft_pair, ft_is_open, ft_amount, ft_price, order_id, status,
    symbol, order_type, side, price, average, amount, filled, remaining, cost, order_date, order_filled_date,
    order_update_date, funding_fee)
SELECT id, CASE WHEN is_short THEN 'sell' ELSE 'buy' END, pair, 0, amount, open_rate, 'entry-of-trade-' || id,
    'closed', pair, 'limit', CASE WHEN is_short THEN 'sell' ELSE 'buy' END, open_rate, open_rate, amount,
    amount, 0.0, amount * open_rate, open_date, open_date, open_date, 0.0
FROM main.trades WHERE is_open AND amount > 0 AND NOT EXISTS (
    SELECT 1 FROM orders WHERE ft_trade_id = trades.id
    AND ft_order_side = CASE WHEN trades.is_short THEN 'sell' ELSE 'buy' END)
"""
