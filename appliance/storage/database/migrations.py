"""Migrate the schema in numbered steps, each in one transaction; steps are only ever appended."""

import logging
from collections.abc import Awaitable, Callable

from aiosqlite import Connection

from appliance.domain.errors import StorageError
from appliance.storage.database.legacy_tables import back_up, columns_of, rebuild
from appliance.storage.database.schema import (
    AUDIT,
    FREQTRADE_TABLES,
    JOURNAL,
    ORDERS,
    OUTBOX,
    OWN_ORDERS,
    PAIR_LOCKS,
    TRADES,
    Table,
    quoted,
)

log = logging.getLogger(__name__)

Step = Callable[[Connection, str], Awaitable[None]]


async def migrate(connection: Connection, name: str) -> None:
    """Apply the steps that are missing in the database (called `name` in errors). Raises StorageError."""
    done = await _version(connection)
    if done > len(STEPS):
        raise StorageError(
            f"The database {name} was created by a newer version of this program (schema {done}, known up to"
            f" {len(STEPS)}): update this program, or change db_url"
        )
    if not done and await _is_older(connection):
        await _back_up(connection, name)
    for number, step in enumerate(STEPS[done:], start=done + 1):
        await connection.execute(f"PRAGMA foreign_keys = {'OFF' if step is _take_over else 'ON'}")
        await connection.execute("BEGIN IMMEDIATE")
        try:
            await step(connection, name)
            await connection.execute("INSERT INTO appliance_schema (version) VALUES (?)", (number,))
            await connection.commit()
        except BaseException:
            await connection.rollback()
            raise
    await connection.execute("PRAGMA foreign_keys = ON")


async def _back_up(connection: Connection, name: str) -> None:
    """Back up the database, since the takeover cannot be undone."""
    try:
        copy = await back_up(connection)
    except OSError as error:
        raise StorageError(
            f"The database {name} is an older freqtrade's, and the backup before the takeover failed"
            f" ({error.strerror}): give the bot's user the right to write to its folder"
        ) from error
    if copy is not None:  # what is in memory is a copy itself
        log.warning("The database %s is an older freqtrade's and is taken over; backup: %s", name, copy)


async def _version(connection: Connection) -> int:
    if not await columns_of(connection, "appliance_schema"):
        return 0
    [(version,)] = await connection.execute_fetchall("SELECT max(version) FROM appliance_schema")
    return int(version or 0)


async def _is_older(connection: Connection) -> bool:
    """Return whether there are tables of freqtrade that lack columns."""
    for table in FREQTRADE_TABLES:
        present = await columns_of(connection, table.name)
        if present and _missing_columns(table, present):
            return True
    return await _is_before_orders(connection)


async def _is_before_orders(connection: Connection) -> bool:
    has_trades = bool(await columns_of(connection, TRADES.name))
    return has_trades and not await columns_of(connection, ORDERS.name)


def _missing_columns(table: Table, present: list[str]) -> list[tuple[str, str]]:
    """Return each column that is missing, with its definition."""
    named = [(definition.split()[0].strip('"'), definition) for definition in table.columns]
    return [(column, definition) for column, definition in named if column not in present]


async def _is_before_2022_9(connection: Connection) -> bool:
    """Return whether the tables differ by more than columns that were added since."""
    for table in (TRADES, ORDERS, PAIR_LOCKS):
        present = await columns_of(connection, table.name)
        if present and any(
            (table.name, column) not in _ADDED for column, _ in _missing_columns(table, present)
        ):
            return True
    return await _is_before_orders(connection)


async def _take_over(connection: Connection, name: str) -> None:
    """Create freqtrade's tables where there are none, and add the columns that older ones lack."""
    await connection.execute(
        "CREATE TABLE appliance_schema (version INTEGER PRIMARY KEY,"
        " applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')))"
    )
    if await _is_before_2022_9(connection):
        await rebuild(connection, name)
    for table in FREQTRADE_TABLES:
        await connection.execute(table.create)
        await _complete(connection, table)
        for statement in table.create_indexes:
            await connection.execute(statement)
    # Closed trades once stored this amount before leverage; freqtrade corrects it the same way.
    await connection.execute(
        "UPDATE trades SET max_stake_amount = max_stake_amount / leverage, record_version = 2"
        " WHERE record_version < 2 AND leverage > 1 AND NOT is_open AND max_stake_amount <> 0"
    )


async def _complete(connection: Connection, table: Table) -> None:
    for column, definition in _missing_columns(table, await columns_of(connection, table.name)):
        if (table.name, column) not in _ADDED:
            raise StorageError(f"The table {table.name} has no {column}: name another file in db_url")
        default = " DEFAULT 0" if "NOT NULL" in definition else ""
        await connection.execute(f"ALTER TABLE {quoted(table.name)} ADD COLUMN {definition}{default}")
        value = _ADDED[table.name, column]
        await connection.execute(f"UPDATE {quoted(table.name)} SET {column} = {value}")


_ADDED = {
    (TRADES.name, "amount_precision"): "NULL",
    (TRADES.name, "price_precision"): "NULL",
    (TRADES.name, "precision_mode"): "NULL",
    (TRADES.name, "contract_size"): "NULL",
    (TRADES.name, "max_stake_amount"): "stake_amount",
    (TRADES.name, "is_stop_loss_trailing"): (
        "coalesce(stop_loss_pct, 0) <> coalesce(initial_stop_loss_pct, 0)"
    ),
    (TRADES.name, "precision_mode_price"): "precision_mode",
    (TRADES.name, "funding_fee_running"): "NULL",
    (TRADES.name, "record_version"): "1",
    (ORDERS.name, "average"): "NULL",
    (ORDERS.name, "stop_price"): "NULL",
    (ORDERS.name, "funding_fee"): "0",
    (ORDERS.name, "ft_fee_base"): "NULL",
    (ORDERS.name, "ft_amount"): "coalesce(amount, 0)",
    (ORDERS.name, "ft_price"): "coalesce(price, 0)",
    (ORDERS.name, "ft_cancel_reason"): "NULL",
    (ORDERS.name, "ft_order_tag"): "NULL",
    (PAIR_LOCKS.name, "side"): "'*'",
}
"""Columns that freqtrade added after 2022.9, and the value for old rows."""


async def _keep_client_order_ids(connection: Connection, _: str) -> None:
    await connection.execute(OWN_ORDERS.create)
    for statement in OWN_ORDERS.create_indexes:
        await connection.execute(statement)


async def _begin_journal(connection: Connection, _: str) -> None:
    await connection.execute(JOURNAL.create)
    for statement in JOURNAL.create_indexes:
        await connection.execute(statement)


async def _begin_audit(connection: Connection, _: str) -> None:
    await connection.execute(AUDIT.create)
    for change in ("UPDATE", "DELETE"):
        await connection.execute(
            f"CREATE TRIGGER appliance_audit_no_{change.lower()} BEFORE {change} ON appliance_audit"
            " BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
        )


async def _begin_outbox(connection: Connection, _: str) -> None:
    await connection.execute(OUTBOX.create)
    for statement in OUTBOX.create_indexes:
        await connection.execute(statement)


async def _keep_fees(connection: Connection, _: str) -> None:
    """Store the fees of orders, including orders that another program has placed."""
    if "fee_in_quote" in await columns_of(connection, OWN_ORDERS.name):
        return
    await connection.execute("CREATE TEMP TABLE known_orders AS SELECT * FROM appliance_orders")
    await connection.execute("DROP TABLE appliance_orders")
    await _keep_client_order_ids(connection, _)
    await connection.execute(
        "INSERT INTO appliance_orders (ft_pair, order_id, client_order_id)"
        " SELECT ft_pair, order_id, client_order_id FROM known_orders"
    )
    await connection.execute("DROP TABLE known_orders")
    # The fees of our orders in open trades were stored as the trade's ratio; later ones may differ.
    await connection.execute(
        "UPDATE appliance_orders SET fee_in_quote = ("
        " SELECT (filled - coalesce(ft_fee_base, 0)) * coalesce(average, price, stop_price, ft_price)"
        " * CASE WHEN ft_order_side = CASE WHEN is_short THEN 'sell' ELSE 'buy' END"
        " THEN fee_open ELSE fee_close END"
        " FROM orders JOIN trades ON trades.id = orders.ft_trade_id"
        " WHERE orders.ft_pair = appliance_orders.ft_pair AND orders.order_id = appliance_orders.order_id"
        " AND trades.is_open AND filled > 0 AND NOT ft_is_open)"
    )


async def _close_with_one_profit(connection: Connection, _: str) -> None:
    """Set the profit of trades that closed with a remainder to that of all exits, not the last one alone."""
    await connection.execute(
        "UPDATE trades SET close_profit_abs = realized_profit"
        " WHERE NOT is_open AND realized_profit <> 0 AND close_profit_abs <> realized_profit"
    )


STEPS: tuple[Step, ...] = (
    _take_over,
    _keep_client_order_ids,
    _begin_journal,
    _begin_audit,
    _begin_outbox,
    _keep_fees,
    _close_with_one_profit,
)
