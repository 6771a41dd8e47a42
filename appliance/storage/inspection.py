"""Look into a database that is not this bot's, without changing it: whether it holds open trades (blocks)."""

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
    """Name an open trade so that it is found again in another database."""

    pair: str
    open_date: str
    is_short: bool


class DatabaseSummary(NamedTuple):
    """Hold what a database has. `changed` is UTC; `in_use` tells that a bot runs on it."""

    file: Path
    open: list[OpenTradeKey]
    closed: int
    changed: datetime | None
    in_use: bool

    def description(self) -> str:
        pairs = list(dict.fromkeys(held.pair for held in self.open))
        more = ", …" if len(pairs) > _MOST_PAIRS else ""
        named = f" ({', '.join(pairs[:_MOST_PAIRS])}{more})" if pairs else ""
        return f"{len(self.open)} open trades{named}, {self.closed} closed, last change {when(self.changed)}"


def when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"


def inspect_database(file: Path) -> DatabaseSummary | None:
    """Return what the database has; None where it is none, or has no trades' table."""
    with contextlib.suppress(sqlite3.Error, OSError):
        return _read(file, "mode=ro") or _read(file, "mode=ro&immutable=1")
    return None


def holds_trades(file: Path) -> bool:
    """Tell whether the database holds open trades, as far as it can be read."""
    seen = inspect_database(file)
    return seen is not None and bool(seen.open)


def knows(file: Path, copy: DatabaseSummary) -> bool:
    """Tell whether the database has all that a copy of it has: its open trades, and as many closed ones."""
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


def _read(file: Path, options: str) -> DatabaseSummary | None:
    """Read with these options: in a folder that cannot be written only `immutable` reads, without the log."""
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
    """Tell whether the table is of a freqtrade since 2022."""
    return any(column[1] == "is_short" for column in connection.execute("PRAGMA table_info(trades)"))


def _opened(file: Path, options: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?{options}", uri=True, timeout=_BUSY_SECONDS)
