"""An unmodified FreqUI on webserver mode, page by page, in a real browser.

Opt-in: `FREQUI=/path/to/frequi/dist` names a build of it (`npx vite build` in its source).
"""

import asyncio
import os
import time
from pathlib import Path

import pytest

from tests.support.browser import IN_A_BROWSER, chromium
from tests.support.research.backtests import Workspace, walk
from tests.support.running import PASSWORD, USER, Program, api_settings, free_port
from tests.support.web.frequi import FreqUI, served

BUILD = os.environ.get("FREQUI", "")
DAY_MS = 86_400_000

pytestmark = [
    *IN_A_BROWSER,
    pytest.mark.slow,
    pytest.mark.python_independent,
    pytest.mark.skipif(not BUILD, reason="FREQUI names no build of FreqUI (the folder of its index.html)"),
]


@pytest.fixture
def workspace(tmp_path):
    """Candles of the range that FreqUI suggests, and two strategies."""
    workspace = Workspace(tmp_path / "user_data")
    begin = int(time.time() * 1000) // DAY_MS * DAY_MS - 75 * DAY_MS
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        workspace.store(pair, walk(74 * 24, begin=begin, timeframe="1h", seed=seed), timeframe="1h")
    for name, every in (("Often", 7), ("Rarely", 40)):
        workspace.strategy(
            name,
            attributes="timeframe = '1h'",
            indicators="dataframe['mean'] = dataframe['close'].rolling(5).mean()",
            entries=f"dataframe.loc[dataframe.index % {every} == 0, 'enter_long'] = 1",
        )
    workspace.strategy(
        "Peeking",
        attributes="timeframe = '1h'",
        entries="dataframe.loc[dataframe['close'].shift(-1) > dataframe['close'], 'enter_long'] = 1",
    )
    workspace.page = free_port()
    origins = {"CORS_origins": [f"http://127.0.0.1:{workspace.page}"]}
    workspace.config["api_server"] = api_settings(free_port()) | origins
    workspace.write_config()
    return workspace


@pytest.fixture
async def program(workspace, tmp_path):
    """The server in a process of its own."""
    program = Program(tmp_path, workspace.config)
    folder = workspace.folder
    await program.launch("-c", str(folder / "config.json"), "--userdir", str(folder), command="webserver")
    await program.until(program.answers)
    yield program
    await program.end()


@pytest.fixture
async def ui(workspace, program):
    async with served(Path(BUILD), workspace.page) as address, chromium(patience=60) as browser:
        await browser.see(width=1600, height=1300)
        ui = FreqUI(browser, address)
        await ui.log_in(program.url, USER, PASSWORD)
        yield ui


async def backtest(ui, strategy):
    await ui.press("[role=tab]", "Run backtest")
    await ui.choose_strategy(strategy)
    await ui.press("button", "Start backtest")


async def test_results_of_backtests_are_made_loaded_and_compared(ui, program):
    await ui.go("/backtest")
    await backtest(ui, "Often")
    await ui.press("[role=tab]", "Analyze result")
    await ui.reads("Backtest-result for Often")
    await ui.reads("ETH/USDT")
    await backtest(ui, "Rarely")
    await ui.press("[role=tab]", "Compare results")
    await ui.reads("Often")
    await ui.reads("Rarely")
    await ui.press("[role=tab]", "Visualize summary")
    await ui.browser.until("document.querySelectorAll('canvas').length > 1")
    await ui.press("[role=tab]", "Visualize result")
    await ui.browser.until("!!document.querySelector('canvas')")
    assert len(await program.get("backtest/history")) == 2
    await ui.go("/backtest")
    await ui.press("[role=tab]", "Load Results")
    await ui.press("button[title='Load this Result']")
    await ui.press("[role=tab]", "Analyze result")
    await ui.reads("Backtest-result for")
    assert await ui.complaints() == []


async def test_candles_are_drawn_with_a_strategys_indicators(ui, program):
    await ui.press("a", "Chart")
    await ui.choose_strategy("Often")
    async with asyncio.timeout(60):  # it ignores the button while it waits for an answer
        while "Long entries: " not in await ui.browser.text("body"):
            await ui.press("button", "Refresh chart")
            await asyncio.sleep(1)
    await ui.browser.until("!!document.querySelector('canvas')")
    # Its first request is sent before it knows the pairs, and names none.
    assert [line for line in await ui.complaints() if "422" not in line] == []


async def test_candles_are_downloaded(ui, program):
    await ui.go("/download_data")
    await ui.press("button", "Start Download")
    await ui.reads("Series", "li")
    await ui.browser.until("!!document.querySelector('li .text-success')")
    stored = await program.get("available_pairs", timeframe="5m")
    assert stored["pairs"] == ["BTC/USDT", "ETH/USDT"]
    assert await ui.complaints() == []


async def test_pair_lists_are_evaluated(ui, program):
    await ui.go("/pairlist_config")
    await ui.reads("VolumePairList")
    await ui.browser.run(
        "[...document.querySelectorAll('li')].find(each => each.innerText.startsWith('StaticPairList'))"
        ".querySelector('button').click()"
    )
    await ui.press("button", "Evaluate")
    await ui.browser.until("(document.querySelector('pre, code')?.innerText ?? '').includes('ETH/USDT')")
    assert await ui.complaints() == []


@pytest.mark.parametrize(
    ("page", "strategy", "verdict"),
    [
        ("lookahead", "Often", "No lookahead bias detected"),
        ("lookahead", "Peeking", "Lookahead bias detected"),
        ("recursive", "Often", "Recommended startup candle count: 0"),
    ],
)
async def test_strategies_are_analysed(ui, page, strategy, verdict):
    await ui.go(f"/{page}_analysis")
    await ui.choose_strategy(strategy)
    await ui.press("button", f"Start {page} analysis")
    await ui.reads(verdict)
    assert await ui.complaints() == []
