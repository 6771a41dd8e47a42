"""The audit log: only added to, and whoever changes it is found out."""

import asyncio
import sqlite3
from datetime import UTC, datetime

import pytest

from appliance.domain.audit import AuditRecord, first_broken
from appliance.storage.store import Store

NOW = datetime(2026, 1, 5, 12, 0, 0, 123456, tzinfo=UTC)


def record(what: str) -> AuditRecord:
    return AuditRecord(at=NOW, who="trader", origin="127.0.0.1", what=what, before="running", after="paused")


@pytest.fixture
async def file(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/trades.sqlite")
    for what in ("pause", "start", "forceexit 1"):
        await store.note(record(what))
    await store.close()
    return tmp_path / "trades.sqlite"


async def lines(file):
    store = await Store.open(f"sqlite:///{file}")
    found = await store.audit()
    await store.close()
    return found


def tamper(file, *statements: str) -> None:
    with sqlite3.connect(file) as database:
        for change in ("update", "delete"):
            database.execute(f"DROP TRIGGER appliance_audit_no_{change}")
        for statement in statements:
            database.execute(statement)


async def test_what_is_written_can_be_read_and_holds(file):
    found = await lines(file)
    assert [line.record for line in found] == [record(what) for what in ("pause", "start", "forceexit 1")]
    assert first_broken(found) is None


@pytest.mark.parametrize(
    "statement", ["UPDATE appliance_audit SET who = 'nobody'", "DELETE FROM appliance_audit"]
)
def test_the_table_itself_refuses_to_be_changed(file, statement):
    with sqlite3.connect(file) as database, pytest.raises(sqlite3.IntegrityError, match="only added to"):
        database.execute(statement)


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE appliance_audit SET who = 'nobody' WHERE number = 2", 2),
        ("DELETE FROM appliance_audit WHERE number = 1", 1),
        ("UPDATE appliance_audit SET after = NULL WHERE number = 3", 3),
    ],
)
async def test_whoever_changes_a_line_all_the_same_is_found_out(file, statement, number):
    await asyncio.to_thread(tamper, file, statement)
    assert first_broken(await lines(file)) == number
