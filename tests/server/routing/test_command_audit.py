"""Commands over REST are in the audit log before they are carried out; what cannot be written is not done."""

import asyncio
import sqlite3

import pytest

from appliance.domain.audit import fault
from tests.support.serving import PASSWORD, USER


async def audited(stage) -> list:
    return [line.record for line in await stage.bot._shared.books.store.audit.lines()]


def closed_to_writing(folder):
    """Have the database refuse lines of the audit log, though nothing is wrong with them."""
    with sqlite3.connect(folder / "trades.sqlite") as database:
        database.execute("ALTER TABLE appliance_audit RENAME TO appliance_audit_away")


def opened_again(folder):
    with sqlite3.connect(folder / "trades.sqlite") as database:
        database.execute("ALTER TABLE appliance_audit_away RENAME TO appliance_audit")


async def test_a_command_that_cannot_be_recorded_is_not_carried_out(api, stage, tmp_path):
    await asyncio.to_thread(closed_to_writing, tmp_path)
    await api.post("/stop")
    answer = await api.post("/start")
    assert answer.status == 502
    assert "cannot be written" in answer.body["error"]
    assert stage.bot.state.value == "stopped"
    assert (await api.post("/forceenter", {"pair": "ETH/USDT"})).status == 502
    assert stage.bot.book.open == {}


async def test_what_takes_risk_away_is_done_anyway_and_recorded_later(api, stage, tmp_path):
    await stage.enter()
    await asyncio.to_thread(closed_to_writing, tmp_path)
    assert (await api.post("/forceexit", {"tradeid": 1})).status == 200
    assert (await api.post("/pause")).status == 200
    assert (stage.bot.book.open, stage.bot.state.value) == ({}, "paused")
    await asyncio.to_thread(opened_again, tmp_path)
    await api.post("/start")
    told = [record.what for record in await audited(stage)]
    assert told[1:] == [
        'POST /forceexit {"tradeid":1,"ordertype":null,"amount":null,"price":null}',
        "outcome of what could not be written at once",
        "POST /pause",
        "outcome of what could not be written at once",
        "POST /start",
        "outcome of 6",
    ]


async def test_a_command_says_who_from_where_and_how_it_stood_before_and_after(api, stage):
    await stage.enter()
    await api.post("/pause")
    begun, ended = (await audited(stage))[-2:]
    assert (begun.who, begun.origin, begun.what) == (USER, "REST 127.0.0.1", "POST /pause")
    assert begun.before == "running, 1 open trade, 0 locks"
    assert ended.what == "outcome of 2"
    assert ended.after.startswith("paused: no more entries")
    assert ended.after.endswith("(paused, 1 open trade, 0 locks)")


async def test_a_refusal_is_recorded_with_its_reason(api, stage):
    await api.ask("DELETE", "/trades/7")
    begun, ended = (await audited(stage))[-2:]
    assert begun.what == "DELETE /trades/7"
    assert begun.before.endswith("trade 7 is not open")
    assert ended.after.startswith("not done: there is no trade with id 7")


async def test_a_secret_that_is_sent_along_is_left_out(api, stage):
    await api.post("/forceenter", {"pair": "ETH/USDT", "entry_tag": f"my {PASSWORD}"})
    assert all(PASSWORD not in str(record) for record in await audited(stage))
    assert "my REDACTED" in (await audited(stage))[-2].what


@pytest.mark.parametrize("body", [{"pair": "\0<b>\n"}, {"pair": "x" * 100_000}])
async def test_odd_and_long_commands_are_recorded_anyway(api, stage, body):
    assert (await api.post("/forceenter", body)).status == 502
    lines = await stage.bot._shared.books.store.audit.lines()
    assert fault(lines) is None
    assert len(lines[-2].record.what) <= 2_000


async def test_reading_and_what_is_not_allowed_or_not_understood_is_no_command(api, stage):
    for path in ("/status", "/audit", "/locks"):
        await api.get(path)
    await api.post("/start", login=("nobody", "x"))
    await api.post("/forceenter", {})
    assert [record.what for record in await audited(stage)] == ["started"]


async def test_the_log_is_read_over_rest_newest_first_with_its_head(api, stage):
    await api.post("/pause")
    answer = (await api.get("/audit", params={"limit": 2})).body
    assert [line["what"] for line in answer["lines"]] == ["outcome of 2", "POST /pause"]
    assert (answer["total"], answer["fault"]) == (3, None)
    assert answer["head"] == f"3:{answer['lines'][0]['chained']}"
    assert [line["what"] for line in (await api.get("/audit", params={"offset": 2})).body["lines"]] == [
        "started"
    ]
