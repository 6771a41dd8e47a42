"""Store what the account held at each recorded time, one row for each currency."""

import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec
from aiosqlite import Connection

from appliance.storage.database.record_faults import write_rows
from appliance.storage.tables.rows import Rows, date_text

log = logging.getLogger(__name__)


class WalletRecord(msgspec.Struct, frozen=True, kw_only=True):
    """State what was held of `currency` at `timestamp` (UTC).

    `balance` in `currency`; `rate` is the price of one unit in `quote_currency`, the currency of the totals:
    `total_quote` is its worth, `total_position_value` that of the position (leverage included), `collateral`
    its margin.
    """

    timestamp: datetime
    currency: str
    rate: float | None = None
    quote_currency: str
    balance: float
    total_quote: float | None = None
    total_position_value: float | None = None
    collateral: float | None = None
    leverage: float = 1.0
    bot_managed: bool = True


_ROWS = Rows(WalletRecord, "wallet_history")
_PUT = (
    f"INSERT OR REPLACE INTO wallet_history ({', '.join(_ROWS.names)})"
    f" VALUES ({', '.join('?' * len(_ROWS.names))})"
)


async def put(connection: Connection, records: Sequence[WalletRecord]) -> None:
    """Write records, replacing those of the same time and currency. One that cannot be stored is logged."""
    rows = [_ROWS.row(record) for record in records]
    for bad in await write_rows(connection, _PUT, rows):
        log.warning("The balance of %s is not stored: %s", records[bad.place].currency, bad.error)


async def since(connection: Connection, moment: datetime) -> list[WalletRecord]:
    """Return the records from `moment` on, oldest first."""
    query = f"SELECT {_ROWS.columns} FROM wallet_history WHERE timestamp >= ? ORDER BY timestamp, id"
    async with connection.execute(query, (date_text(moment),)) as cursor:
        return [_ROWS.item(tuple(row)) async for row in cursor]
