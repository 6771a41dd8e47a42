"""The comparison of the bot's past with its backtest, over the API: in a process of its own."""

from datetime import timedelta

import pytest

from tests.support.research.backtests import Workspace
from tests.support.research.replaying import (
    BEGIN,
    as_file,
    configuration,
    loaded_of,
    replaying,
    store_candles,
    trade_until,
)
from tests.support.research.webserver import audited, ended, webserver


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path / "user_data")
    store_candles(tmp_path)
    short = {"exchange.replayed.end": (BEGIN + timedelta(minutes=20)).isoformat()}
    workspace.config = as_file(configuration(tmp_path, **short))
    return workspace


@pytest.fixture
async def api(workspace):
    async with webserver(workspace) as api:
        yield api


async def test_another_mode_refuses_it(starting):
    assert (await starting.get("/replay")).status == 503
    assert (await starting.post("/replay", {})).status == 503


@pytest.mark.parametrize("body", [{"timerange": 5}, {"timeframe_detail": "x" * 11}, {"timerange": "x" * 61}])
async def test_a_request_that_makes_no_sense_starts_nothing(api, body):
    assert (await api.post("/replay", body)).status == 422
    assert (await api.get("/replay")).body["status"] == "not_started"


async def test_without_a_past_the_job_says_so_in_one_sentence(api):
    assert (await api.post("/replay", {})).body["status"] == "running"
    assert (await api.post("/replay", {})).status == 502  # one at a time
    shown = await ended(api, "/replay")
    assert (shown["status"], shown["comparison"]) == ("error", None)
    assert shown["status_msg"].startswith("The comparison failed: There is no database of a bot yet")


async def test_a_past_is_compared_trade_by_trade(api, tmp_path):
    short = {"exchange.replayed.end": (BEGIN + timedelta(minutes=20)).isoformat()}
    async with replaying(await loaded_of(tmp_path, **short)) as bot:
        await trade_until(bot)
    assert (await api.post("/replay", {"timerange": "20260105T1200-"})).body["running"]
    shown = await ended(api, "/replay")
    assert (shown["status"], shown["progress"]) == ("ended", 1.0)
    found = shown["comparison"]
    assert found["totals"]["matched"] >= 4
    assert found["totals"]["unexplained"] == 0
    assert {"pair", "live", "tested", "reasons", "profit_difference", "direction"} == found["trades"][
        0
    ].keys()
    assert 'POST /replay {"timerange":"20260105T1200-","timeframe_detail":null}' in await audited(api)
