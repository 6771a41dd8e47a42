"""`appliance audit` and `appliance orders list`: read from the database, whether a bot runs or not."""

import asyncio
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.audit import AuditRecord
from appliance.domain.journal import JournalEntry
from appliance.domain.order_state import OrderState
from appliance.storage.store import Store

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
URL = "sqlite:///trades.sqlite"


def entry(client_id: str, state: OrderState) -> JournalEntry:
    return JournalEntry(
        client_order_id=client_id,
        trade_id=1,
        pair="ETH/USDT",
        side="buy",
        order_type="limit",
        amount=1.0,
        rate=100.0,
        state=state,
        created_at=NOW,
        updated_at=NOW,
    )


@pytest.fixture
def database(folder: Path) -> Path:
    """A database in which two commands and two orders are written down; no bot runs."""

    async def write() -> None:
        store = await Store.open(URL)
        for what in ("POST /pause", "POST /start"):
            await store.audit.add(AuditRecord(at=NOW, who="trader", origin="REST 10.0.0.7", what=what))
        await store.journal.put(entry("appl1", OrderState.FILLED))
        await store.journal.put(entry("appl2", OrderState.UNKNOWN))
        await store.close()

    asyncio.run(write())
    (folder / "config.json").write_text(json.dumps({"db_url": URL}))
    return folder / "trades.sqlite"


def tamper(database: Path, statement: str) -> None:
    with sqlite3.connect(database) as connection:
        for change in ("update", "delete"):
            connection.execute(f"DROP TRIGGER appliance_audit_no_{change}")
        connection.execute(statement)


def test_a_database_that_cannot_be_read_is_reported_with_status_2(appliance: Any, folder: Path) -> None:
    (folder / "config.json").write_text("{}")
    for arguments in (("audit", "verify"), ("audit", "list"), ("orders", "list")):
        outcome = appliance(*arguments, "--db-url", "sqlite:///none.sqlite")
        assert (outcome.status, outcome.out) == (2, "")
        assert "There is no bot's database" in outcome.err
    assert not (folder / "none.sqlite").exists()
    assert appliance("audit", "verify", "--expect", "nonsense").status == 2


def test_a_log_that_holds(appliance: Any, database: Path) -> None:
    outcome = appliance("audit", "verify")
    answer = json.loads(outcome.out)
    assert (outcome.status, answer["holds"], answer["lines"]) == (0, True, 2)
    assert answer["head"] == answer["kept_head"]
    assert appliance("audit", "verify", "--expect", answer["head"]).status == 0


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE appliance_audit SET who = 'nobody' WHERE number = 1", "line 1 was changed"),
        ("DELETE FROM appliance_audit WHERE number = 2", "its end is missing"),
    ],
)
def test_a_log_that_was_changed(appliance: Any, database: Path, statement: str, fault: str) -> None:
    tamper(database, statement)
    outcome = appliance("audit", "verify")
    assert (outcome.status, json.loads(outcome.out)["holds"]) == (1, False)
    assert fault in json.loads(outcome.out)["fault"]
    assert "fault" in json.loads(appliance("audit", "list").out)


def test_a_head_saved_elsewhere_detects_a_removed_file_too(appliance: Any, database: Path) -> None:
    head = json.loads(appliance("audit", "verify").out)["head"]
    tamper(database, "DELETE FROM appliance_audit WHERE number = 2")
    Path("trades.sqlite.audit").unlink()
    outcome = appliance("audit", "verify")
    answer = json.loads(outcome.out)
    assert (outcome.status, answer["holds"], answer["verdict"], answer["kept_head"]) == (
        3,
        None,
        "unproven",
        None,
    )
    assert "no head is stored beside the database" in answer["fault"]
    assert "no head is stored" in json.loads(appliance("audit", "list").out)["fault"]
    assert appliance("audit", "verify", "--expect", head).status == 1
    assert appliance("audit", "verify", "--expect", answer["head"]).status == 0


def test_lines_after_a_missing_head_do_not_prove_earlier_ones(appliance: Any, database: Path) -> None:
    """Whoever cuts the log and takes the file away must not be helped by the next command."""
    head = json.loads(appliance("audit", "verify").out)["head"]
    tamper(database, "DELETE FROM appliance_audit WHERE number = 2")
    cut = json.loads(appliance("audit", "verify").out)["head"]
    Path("trades.sqlite.audit").unlink()
    appliance("token", "create", "script", "--role", "viewer")
    outcome = appliance("audit", "verify")
    answer = json.loads(outcome.out)
    assert (outcome.status, answer["verdict"]) == (3, "unproven")
    assert answer["fault"].startswith("when line 2 was written, no head is stored beside the database")
    assert appliance("audit", "verify", "--expect", head).status == 1
    assert appliance("audit", "verify", "--expect", cut).status == 0


def test_lines_are_listed_newest_first(appliance: Any, database: Path) -> None:
    answer = json.loads(appliance("audit", "list", "--limit", "1").out)
    assert [line["what"] for line in answer["lines"]] == ["POST /start"]
    assert (answer["total"], answer["fault"]) == (2, None)


def test_orders_are_read_from_the_database_where_no_bot_runs(appliance: Any, database: Path) -> None:
    answer = json.loads(appliance("orders", "list").out)
    assert [line["client_order_id"] for line in answer["orders"]] == ["appl2", "appl1"]
    assert (answer["total"], answer["unknown"]) == (2, 1)
    answer = json.loads(appliance("orders", "list", "--state", "unknown").out)
    assert [line["state"] for line in answer["orders"]] == ["unknown"]
    assert appliance("orders", "settle", "appl2", "perhaps").status == 2
    assert appliance("orders", "settle", "appl2").status == 2  # there is no login to ask a bot with


def test_what_the_command_line_changes_is_in_the_log_first(appliance: Any, database: Path) -> None:
    token = appliance("token", "create", "script", "--role", "viewer").out.strip()
    appliance("token", "revoke", "script")
    lines = json.loads(appliance("audit", "list").out)["lines"]
    assert [line["what"] for line in lines[:2]] == [
        "token revoke script",
        "token create script --role viewer",
    ]
    assert lines[0]["origin"] == "command line"
    assert token not in str(lines)
    assert appliance("audit", "verify").status == 0


def test_a_change_that_cannot_be_recorded_is_not_made_unless_it_revokes_access(
    appliance: Any, database: Path
) -> None:
    appliance("token", "create", "script", "--role", "viewer")
    with sqlite3.connect(database) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON appliance_audit"
            " BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    before = Path("config.json").read_text()
    assert appliance("token", "create", "other", "--role", "admin").status == 2
    assert Path("config.json").read_text() == before
    assert appliance("token", "revoke", "script").status == 0
    assert "script" not in Path("config.json").read_text()
