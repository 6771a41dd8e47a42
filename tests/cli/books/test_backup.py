"""`appliance backup`: one archive, its path on standard output."""

import sqlite3
from pathlib import Path

import pytest

from appliance.storage.backup import verify
from tests.cli.conftest import Run


@pytest.fixture
def config(folder: Path) -> Path:
    sqlite3.connect(folder / "mine.sqlite").close()
    (folder / "user_data" / "strategies").mkdir(parents=True)
    (folder / "user_data" / "strategies" / "one.py").write_text("class One: pass\n")
    file = folder / "config.json"
    file.write_text('{"api_server": {"password": "not-for-terminals"}}')
    return file


@pytest.mark.parametrize("to", [None, ".", "mine.tar.gz"])
def test_it_is_written_where_it_was_asked_for(
    appliance: Run, folder: Path, config: Path, to: str | None
) -> None:
    outcome = appliance("backup", "--db-url", "sqlite:///mine.sqlite", *(["--to", to] if to else []))
    assert outcome.status == 0, outcome.err
    file = Path(outcome.out.strip())
    assert file.parent == (folder / "user_data" / "backups" if to is None else folder)
    assert {part.name for part in verify(file).files} >= {"configuration/0/config.json", "strategies/one.py"}
    assert "not-for-terminals" not in outcome.out + outcome.err
    assert "with the secrets of the configuration" in outcome.err


def test_what_is_there_is_not_overwritten(appliance: Run, folder: Path, config: Path) -> None:
    (folder / "mine.tar.gz").write_text("mine")
    outcome = appliance("backup", "--to", "mine.tar.gz")
    assert (outcome.status, outcome.out) == (2, "")
    assert "exists already" in outcome.err
