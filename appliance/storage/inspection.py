"""Inspect a database of another bot without changing it: whether it has open trades (blocks)."""

import contextlib
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from appliance.domain.errors import ConfigurationError
from appliance.storage.database.location import database_path
from appliance.storage.database.lock import is_held
from appliance.storage.tables.rows import date_of

_BUSY_SECONDS = 0.2
_MOST_PAIRS = 5


class OpenTradeKey(NamedTuple):
    """Identify an open trade across databases."""

    pair: str
    open_date: str
    is_short: bool


class DatabaseSummary(NamedTuple):
    """Summarise a database. `changed` is UTC; `in_use` is true while a bot runs on it."""

    file: Path
    open: list[OpenTradeKey]
    closed: int
    changed: datetime | None
    in_use: bool

    def description(self) -> str:
        pairs = list(dict.fromkeys(trade.pair for trade in self.open))
        more = ", …" if len(pairs) > _MOST_PAIRS else ""
        named = f" ({', '.join(pairs[:_MOST_PAIRS])}{more})" if pairs else ""
        return f"{len(self.open)} open trades{named}, {self.closed} closed, last change {when(self.changed)}"


def when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"


def inspect_database(file: Path) -> DatabaseSummary | None:
    """Return a summary of the database; None where the file is none, or has no table of trades."""
    with contextlib.suppress(sqlite3.Error, OSError):
        return _read(file, "mode=ro") or _read(file, "mode=ro&immutable=1")
    return None


def holds_trades(file: Path) -> bool:
    """Return whether the database has open trades, as far as it can be read."""
    seen = inspect_database(file)
    return seen is not None and bool(seen.open)


def knows(file: Path, copy: DatabaseSummary) -> bool:
    """Return whether the database has all open trades of a copy, and at least as many closed ones."""
    query = "SELECT 1 FROM trades WHERE pair = ? AND open_date = ? AND {} = ?"
    try:
        with contextlib.closing(_opened(file, "mode=ro")) as connection:
            query = query.format("is_short" if _has_shorts(connection) else "0")
            (closed,) = connection.execute("SELECT count(*) FROM trades WHERE NOT is_open").fetchone()
            known = (connection.execute(query, tuple(trade)).fetchone() for trade in copy.open)
            return closed >= copy.closed and all(known)
    except (sqlite3.Error, OSError):
        return False


def count_open_trades(url: str) -> int:
    """Return how many trades are open in the database at `url`; 0 where that cannot be read."""
    try:
        path = database_path(url)
    except ConfigurationError:
        return 0
    seen = inspect_database(path.resolve()) if path is not None and path.is_file() else None
    return len(seen.open) if seen is not None else 0


def newest_moment(url: str) -> datetime | None:
    """Return the newest moment (UTC) that a bot has written into the database at `url`; None if it has none.

    What commands wrote while no bot ran does not count: it has the time of the machine.
    """
    path = database_path(url)
    if path is None or not path.is_file():
        return None
    found = []
    with contextlib.closing(_opened(path.resolve(), "mode=ro")) as connection:
        for query in _NEWEST:
            with contextlib.suppress(sqlite3.OperationalError):  # freqtrade's databases lack our tables
                found += [date_of(value) for (value,) in connection.execute(query) if value]
    return max(found, default=None)


_NEWEST = (
    "SELECT max(max(open_date), coalesce(max(close_date), max(open_date))) FROM trades",
    "SELECT max(order_date) FROM orders",
    "SELECT max(updated_at) FROM appliance_journal",
    "SELECT max(at) FROM appliance_audit WHERE origin <> 'command line'",
)


def _read(file: Path, options: str) -> DatabaseSummary | None:
    """Read with these options: in a read-only folder only `immutable` works, without the log."""
    try:
        with contextlib.closing(_opened(file, options)) as connection:
            short = "is_short" if _has_shorts(connection) else "0"
            rows = connection.execute(
                f"SELECT pair, open_date, {short} FROM trades WHERE is_open ORDER BY id"
            ).fetchall()
            closed, changed = connection.execute(
                "SELECT count(*) FILTER (WHERE NOT is_open), max(coalesce(close_date, open_date)) FROM trades"
            ).fetchone()
    except sqlite3.OperationalError:
        return None
    held = [OpenTradeKey(str(pair), str(opened), bool(short)) for pair, opened, short in rows]
    return DatabaseSummary(file, held, closed, date_of(changed) if changed else None, is_held(file))


def _has_shorts(connection: sqlite3.Connection) -> bool:
    """Return whether the table was created by a freqtrade from 2022 on."""
    return any(column[1] == "is_short" for column in connection.execute("PRAGMA table_info(trades)"))


def _opened(file: Path, options: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?{options}", uri=True, timeout=_BUSY_SECONDS)
