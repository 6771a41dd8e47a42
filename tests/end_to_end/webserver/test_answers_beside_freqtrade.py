"""The same requests to both programs in webserver mode, over the same candles: the same answers.

Needs freqtrade:
`FREQTRADE=/path/to/freqtrade pytest tests/end_to_end/webserver/test_answers_beside_freqtrade.py`.
"""

import asyncio
import json
import os
from contextlib import AsyncExitStack

import aiohttp
import pytest

from tests.end_to_end.test_beside_freqtrade import config_for
from tests.support.comparing import assert_alike
from tests.support.research.backtests import Workspace, walk
from tests.support.running import CREDENTIALS, OURS, Program, exchange

FREQTRADE = os.environ.get("FREQTRADE")
pytestmark = pytest.mark.skipif(not FREQTRADE, reason="name freqtrade's executable in FREQTRADE")

OF_THE_MOMENT = ("last_analyzed", "last_analyzed_ts")
CHART = {"pair": "BTC/USDT", "timeframe": "5m", "timerange": "20250701-20250702"}
CHART_QUERY = "pair=BTC/USDT&timeframe=5m&timerange=20250701-20250702"
READ = (
    "strategy/Mine",
    "available_pairs?timeframe=5m",
    "available_pairs?candletype=futures",
    "plot_config?strategy=Mine",
    "freqaimodels",
    "markets?quote=USDT&base=BTC",
    f"pair_history?{CHART_QUERY}&strategy=Mine",
    "backtest",
    "backtest/abort",
    "backtest/history",
    "background",
)
REFUSED = (
    *("count", "status", "balance", "whitelist", "trades", "profit", "locks", "plot_config"),
    *("strategy/Nothing", "plot_config?strategy=Nothing", "background/nothing"),
    *("pairlists/evaluate/nothing", "backtest/history/nothing/market_change"),
    *(f"pair_history?{CHART_QUERY}&strategy=Nothing", f"pair_history?{CHART_QUERY}"),
    *("backtest/history/result?filename=nothing&strategy=Mine", "available_pairs?candletype=nothing"),
)
CHARTS = (
    CHART,
    CHART | {"strategy": "Mine", "columns": ["mean"]},
    CHART | {"strategy": "", "columns": []},
    CHART | {"pair": "NONE/USDT", "strategy": "Mine"},
)
BACKTEST = {"strategy": "Mine", "timerange": "20250701-20250702", "enable_protections": False}
WITH_DATES = ("open_date", "close_date")


@pytest.fixture
def workspaces(tmp_path):
    """One user data folder for each, with the same candles and strategy."""
    made = {}
    for name in ("appliance", "freqtrade"):
        workspace = Workspace(tmp_path / name)
        workspace.files.folder = workspace.folder / "data" / "binance"
        for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
            workspace.store(pair, walk(600, seed=seed))
        workspace.strategy(
            indicators="dataframe['mean'] = dataframe['close'].rolling(3).mean()",
            entries="dataframe.loc[dataframe.index % 9 == 0, 'enter_long'] = 1",
            exits="dataframe.loc[dataframe.index % 13 == 0, 'exit_long'] = 1",
            more='plot_config = {"main_plot": {"mean": {}}}',
        )
        made[name] = workspace
    return made


@pytest.fixture
async def both(workspaces, tmp_path):
    commands = {"appliance": OURS, "freqtrade": (FREQTRADE,)}
    programs = {}
    async with exchange(tmp_path) as url, AsyncExitStack() as stack:
        for name, workspace in workspaces.items():
            config = config_for(workspace.folder, url)
            config["exchange"]["pair_whitelist"] = ["BTC/USDT", "ETH/USDT"]
            file = workspace.folder / "config.json"
            await asyncio.to_thread(file.write_text, json.dumps(config))
            program = Program(workspace.folder, config, command=commands[name])
            stack.push_async_callback(program.end)
            await program.launch("-c", str(file), "--userdir", str(workspace.folder), command="webserver")
            programs[name] = program
        for program in programs.values():
            await program.until(program.answers)
            await program.until(lambda program=program: ready(program))
        yield programs["appliance"], programs["freqtrade"]


async def ready(program):
    return (await asked(program, "GET", "background"))[0] == 200


async def asked(program, method, path, body=None):
    async with (
        aiohttp.ClientSession(headers={"Authorization": CREDENTIALS}) as session,
        session.request(method, f"{program.url}/api/v1/{path}", json=body) as answer,
    ):
        text = await answer.text()
        return answer.status, json.loads(text) if text.startswith(("{", "[")) else text


def without(value, names):
    """Return a value without what is that of a moment."""
    if isinstance(value, dict):
        return {name: without(one, names) for name, one in value.items() if name not in names}
    return [without(one, names) for one in value] if isinstance(value, list) else value


async def test_what_is_read_is_the_same(both):
    for method, path, body in [("GET", path, None) for path in READ] + [
        ("POST", "pair_history", chart) for chart in CHARTS
    ]:
        (status, ours), (wanted, theirs) = [await asked(one, method, path, body) for one in both]
        if path == "freqaimodels":  # there it needs packages that are not installed
            assert (status, ours) == (200, {"freqaimodels": []})
            continue
        assert status == wanted, (path, body, ours, theirs)
        if status == 200:
            ours, theirs = (without(one, (*OF_THE_MOMENT, "status_msg")) for one in (ours, theirs))
            assert_alike(ours, theirs)
        else:
            assert ours.keys() == theirs.keys(), (path, ours, theirs)


async def test_what_is_refused_is_refused_alike(both):
    for path in REFUSED:
        (status, ours), (wanted, theirs) = [await asked(one, "GET", path) for one in both]
        assert (status, ours.keys()) == (wanted, theirs.keys()), (path, ours, theirs)


async def test_a_backtest_leads_to_the_same_result(both):
    shown = []
    for program in both:
        assert (await asked(program, "POST", "backtest", BACKTEST))[1]["status"] == "running"

        async def ended(program=program):
            body = (await asked(program, "GET", "backtest"))[1]
            return None if body["running"] else body

        body = await program.until(ended)
        assert body["status"] == "ended", body
        shown.append(body["backtest_result"])
    ours, theirs = (result["strategy"]["Mine"] for result in shown)
    assert set(shown[0]["metadata"]["Mine"]) >= set(shown[1]["metadata"]["Mine"])
    assert ours.keys() >= theirs.keys()
    assert_alike(without(ours["trades"], WITH_DATES), without(theirs["trades"], WITH_DATES))
    totals = ("total_trades", "profit_total", "profit_total_abs", "max_drawdown_abs", "winrate", "sharpe")
    assert_alike({name: ours[name] for name in totals}, {name: theirs[name] for name in totals})
    for what in ("market_change", "Mine/wallet"):
        answers = []
        for program in both:
            entry = (await asked(program, "GET", "backtest/history"))[1][0]
            answers.append(await asked(program, "GET", f"backtest/history/{entry['filename']}/{what}"))
        assert_alike(answers[0][1], answers[1][1])
