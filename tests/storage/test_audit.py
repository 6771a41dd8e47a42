"""The audit log: only added to, and whoever changes it is found out."""

import asyncio
import sqlite3
from datetime import UTC, datetime

import pytest

from appliance.domain.audit import AuditRecord, fault, first_broken, read_head
from appliance.domain.errors import StorageError
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


# -- the end of the log, of which the chain knows nothing --------------------------------------------------


def cut_off(file, number: int) -> None:
    tamper(file, f"DELETE FROM appliance_audit WHERE number > {number}")


async def test_a_cut_end_shows_by_the_head_that_is_kept_beside_the_database(file):
    await asyncio.to_thread(cut_off, file, 1)
    store = await Store.open(f"sqlite:///{file}")
    assert first_broken(await store.audit()) is None
    assert "line 3 was written, and the log ends with line 1" in await store.audit_fault()
    await store.close()


async def test_what_is_written_after_the_cut_does_not_cover_it_up(file):
    await asyncio.to_thread(cut_off, file, 1)
    store = await Store.open(f"sqlite:///{file}")
    for what in ("stop", "start", "pause", "start"):
        await store.note(record(what))
    assert await store.audit_fault() == "line 3 is another one than was written"
    assert fault(await store.audit(), [await store.audit_anchor()]) == await store.audit_fault()
    await store.close()


async def test_a_head_that_was_kept_elsewhere_tells_when_both_were_changed(file):
    (*_, last) = await lines(file)
    await asyncio.to_thread(cut_off, file, 2)
    await asyncio.to_thread((file.parent / "trades.sqlite.audit").unlink)
    found = await lines(file)
    assert fault(found) is None
    assert "its end is missing" in fault(found, [read_head(f"3:{last.chained}")])


@pytest.mark.parametrize("text", ["", "3", "3:", f"x:{'0' * 64}", f"3:{'g' * 64}", f"-1:{'0' * 64}"])
def test_what_is_no_head_is_told_from_one(text):
    assert read_head(text) is None


async def test_a_head_that_cannot_be_kept_holds_up_nothing(file):
    (file.parent / "trades.sqlite.audit.new").mkdir()
    store = await Store.open(f"sqlite:///{file}")
    assert (await store.note(record("pause"))).number == 4
    assert await store.audit_fault() is None  # the one kept is older, and right
    await store.close()


async def test_another_process_reads_and_adds_while_a_bot_runs(file):
    bot = await Store.open(f"sqlite:///{file}")
    beside = await Store.beside(f"sqlite:///{file}", writing=True)
    await beside.note(record("token create"))
    await bot.note(record("start"))
    assert [line.record.what for line in await beside.audit(2)] == ["token create", "start"]
    assert first_broken(await bot.audit()) is None
    await beside.close()
    await bot.close()


async def test_who_looks_only_cannot_write_and_makes_no_database(file):
    store = await Store.beside(f"sqlite:///{file}")
    with pytest.raises(StorageError, match="readonly"):
        await store.note(record("start"))
    await store.close()
    assert await Store.beside(f"sqlite:///{file.parent}/none.sqlite") is None
    assert not (file.parent / "none.sqlite").exists()
