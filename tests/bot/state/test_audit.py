"""What starts to trade and what a reload changes is in the audit log; secrets are not."""

import json
import sqlite3

from appliance.bot.state.audit import commander
from appliance.domain.audit import Commander
from tests.support.scripted import QUIET, scene

TRADER = Commander("trader", "REST 10.0.0.7")


async def lines(stage) -> list:
    return [line.record for line in await stage.bot._shared.books.store.audit.lines()]


def configured(folder, **changes) -> str:
    file = folder / "config.json"
    file.write_text(json.dumps({"bot_name": "first", "telegram": {"token": "123:first-token"}, **changes}))
    return str(file)


async def reloaded(stage, **by) -> None:
    stage.bot.request_reload(**by)
    await stage.bot.run_one_cycle()


async def test_the_start_names_configuration_and_strategy_by_what_is_in_them(tmp_path):
    async with scene(tmp_path, files=[configured(tmp_path)]) as stage:
        (first,) = await lines(stage)
    assert (first.who, first.what) == ("appliance", "started")
    async with scene(tmp_path, files=[configured(tmp_path)]) as stage:
        assert (await lines(stage))[-1].after == first.after
        assert [line.what for line in await lines(stage)] == ["started", "ended", "started"]
    async with scene(tmp_path, files=[configured(tmp_path, bot_name="other")]) as stage:
        other = (await lines(stage))[-1].after
    async with scene(tmp_path, files=[configured(tmp_path)], code=QUIET + "\n# changed\n") as stage:
        changed = (await lines(stage))[-1].after
    assert len({first.after, other, changed}) == 3


async def test_a_reload_says_what_it_changes_and_keeps_secrets_to_itself(tmp_path):
    async with scene(tmp_path, files=[configured(tmp_path)]) as stage:
        configured(tmp_path, bot_name="second", telegram={"token": "456:second-token"})
        await reloaded(stage, origin="signal SIGHUP")
        line = (await lines(stage))[-1]
        assert (line.who, line.origin, line.what) == ("appliance", "signal SIGHUP", "configuration reloaded")
        assert '"bot_name":"first"' in line.before
        assert '"bot_name":"second","telegram.token":"REDACTED"' in line.after
        assert "-token" not in str(await lines(stage))
        await reloaded(stage)
        assert (await lines(stage))[-1].what == "configuration reloaded, nothing has changed"


async def test_a_reload_that_cannot_be_recorded_changes_nothing(tmp_path):
    async with scene(tmp_path, files=[configured(tmp_path)]) as stage:
        configured(tmp_path, bot_name="second")
        with sqlite3.connect(tmp_path / "trades.sqlite") as database:
            database.execute(
                "CREATE TRIGGER full BEFORE INSERT ON appliance_audit"
                " BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            )
        await reloaded(stage)
        assert stage.bot.settings.bot_name == "first"
        assert "disk is full" in stage.told("warning")[-1]["status"]


async def test_who_commanded_is_known_to_what_follows_from_the_command(tmp_path):
    async with scene(tmp_path, files=[configured(tmp_path)]) as stage:
        configured(tmp_path, bot_name="second")
        async with stage.bot.audit.command(TRADER, "reload", summary=lambda: ""):
            assert commander() == TRADER
            stage.bot.request_reload()
        assert commander() != TRADER
        await stage.bot.run_one_cycle()
        assert ((await lines(stage))[-1].who, stage.bot.settings.bot_name) == ("trader", "second")


async def test_a_log_whose_end_is_missing_is_reported_at_the_start(tmp_path):
    async with scene(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "trades.sqlite") as database:
        database.execute("DROP TRIGGER appliance_audit_no_delete")
        database.execute("DELETE FROM appliance_audit WHERE number = 2")
    async with scene(tmp_path) as stage:
        assert "its end is missing: line 2 was written" in (await lines(stage))[-1].what
