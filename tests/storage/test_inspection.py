"""Databases are looked into before one of them is opened: nothing is changed, and none is overlooked."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from appliance.storage.inspection import (
    count_open_trades,
    holds_trades,
    inspect_database,
    knows,
    newest_moment,
)

DATA = Path(__file__).parent.parent / "data" / "storage"


@pytest.mark.parametrize("kept", sorted(file.name for file in DATA.glob("old-schema-*.sqlite")))
def test_a_database_of_years_ago_shows_its_open_trades(kept: str, tmp_path: Path) -> None:
    """Freqtrade's table had no column for shorts then."""
    file = tmp_path / "tradesv3.sqlite"
    shutil.copy(DATA / kept, file)
    with closing(sqlite3.connect(file)) as connection:
        (open_trades,) = connection.execute("SELECT count(*) FROM trades WHERE is_open").fetchone()
    assert open_trades > 0
    seen = inspect_database(file)
    assert seen is not None
    assert (len(seen.open), holds_trades(file), knows(file, seen)) == (open_trades, True, True)
    assert count_open_trades(f"sqlite:///{file}") == open_trades


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///missing.sqlite", "postgresql://x", "sqlite:///"])
def test_what_is_no_database_holds_no_open_trades(url: str) -> None:
    assert count_open_trades(url) == 0


def test_a_file_that_is_no_database_holds_no_open_trades(tmp_path: Path) -> None:
    file = tmp_path / "tradesv3.sqlite"
    file.write_text("no database")
    assert (inspect_database(file), count_open_trades(f"sqlite:///{file}")) == (None, 0)


def test_without_a_database_nothing_is_the_newest(tmp_path: Path) -> None:
    assert newest_moment(f"sqlite:///{tmp_path}/missing.sqlite") is None


def test_the_newest_moment_is_that_of_any_table(tmp_path: Path) -> None:
    file = tmp_path / "tradesv3.sqlite"
    shutil.copy(DATA / "old-schema-2021.sqlite", file)
    newest = newest_moment(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        (opened,) = connection.execute("SELECT max(open_date) FROM trades").fetchone()
        assert newest is not None
        assert f"{newest:%Y-%m-%d %H:%M:%S}" >= opened[:19]
        connection.execute("CREATE TABLE appliance_audit (at, origin)")
        lines = [
            ("2040-01-01 00:00:00.000000", "the program"),
            ("2041-01-01 00:00:00.000000", "command line"),
        ]
        connection.executemany("INSERT INTO appliance_audit VALUES (?, ?)", lines)
        connection.commit()
    newest = newest_moment(f"sqlite:///{file}")
    assert newest is not None
    assert newest.year == 2040
