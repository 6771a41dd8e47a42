"""`show-trades` prints what freqtrade prints of the same database, and changes nothing in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.stored_trades import write_dump

pytestmark = pytest.mark.python_independent

ANSWER = Path(__file__).parents[2] / "data/storage/freqtrade-2026.9-show-trades.json"
"""What freqtrade 2026.9 prints for the same database."""


@pytest.fixture
def url(folder: Path) -> str:
    write_dump(folder / "theirs.sqlite")
    return "sqlite:///theirs.sqlite"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--db-url", "sqlite:///nowhere.sqlite"), "There is no database at sqlite:///nowhere.sqlite"),
        (("--db-url", "postgresql://me:secret@host/db"), "expected sqlite:///<file>"),
        (("--trade-ids", "one"), "Invalid value for '--trade-ids'"),
    ],
)
def test_what_cannot_be_read_is_reported(appliance: Any, arguments: tuple[str, ...], reason: str) -> None:
    outcome = appliance("show-trades", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert reason in outcome.err
    assert "secret" not in outcome.err


def test_a_file_that_is_no_database_is_reported(appliance: Any, folder: Path) -> None:
    (folder / "tradesv3.sqlite").write_text("something else " * 1000)
    outcome = appliance("show-trades", "--db-url", "sqlite:///tradesv3.sqlite")
    assert outcome.status == 2
    assert "not a database: name another file in db_url" in outcome.err


def test_json_is_freqtrades(appliance: Any, url: str) -> None:
    assert appliance("show-trades", "--db-url", url, "--print-json").out == ANSWER.read_text()


def test_some_trades_can_be_chosen(appliance: Any, url: str) -> None:
    shown = appliance("show-trades", "--db-url", url, "--print-json", "--trade-ids", "2", "3", "77")
    assert [trade["trade_id"] for trade in json.loads(shown.out)] == [2, 3]


def test_the_database_stays_as_it_is(appliance: Any, folder: Path, url: str) -> None:
    before = (folder / "theirs.sqlite").read_bytes()
    appliance("show-trades", "--db-url", url)
    assert (folder / "theirs.sqlite").read_bytes() == before
    assert [file.name for file in folder.glob("theirs*")] == ["theirs.sqlite"]


def test_a_table_has_a_line_for_each_trade(appliance: Any, url: str) -> None:
    headings, *lines = appliance("show-trades", "--db-url", url).out.splitlines()
    assert headings.split("\t")[:3] == ["Id", "Pair", "Side"]
    assert [line.split("\t")[0] for line in lines] == ["1", "2", "3"]
