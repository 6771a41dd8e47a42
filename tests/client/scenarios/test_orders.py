"""`appliance orders` asks the bot where one runs."""

import asyncio
import json
from pathlib import Path

import pytest

from appliance.cli.main import main
from tests.client.test_command import Outcome, write_config
from tests.support.running import free_port


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run `appliance` in a thread, so that the server of the test can answer."""
    monkeypatch.chdir(tmp_path)

    def in_thread(arguments: tuple[str, ...]) -> int:
        try:
            main(arguments)
        except SystemExit as ended:
            return ended.code

    async def run(*arguments: str) -> Outcome:
        status = await asyncio.to_thread(in_thread, arguments)
        return Outcome(status, *capsys.readouterr())

    return run


async def test_orders_come_from_the_running_bot_and_are_resolved_by_it(run, api, stage) -> None:
    config = write_config(Path("c.json"), api.url)
    trade = await stage.enter(price=90.0)
    client_id = trade.orders[0].client_order_id
    listed = await run("orders", "list", "-c", config)
    assert (listed.status, json.loads(listed.out)["orders"][0]["client_order_id"]) == (0, client_id)
    for words in ((client_id, "never_sent"), (client_id,)):
        refused = await run("orders", "resolve", *words, "-c", config)
        assert refused.status == 1
        assert "is known already: it is acknowledged" in refused.err


async def test_nothing_is_resolved_while_no_bot_runs(run) -> None:
    nowhere = write_config(Path("n.json"), f"http://127.0.0.1:{free_port()}")
    outcome = await run("orders", "settle", "appl1", "never_sent", "-c", nowhere)
    assert (outcome.status, "is it running" in outcome.err) == (1, True)
