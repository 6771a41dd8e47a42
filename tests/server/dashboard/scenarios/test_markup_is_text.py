"""What a user, a strategy or an exchange has named is text on every page, never markup."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from appliance.server.bot_slot import BOT_SLOT
from tests.server.dashboard.browser import log_in
from tests.server.dashboard.page_table import PAGES
from tests.server.dashboard.scenarios.conftest import Look
from tests.support.browser import Browser, in_a_browser
from tests.support.scripted import QUIET, Scene, ScriptedMarket, scene
from tests.support.serving import LOGIN, Api

NAMED = {
    place: f"<img src=x alt={place} onerror=document.title='hacked'>"
    for place in ("tag", "exit", "strategy", "log", "name", "value", "lock", "actor", "plot")
}
PAIR = "<img src=x alt=pair>/USDT"
"""A pair list reads more than these characters as a pattern."""
CODE = f"""{QUIET}
    plot_config = {{"main_plot": {{{NAMED["plot"]!r}: {{}}}}}}

    def populate_indicators(self, dataframe, metadata):
        dataframe[{NAMED["plot"]!r}] = dataframe["close"]
        return dataframe

    def custom_exit(self, pair, trade, **kwargs):
        trade.set_custom_data({NAMED["name"]!r}, {NAMED["value"]!r})
        return {NAMED["exit"]!r} if pair == "BTC/USDT" else None
"""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    """A bot on a market with a hostile pair, with a hostile strategy."""
    market = ScriptedMarket(datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC))
    market.prices[PAIR] = 100.0
    market.markets = {**market.markets, PAIR: msgspec.structs.replace(market.markets["ETH/USDT"], pair=PAIR)}
    pairs = {"exchange.pair_whitelist": [PAIR, "BTC/USDT", "ETH/USDT"]}
    async with scene(tmp_path, market=market, code=CODE, **pairs, **LOGIN) as stage:
        yield stage


@pytest.fixture
async def named(stage: Scene, api: Api) -> Scene:
    """Everything has its name: an open trade, a closed one, a lock, a line of the log, an audit line."""
    first = await stage.enter(PAIR, tag=NAMED["tag"])
    await stage.enter("BTC/USDT", tag=NAMED["tag"])
    until = (stage.market.now + timedelta(days=400)).isoformat()
    answer = await api.post("/locks", [{"pair": "ETH/USDT", "until": until, "reason": NAMED["lock"]}])
    assert answer.status == 200
    for _ in range(3):
        await stage.cycle()
        stage.market.wait(minutes=5)
    first.strategy = NAMED["strategy"]
    buffer = api.app[BOT_SLOT].logs
    buffer.emit(logging.makeLogRecord({"name": "x", "levelname": "ERROR", "msg": NAMED["log"]}))
    return stage


async def pages(look: Look, stage: Scene) -> dict[str, str]:
    """Return the served text of every page."""
    trade = stage.bot.book.open[1]
    addresses = PAGES | {"pair": f"/pairs/{quote(PAIR)}", "chart": f"/chart?pair={quote(PAIR)}"}
    order = trade.orders[0].client_order_id
    return {name: (await look(address.format(order=order)))[1] for name, address in addresses.items()}


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("tag", {"overview", "trades", "trade", "performance"}),
        ("exit", {"overview", "trades", "performance"}),
        ("strategy", {"trade"}),
        ("log", {"overview", "logs"}),
        ("name", {"trade"}),
        ("value", {"trade"}),
        ("lock", {"overview", "audit"}),
    ],
)
async def test_a_name_is_text(look: Look, named: Scene, place: str, where: set[str]) -> None:
    served = await pages(look, named)
    assert {name for name, text in served.items() if f"<img src=x alt={place}" in text} == set()
    shown = {name for name, text in served.items() if f"&lt;img src=x alt={place}" in text}
    assert shown >= where


async def test_a_pair_is_text(look: Look, named: Scene) -> None:
    served = await pages(look, named)
    assert {name for name, text in served.items() if PAIR in text} == set()
    shown = {name for name, text in served.items() if escape(PAIR) in text}
    assert shown >= {
        "overview",
        "trades",
        "trade",
        "chart",
        "pairs",
        "pair",
        "orders",
        "order",
    }


@in_a_browser
@pytest.mark.parametrize("address", [f"/chart?pair={quote(PAIR)}", "/", "/trades/1"])
async def test_no_name_runs_in_a_browser(browser: Browser, api: Api, named: Scene, address: str) -> None:
    await log_in(browser, api.url)
    await browser.go(api.url + address)
    drawn = "(!document.querySelector('#plot') || document.documentElement.classList.contains('ready'))"
    await browser.until(f"document.readyState === 'complete' && {drawn}")
    assert await browser.run("return document.querySelectorAll('img[alt][src=x]').length") == 0
    assert "hacked" not in await browser.run("return document.title")
    assert browser.asked == []
    assert await browser.console() == []
