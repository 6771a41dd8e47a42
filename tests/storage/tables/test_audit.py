"""The audit log: only added to, and whoever changes it is found out."""

import asyncio
import os
import sqlite3
from datetime import UTC, datetime

import msgspec
import pytest

from appliance.domain.audit import (
    AnchorState,
    AuditChoice,
    AuditRecord,
    Verdict,
    fault,
    first_broken,
    judge,
    read_head,
)
from appliance.domain.errors import StorageError
from appliance.storage import audit_anchor
from appliance.storage.store import Store

NOW = datetime(2026, 1, 5, 12, 0, 0, 123456, tzinfo=UTC)


def record(what: str) -> AuditRecord:
    return AuditRecord(at=NOW, who="trader", origin="127.0.0.1", what=what, before="running", after="paused")


@pytest.fixture
async def file(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/trades.sqlite")
    for what in ("pause", "start", "forceexit 1"):
        await store.audit.add(record(what))
    await store.close()
    return tmp_path / "trades.sqlite"


async def lines(file):
    store = await Store.open(f"sqlite:///{file}")
    found = await store.audit.lines()
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
async def test_a_changed_line_is_detected(file, statement, number):
    await asyncio.to_thread(tamper, file, statement)
    assert first_broken(await lines(file)) == number


# -- the end of the log, of which the chain knows nothing --------------------------------------------------


def cut_off(file, number: int) -> None:
    tamper(file, f"DELETE FROM appliance_audit WHERE number > {number}")


async def test_a_cut_end_shows_by_the_head_that_is_kept_beside_the_database(file):
    await asyncio.to_thread(cut_off, file, 1)
    store = await Store.open(f"sqlite:///{file}")
    assert first_broken(await store.audit.lines()) is None
    assert "line 3 was written, and the log ends with line 1" in await store.audit.fault()
    await store.close()


async def test_what_is_written_after_the_cut_does_not_cover_it_up(file):
    await asyncio.to_thread(cut_off, file, 1)
    store = await Store.open(f"sqlite:///{file}")
    for what in ("stop", "start", "pause", "start"):
        await store.audit.add(record(what))
    assert await store.audit.fault() == "line 3 is not the one that was written"
    assert fault(await store.audit.lines(), [(await store.audit.anchor()).head]) == await store.audit.fault()
    await store.close()


async def test_a_head_stored_elsewhere_detects_a_change_of_both(file):
    (*_, last) = await lines(file)
    await asyncio.to_thread(cut_off, file, 2)
    await asyncio.to_thread((file.parent / "trades.sqlite.audit").unlink)
    found = await lines(file)
    assert fault(found) is None
    assert "its end is missing" in fault(found, [read_head(f"3:{last.chained}")])


@pytest.mark.parametrize("text", ["", "3", "3:", f"x:{'0' * 64}", f"3:{'g' * 64}", f"-1:{'0' * 64}"])
def test_an_invalid_head_is_distinguished(text):
    assert read_head(text) is None


async def test_a_head_that_cannot_be_kept_holds_up_nothing(file, monkeypatch, caplog):
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit_anchor, "write", refuse)
    store = await Store.open(f"sqlite:///{file}")
    assert (await store.audit.add(record("pause"))).number == 4
    assert (await store.audit.add(record("start"))).number == 5
    assert await store.audit.fault() is None  # the one kept is older, and right
    assert [line for line in caplog.messages if "head of the audit log" in line] == [
        f"Writing the head of the audit log to {file}.audit failed: No space left on device"
    ]
    await store.close()


async def test_another_process_reads_and_adds_while_a_bot_runs(file):
    bot = await Store.open(f"sqlite:///{file}")
    beside = await Store.beside(f"sqlite:///{file}", writing=True)
    await beside.audit.add(record("token create"))
    await bot.audit.add(record("start"))
    assert [line.record.what for line in await beside.audit.lines(2)] == ["token create", "start"]
    assert first_broken(await bot.audit.lines()) is None
    await beside.close()
    await bot.close()


async def test_who_looks_only_cannot_write_and_makes_no_database(file):
    store = await Store.beside(f"sqlite:///{file}")
    with pytest.raises(StorageError, match="readonly"):
        await store.audit.add(record("start"))
    await store.close()
    assert await Store.beside(f"sqlite:///{file.parent}/none.sqlite") is None
    assert not (file.parent / "none.sqlite").exists()


# -- what is kept beside the database, and what is missing there ---------------------------------------------


async def test_many_commands_at_once_keep_one_head_the_last(file, caplog):
    store = await Store.open(f"sqlite:///{file}")
    beside = await Store.beside(f"sqlite:///{file}", writing=True)
    await asyncio.gather(*(one.audit.add(record(f"pause {n}")) for n in range(60) for one in (store, beside)))
    assert caplog.messages == []
    kept = (await store.audit.anchor()).head
    assert (kept, kept.number) == (await store.audit.head(), 123)
    assert sorted(each.name for each in file.parent.iterdir() if ".audit" in each.name) == [
        "trades.sqlite.audit"
    ]
    assert first_broken(await store.audit.lines()) is None
    await beside.close()
    await store.close()


async def noted(file, what: str) -> tuple[list[str], str | None]:
    """Add a line; return what the lines say, and whether something is wrong afterwards."""
    store = await Store.open(f"sqlite:///{file}")
    await store.audit.add(record(what))
    said, wrong = [line.record.what for line in await store.audit.lines()], await store.audit.fault()
    await store.close()
    return said, wrong


@pytest.mark.parametrize("left", ["nothing", "log of writes", "rubbish"])
async def test_a_reset_is_reported_once_and_recorded(file, left, caplog):
    """A dry-run is reset by `rm *.sqlite`; what else lies there stays."""
    head = (await asyncio.to_thread(audit_anchor.read, audit_anchor.anchor_file(file))).head
    if left == "log of writes":
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).write_bytes(b"")
    await asyncio.to_thread(file.unlink)
    anchor = audit_anchor.anchor_file(file)
    if left == "rubbish":
        anchor.with_name(anchor.name + ".new").write_text("")
    said, wrong = await noted(file, "started")
    assert said == [
        f"audit log: it begins anew: another database had this name before, and its log ended with {head}",
        "started",
    ]
    assert wrong is None
    assert len(caplog.messages) == 1
    again, wrong = await noted(file, "started")
    assert (again[2:], wrong, len(caplog.messages)) == (["started"], None, 1)
    (note,) = (await asyncio.to_thread(audit_anchor.read, anchor)).notes
    assert str(head) in note


async def test_a_head_of_an_older_version_detects_a_reset_by_its_date(file):
    anchor = audit_anchor.anchor_file(file)
    anchor.write_text(anchor.read_text().splitlines()[0] + "\n")
    store = await Store.open(f"sqlite:///{file}")
    assert await store.audit.fault() is None
    await store.close()
    await asyncio.to_thread(file.unlink)
    os.utime(anchor, (1e9, 1e9))
    said, wrong = await noted(file, "started")
    assert (len(said), wrong) == (2, None)
    assert "another database had this name before" in said[0]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda anchor: anchor.unlink(), "no head is stored beside the database"),
        (lambda anchor: anchor.write_text("rubbish"), "is no head"),
        (lambda anchor: anchor.write_text(""), "is no head"),
        (lambda anchor: anchor.write_bytes(b"\xff\xfe"), "is no head"),
    ],
)
async def test_a_missing_head_is_no_agreement_and_is_noted_in_the_log(file, spoil, words, caplog):
    await asyncio.to_thread(cut_off, file, 2)
    await asyncio.to_thread(spoil, audit_anchor.anchor_file(file))
    store = await Store.open(f"sqlite:///{file}")
    evidence = await store.audit.evidence()
    assert evidence.state is AnchorState.MISSING
    assert words in evidence.reason
    assert judge(await store.audit.lines(), evidence).verdict.holds is None
    await store.close()
    said, wrong = await noted(file, "started")
    assert words in said[-2]
    assert (said[-1], wrong, len(caplog.messages)) == ("started", None, 1)


async def test_all_lines_taken_out_are_no_reset(file):
    await asyncio.to_thread(cut_off, file, 0)
    store = await Store.open(f"sqlite:///{file}")
    assert (await store.audit.evidence()).state is AnchorState.CONTRADICTED
    await store.close()


async def test_an_older_backup_shows_until_somebody_takes_the_head_away(file):
    older = file.read_bytes()
    await noted(file, "stop")
    file.write_bytes(older)
    store = await Store.open(f"sqlite:///{file}")
    assert "its end is missing" in await store.audit.fault()
    await store.close()
    said, wrong = await noted(file, "start")
    assert "is not the one that was written" in wrong
    audit_anchor.anchor_file(file).unlink()
    said, wrong = await noted(file, "start")
    assert wrong is None
    assert "is unknown" in said[-2]


async def test_a_database_copied_to_another_folder_reports_what_is_missing(file, tmp_path):
    (tmp_path / "other").mkdir()
    copy = tmp_path / "other" / file.name
    copy.write_bytes(file.read_bytes())
    said, wrong = await noted(copy, "started")
    assert ("no head is stored" in said[-2], wrong) == (True, None)
    assert (await noted(file, "started"))[0][-2:] == ["forceexit 1", "started"]


async def test_a_line_that_was_committed_before_its_head_was_kept_is_no_fault(file):
    """As after kill -9 between the two."""
    anchor = audit_anchor.anchor_file(file)
    before = anchor.read_bytes()
    await noted(file, "stop")
    anchor.write_bytes(before)
    said, wrong = await noted(file, "start")
    assert (said[-2:], wrong) == (["stop", "start"], None)


async def test_the_lines_about_a_trade_are_found_by_the_state_that_they_state(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/trades.sqlite")
    states = ("1 lock; trade 3: 1 ETH", "1 lock; trade 30: 1 ETH", "1 lock; trade 3 is not open", "1 lock")
    for place, state in enumerate(states):
        await store.audit.add(msgspec.structs.replace(record(f"command {place}"), before=state))
    await store.audit.add(msgspec.structs.replace(record("outcome of 1"), before=None, after=states[0]))
    found = [line.record.what for line in await store.audit.about_trade(3, 10)]
    assert found == ["command 0", "command 2", "outcome of 1"]
    assert [line.record.what for line in await store.audit.about_trade(3, 1)] == ["outcome of 1"]
    await store.close()


async def test_lines_are_chosen_and_bear_their_outcomes(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/trades.sqlite")
    for who, what, after in (
        ("anna", "POST /pause", None),
        ("anna", "outcome of 1", "paused (state paused)"),
        ("ben", "POST /forceexit %_", None),
        ("ben", "outcome of 3", "not done: no such trade"),
        ("ben", "POST /start", None),
        ("appliance", "reload", "new settings"),
    ):
        await store.audit.add(AuditRecord(at=NOW, who=who, origin="REST", what=what, after=after))

    async def numbers(**choice):
        page = await store.audit.chosen(AuditChoice(**choice), 10)
        assert page.total == len(page.entries)
        return [entry.line.number for entry in page.entries]

    page = await store.audit.chosen(AuditChoice(), 2, 2)
    assert [(entry.line.number, entry.outcome) for entry in page.entries] == [
        (3, "not done: no such trade"), (1, "paused (state paused)")
    ]  # fmt: skip
    assert (page.total, page.names) == (4, ["anna", "appliance", "ben"])
    assert await numbers(who="ben") == [5, 3]
    assert await numbers(text="PAUSED") == [1]
    assert await numbers(text="%_") == [3]
    assert await numbers(text="new SETT") == [6]
    assert [await numbers(ending=ending) for ending in ("done", "refused")] == [[1], [3]]
    assert await numbers(ending="open") == [6, 5]
    assert await numbers(since=NOW, until=NOW) == []
    assert await numbers(since=NOW) == [6, 5, 3, 1]
    judged = await store.audit.judgement()
    assert judged.verdict is Verdict.HOLDS
    await store.close()
