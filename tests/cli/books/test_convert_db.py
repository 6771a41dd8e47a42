"""`convert-db` makes a new database of this version and leaves the old one alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.stored_trades import write_dump

pytestmark = pytest.mark.python_independent

NEW = "sqlite:///new.sqlite"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "--db-url-from: missing"),
        (("--db-url-from", "sqlite:///old.sqlite"), "--db-url: missing"),
        (("--db-url-from", "sqlite:///nowhere.sqlite", "--db-url", NEW), "There is no database at sqlite:"),
        (("--db-url-from", "postgresql://u:secret@h/d", "--db-url", NEW), "found 'postgresql', which is not"),
        (("--db-url-from", "sqlite:///old.sqlite", "--db-url", "mysql://u:secret@h/d"), "found 'mysql'"),
        (("--db-url-from", "sqlite:///old.sqlite", "--db-url", "sqlite:///no/new.sqlite"), "no folder"),
        (("--db-url-from", "sqlite:///old.sqlite", "--db-url", "sqlite:///old.sqlite"), "exists already"),
        (("--db-url-from", "sqlite:///note.txt", "--db-url", NEW), "file is not a database"),
    ],
)
def test_what_cannot_be_copied_leaves_nothing_behind(
    appliance: Any, folder: Path, arguments: tuple[str, ...], reason: str
) -> None:
    write_dump(folder / "old.sqlite")
    (folder / "note.txt").write_text("buy low, sell high " * 100)
    before = {file: file.read_bytes() for file in folder.iterdir()}
    outcome = appliance("convert-db", *arguments)
    assert outcome.status == 2
    assert reason in outcome.err
    assert "secret" not in outcome.err
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_a_database_of_freqtrade_becomes_one_of_this_program(appliance: Any, folder: Path) -> None:
    write_dump(folder / "old.sqlite")
    before = (folder / "old.sqlite").read_bytes()
    outcome = appliance("convert-db", "--db-url-from", "sqlite:///old.sqlite", "--db-url", NEW)
    assert outcome.status == 0
    assert f"Wrote {folder}/new.sqlite: " in outcome.err
    assert "3 trades, " in outcome.err
    assert (folder / "old.sqlite").read_bytes() == before
    shown = [
        appliance("show-trades", "--print-json", "--db-url", url).out for url in ("sqlite:///old.sqlite", NEW)
    ]
    assert shown[0] == shown[1]
    assert json.loads(appliance("audit", "verify", "--db-url", NEW).out)["holds"]
    assert {file.name for file in folder.glob("*sqlite*")} == {"old.sqlite", "new.sqlite"}
