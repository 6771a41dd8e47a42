"""Lookahead and recursive analyses over the API: in a process of their own, by the code of the commands."""

import pytest

from appliance.config.api_tokens import hash_of, new_token
from appliance.queries.roles import Role
from tests.support.research.backtests import Workspace, walk
from tests.support.research.webserver import audited, ended, webserver
from tests.support.schema import answer_schema, differences

KINDS = ("lookahead_analysis", "recursive_analysis")
ENTRIES = "dataframe.loc[dataframe['close'].diff() < 0, 'enter_long'] = 1"
EXITS = "dataframe.loc[dataframe['close'].shift(-1) < dataframe['close'], 'exit_long'] = 1"
MEAN = "dataframe['mean'] = dataframe['close'].rolling(15).mean()"


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.strategy(startup=10, indicators=MEAN, entries=ENTRIES, exits=EXITS)
    workspace.store("BTC/USDT", walk(120))
    return workspace


@pytest.fixture
async def api(workspace):
    async with webserver(workspace) as api:
        yield api


async def result_of(api, kind, **asked):
    started = await api.post(f"/{kind}", {"strategy": "Mine", **asked})
    assert started.status == 200, started.body
    return await ended(api, f"/{kind}/{started.body['job_id']}")


def fits(kind, shown):
    return differences(shown, answer_schema("get", f"/{kind}/{{jobid}}")) == []


def beyond(kind, result):
    """Return how a result differs from the contract's: by what is ours, beside it."""
    entry = f"{kind.title().replace('_', '')}ResultEntry"
    return set(differences(result, {"$ref": f"#/components/schemas/{entry}"}))


OURS = {
    "lookahead_analysis": {
        *("filename", "found_signals", "checked_candles", "minimum_signals", "columns", "signals"),
        *("unsteady", "memory", "failures", "failure"),
    },
    "recursive_analysis": {"filename", "pair", "needed", "recommended", "most", "lookahead"},
}


@pytest.mark.parametrize("kind", KINDS)
async def test_another_mode_refuses_it(starting, kind):
    assert (await starting.post(f"/{kind}", {"strategy": "Mine"})).status == 503
    assert (await starting.get(f"/{kind}/1")).status == 503


@pytest.mark.parametrize(
    ("kind", "body", "place"),
    [
        ("lookahead_analysis", {"strategy": "../../etc/passwd"}, "strategy"),
        ("lookahead_analysis", {"strategy": "Mine", "targeted_trade_amount": 0}, "targeted_trade_amount"),
        ("lookahead_analysis", {"strategy": "Mine", "minimum_trade_amount": None}, "minimum_trade_amount"),
        ("recursive_analysis", {"strategy": "Mine:aW1wb3J0IG9z"}, "strategy"),
        ("recursive_analysis", {"strategy": "Mine", "startup_candle": [0]}, "startup_candle"),
        ("recursive_analysis", {"strategy": "Mine", "startup_candle": [1] * 51}, "startup_candle"),
        ("recursive_analysis", {"strategy": "Mine", "timerange": 5}, "timerange"),
    ],
)
async def test_a_request_that_makes_no_sense_starts_nothing(api, kind, body, place):
    answer = await api.post(f"/{kind}", body)
    assert answer.status == 422
    assert answer.body["detail"][0]["loc"][1] == place
    assert (await api.get("/background")).body == []


async def test_a_viewer_starts_nothing(workspace):
    token = new_token()
    tokens = [{"name": "the viewer", "hash": hash_of(token), "role": Role.VIEWER.word}]
    async with webserver(workspace, **{"api_server.tokens": tokens}) as api:
        for kind in KINDS:
            assert (await api.post(f"/{kind}", {"strategy": "Mine"}, login=token)).status == 403


async def test_a_strategy_that_raises_says_where(api, workspace):
    workspace.strategy(indicators="return {}['nothing']")
    shown = await result_of(api, "lookahead_analysis")
    assert (shown["status"], shown["running"], shown["result"]) == ("error", False, None)
    assert shown["status_msg"].startswith("The analysis failed: Mine.populate_indicators")
    assert "mine.py:13" in shown["status_msg"]
    assert fits("lookahead_analysis", shown)


async def test_signals_that_know_later_candles_are_found(api):
    started = await api.post("/lookahead_analysis", {"strategy": "Mine", "timerange": "20250701-"})
    job = started.body["job_id"]
    assert (await api.post("/recursive_analysis", {"strategy": "Mine"})).status == 400  # one at a time
    running = (await api.get(f"/lookahead_analysis/{job}")).body
    assert running["status"] in ("running", "ended")
    assert (await api.get(f"/recursive_analysis/{job}")).status == 404
    shown = await ended(api, f"/lookahead_analysis/{job}")
    assert (shown["status"], shown["running"]) == ("ended", False)
    result = shown["result"]
    assert (result["strategy"], result["has_bias"]) == ("Mine", True)
    assert result["total_signals"] >= 20
    assert result["biased_exit_signals"] > 0
    assert result["biased_indicators"] == ["exit_long"]
    assert result["columns"][0]["example"]["pair"] == "BTC/USDT"
    ours = {f".{name} is unknown" for name in OURS["lookahead_analysis"]}
    assert beyond("lookahead_analysis", result) == ours
    assert any("POST /lookahead_analysis" in line for line in await audited(api))


async def test_the_candles_that_indicators_need_are_found(api):
    shown = await result_of(api, "recursive_analysis", startup_candle=[12, 30])
    result = shown["result"]
    assert result["startup_candles"] == [10, 12, 30]
    assert result["strategy_scc"] == 10
    assert result["results"] == {"mean": {"10": None, "12": None}}  # as freqtrade's: no number yet
    assert result["recommended"] == 14
    ours = {f".{name} is unknown" for name in OURS["recursive_analysis"]}
    assert beyond("recursive_analysis", result) == ours
