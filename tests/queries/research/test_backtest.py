"""Backtests over the API: in a process of their own, by the code of the command."""

import asyncio

import pytest

from appliance.config.api_tokens import hash_of, new_token
from appliance.queries.roles import Role
from tests.support.research.backtests import Workspace, walk
from tests.support.research.webserver import audited, ended, webserver, workbench_of
from tests.support.schema import answer_schema, differences

REQUEST = {"strategy": "Mine", "enable_protections": False, "timerange": "20250701-20250702"}
ENTRIES = "dataframe.loc[dataframe.index % 5 == 0, 'enter_long'] = 1"


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.strategy(entries=ENTRIES)
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        workspace.store(pair, walk(600, seed=seed))
    return workspace


@pytest.fixture
async def api(workspace):
    async with webserver(workspace) as api:
        yield api


async def test_another_mode_refuses_it(starting):
    assert (await starting.get("/backtest")).status == 503
    assert (await starting.post("/backtest", REQUEST)).status == 503


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"strategy": "../../etc/passwd"}, "strategy"),
        ({"strategy": "/tmp/evil.py"}, "strategy"),
        ({"strategy": "Mine:aW1wb3J0IG9z"}, "strategy"),
        ({"strategy": "x" * 201}, "strategy"),
        ({"strategy": ""}, "strategy"),
        ({"strategy": None}, "strategy"),
        ({"enable_protections": None}, "enable_protections"),
        ({"timerange": 5}, "timerange"),
        ({"max_open_trades": "many"}, "max_open_trades"),
        ({"freqai": "yes"}, "freqai"),
    ],
)
async def test_a_request_that_makes_no_sense_starts_nothing(api, changes, place):
    answer = await api.post("/backtest", REQUEST | changes)
    assert answer.status == 422
    assert {problem["loc"][1] for problem in answer.body["detail"]} == {place}
    assert (await api.get("/background")).body == []


async def test_what_cannot_be_tested_says_why_in_one_sentence(api):
    assert (await api.post("/backtest", REQUEST | {"timeframe_detail": "../../1m"})).status == 200
    shown = await ended(api)
    assert shown["status"] == "error"
    assert shown["status_msg"].startswith("The backtest failed: --timeframe-detail: '../../1m' is not a time")


async def test_a_strategy_that_raises_fails_alone(api, workspace):
    workspace.strategy("Raising", indicators="return {}['nothing']")
    await api.post("/backtest", REQUEST | {"strategy": "Raising"})
    shown = await ended(api)
    assert shown["status"] == "error"
    assert "raising.py" in shown["status_msg"]
    (job,) = (await api.get("/background")).body
    assert (job["status"], job["running"]) == ("failed", False)
    assert job["error"] in shown["status_msg"]


async def test_a_viewer_starts_and_stops_nothing(workspace):
    token = new_token()
    tokens = [{"name": "the viewer", "hash": hash_of(token), "role": Role.VIEWER.word}]
    async with webserver(workspace, **{"api_server.tokens": tokens}) as api:
        assert (await api.post("/backtest", REQUEST, login=token)).status == 403
        assert (await api.get("/backtest/abort", login=token)).status == 403
        assert (await api.get("/backtest", login=token)).status == 200


async def test_one_backtest_at_a_time_which_can_be_stopped(api, workspace):
    workspace.strategy("Slow", indicators="import time; time.sleep(600)")
    assert (await api.get("/backtest")).body["status"] == "not_started"
    assert (await api.get("/backtest/abort")).body["status"] == "not_running"
    started = (await api.post("/backtest", REQUEST | {"strategy": "Slow"})).body
    assert (started["status"], started["running"], started["step"]) == ("running", True, "startup")
    assert (await api.post("/backtest", REQUEST)).status == 502
    assert (await api.ask("DELETE", "/backtest")).body["status"] == "running"
    (job,) = (await api.get("/background")).body
    assert (await api.ask("DELETE", f"/background/{job['job_id']}")).status == 400
    assert (await api.get("/backtest")).body["status"] == "running"
    assert (await api.get("/backtest/abort")).body["status"] == "stopping"
    assert (await ended(api))["status_msg"] == "The backtest failed: Stopped on request"
    assert (await api.ask("DELETE", "/backtest")).body["status"] == "reset"
    assert (await api.get("/background")).body == []


async def test_a_backtest_leads_to_the_result_that_is_stored(api):
    """Everything of a result's life in one run: these start processes, which take a second each."""
    begun = await api.post("/backtest", REQUEST | {"stake_amount": "50", "max_open_trades": 2})
    assert begun.status == 200
    shown = await ended(api)
    assert differences(shown, answer_schema("GET", "/backtest")) == []
    assert (shown["status"], shown["progress"], shown["step"]) == ("ended", 1.0, "finished")
    result = shown["backtest_result"]
    statistics = result["strategy"]["Mine"]
    assert (statistics["stake_amount"], statistics["max_open_trades"]) == (50, 2)
    assert statistics["total_trades"] == 2
    (entry,) = (await api.get("/backtest/history")).body
    assert entry["filename"] == result["metadata"]["Mine"]["filename"]
    name = entry["filename"]
    stored, market, wallet = await asyncio.gather(
        api.get(f"/backtest/history/result?filename={name}&strategy=Mine"),
        api.get(f"/backtest/history/{name}/market_change"),
        api.get(f"/backtest/history/{name}/Mine/wallet"),
    )
    assert stored.body["backtest_result"] == result
    assert stored.body["status_msg"] == "Historic result"
    assert market.body["columns"] == ["date", "mean", "rel_mean", "count", "__date_ts"]
    assert len(market.body["data"]) == market.body["length"]
    assert wallet.body["columns"] == ["date", "__date_ts", "total_quote"]
    date, moment, worth = wallet.body["data"][0]
    assert (date, moment, worth) == ("2025-07-01T00:05:00Z", 1751328300000, 1000.0)
    (said,) = [line for line in await audited(api) if line.startswith("POST")]
    assert said.startswith('POST /backtest {"strategy":"Mine"')


async def test_a_result_that_was_removed_with_its_job_is_not_there(api, workspace):
    job = workbench_of(api).jobs.start("backtest", workbench_of(api).order("settings:checked_strategy"))
    workbench_of(api).backtest = job
    await job.ended.wait()
    assert (await api.ask("DELETE", f"/background/{job.id}")).status == 200
    assert (await api.get("/backtest")).body["status"] == "not_started"
