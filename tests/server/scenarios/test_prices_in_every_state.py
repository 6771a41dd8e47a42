"""No figure is invented, whatever the bot does: it is that of a bot that trades at the price of now, or null.

The same is asked of one bot in the state in question and of one that has just looked at the market: every
leaf of every answer, every line of Telegram and every figure of the page is compared.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from appliance.domain.errors import Refused
from appliance.rules.trade_requests import ExitRequest
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.routing.routes import ROUTES
from appliance.telegram.answers import ChatRequest
from appliance.telegram.commands import COMMANDS
from tests.support.scripted import Scene, ScriptedMarket, scene
from tests.support.serving import LOGIN, PASSWORD, USER, Api, served

ENTERED, SEEN, NOW = 100.0, 110.0, 137.0
WALLET = {"USDT": 1000, "SOL": 2}
OPTIONS = LOGIN | {"dry_run_wallet": WALLET, "max_open_trades": 5, "initial_state": "running"}

PLACEHOLDERS = {"{tradeid}": "1", "{trade_id}": "1", "{strategy}": "Quiet"}
NO_PRICES = (
    "/count",
    "/pair_candles",
    "/audit",
    "/logs",
    "/orders",
    "/sysinfo",
    "/health",
    "/version",
    "/decisions",
)
"""What other tests look at: the journal and the log tell what was, and a stopped bot does not count."""
GETS = sorted(
    {
        route.path
        for route in ROUTES
        if route.method == "GET" and not route.path.startswith(NO_PRICES) and "lockid" not in route.path
    }
)
MOVES_ON = re.compile(r"state$|timestamp|_ts$|date|humanized|max_rate|min_rate|last_analyzed|^data_")
"""What differs between two moments though no price does."""
ASKED = ("/status", "/status 1", "/status table", "/balance", "/balance full", "/profit", "/profit long",
         "/count", "/daily", "/weekly", "/monthly", "/performance", "/stats", "/forceexit")  # fmt: skip


class Told:
    """All that a bot shows in one moment."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.chat: dict[str, str] = {}
        self.page = ""

    def figures(self) -> dict[str, Any]:
        """Return every leaf of every answer by its place."""
        return {
            f"{path} {place}": leaf
            for path, body in self.answers.items()
            for place, leaf in leaves(body)
            if not MOVES_ON.search(place)
        }


def leaves(body: Any, place: str = "") -> list[tuple[str, Any]]:
    if isinstance(body, dict):
        return [leaf for name, value in body.items() for leaf in leaves(value, f"{place}.{name}")]
    if isinstance(body, list):
        return [leaf for number, value in enumerate(body) for leaf in leaves(value, f"{place}[{number}]")]
    return [(place, body)]


async def all_told(stage: Scene, api: Api) -> Told:
    told = Told()
    for path in GETS:
        place = path
        for name, value in PLACEHOLDERS.items():
            place = place.replace(name, value)
        answer = await api.get(place)
        told.answers[path] = [answer.status, answer.body]
    for words in ASKED:
        told.chat[words] = await chat(stage, api, *words.removeprefix("/").split())
    told.page = await page(api)
    async with api.session.get(f"{api.url}/metrics") as answer:
        found = re.findall(r"^appliance_balance\S* (\S+)$", await answer.text(), re.M)
    told.answers["/metrics"] = [None if float(value) != float(value) else float(value) for value in found]
    return told


async def chat(stage: Scene, api: Api, name: str, *words: str) -> str:
    """Return what Telegram answers, without the ages in it."""
    try:
        request = ChatRequest(bot=stage.bot, slot=api.app[BOT_SLOT], words=words)
        answer = await COMMANDS[name].carry_out(request)
    except Refused as refusal:
        return str(refusal)
    lines = [line for block in answer.blocks for line in block.lines]
    text = "\n".join([*lines, *(button.text for row in answer.buttons for button in row)])
    return re.sub(r"\s+", " ", re.sub(r"\d+ (min|h|d|s|minutes?|seconds?)( ago)?\b|just now|-+", "", text))


async def page(api: Api) -> str:
    """Return the figures and the open trades of the dashboard, as read."""
    jar = aiohttp.CookieJar(unsafe=True)  # an address of numbers keeps cookies, too
    async with aiohttp.ClientSession(cookie_jar=jar, headers={"Accept": "text/html"}) as browser:
        async with browser.get(f"{api.url}/login") as answer:
            (token,) = re.findall(r'name="token" value="([0-9a-f]{64})"', await answer.text())
        form = {"token": token, "username": USER, "password": PASSWORD}
        async with browser.post(f"{api.url}/login", data=form, headers={"Origin": api.url}) as answer:
            text = await answer.text()
    pieces = re.findall(r'<section id="(?:figures|open)".*?</section>', text, re.S)
    assert len(pieces) == 2, text
    shown = re.sub(r"<[^>]*>", " ", " ".join(pieces))
    return re.sub(r"\s+", " ", re.sub(r"\d+ (min|h|d|s)\b|< 1 min", "", shown))


@asynccontextmanager
async def on_stage(folder: Path, market: ScriptedMarket, **changes: Any) -> AsyncIterator[tuple[Scene, Api]]:
    async with scene(folder, market=market, **OPTIONS | changes) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        yield stage, api


async def entered(stage: Scene) -> None:
    """Open a trade, partly exit it, and have another one wait to be filled."""
    await stage.enter("ETH/USDT")
    await stage.cycle()
    await stage.bot.force_exit(ExitRequest(trade_id="1", amount=0.3))
    await stage.enter("BTC/USDT", price=50.0)
    await stage.cycle(ETH=SEEN, BTC=SEEN, SOL=SEEN)


async def nothing(stage: Scene) -> None:
    pass


async def stop(stage: Scene) -> None:
    stage.bot.stop()
    await stage.bot.run_one_cycle()


async def pause(stage: Scene) -> None:
    stage.bot.pause()


async def reload(stage: Scene) -> None:
    stage.bot.request_reload()


STATES = {"running": nothing, "paused": pause, "stopped": stop, "reload_config": reload}


def moved(market: ScriptedMarket, seconds: float) -> None:
    market.prices |= dict.fromkeys(("ETH/USDT", "BTC/USDT", "SOL/USDT"), NOW)
    market.wait(seconds=seconds)


async def truth(stage: Scene, api: Api) -> Told:
    """Return what a bot shows that has just looked at the market."""
    stage.bot.start()
    await stage.bot.run_one_cycle()
    return await all_told(stage, api)


def market_of_now() -> ScriptedMarket:
    return ScriptedMarket(datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC))


@pytest.mark.parametrize("state", sorted(STATES))
async def test_present_prices_are_shown_in_every_state(tmp_path, state):
    market = market_of_now()
    async with on_stage(tmp_path, market) as (stage, api):
        await entered(stage)
        await STATES[state](stage)
        moved(market, seconds=11)
        told, stood = await all_told(stage, api), stage.bot.state
        true = await truth(stage, api)
    assert stood.value == state
    assert told.figures() == true.figures()
    assert told.answers["/status"][1][0]["current_rate"] == NOW
    assert told.answers["/balance"][1]["total"] == pytest.approx(1000 + 0.7 * 37 + 2 * NOW, rel=0.001)
    if state == "running":
        assert (told.chat, told.page) == (true.chat, true.page)
    else:
        assert without_state(told) == without_state(true)


def without_state(told: Told) -> tuple[dict[str, str], str]:
    """Leave out what is another answer while the bot is stopped: a count, and what the page advises."""
    return {words: text for words, text in told.chat.items() if words != "/count"}, told.page


async def test_a_bot_that_was_started_stopped_shows_present_prices(tmp_path):
    market = market_of_now()
    async with on_stage(tmp_path, market) as (stage, _):
        await entered(stage)
    moved(market, seconds=11)
    async with on_stage(tmp_path, market, initial_state="stopped") as (stage, api):
        await stage.bot.run_one_cycle()
        told, stood = await all_told(stage, api), stage.bot.state
        true = await truth(stage, api)
    assert (stood.value, told.figures(), without_state(told)) == (
        "stopped",
        true.figures(),
        without_state(true),
    )


@pytest.mark.parametrize("state", sorted(STATES))
async def test_what_was_seen_a_moment_ago_is_shown_while_the_exchange_is_silent(tmp_path, state):
    market = market_of_now()
    async with on_stage(tmp_path, market) as (stage, api):
        await entered(stage)
        before = await all_told(stage, api)
        await STATES[state](stage)
        market.down = True
        moved(market, seconds=60)
        assert stale(await all_told(stage, api), before) == {}


@pytest.mark.parametrize("state", sorted(STATES))
async def test_what_is_too_old_is_not_shown(tmp_path, state):
    market = market_of_now()
    async with on_stage(tmp_path, market) as (stage, api):
        await entered(stage)
        before = await all_told(stage, api)
        await STATES[state](stage)
        market.down = True
        moved(market, seconds=121)
        told = await all_told(stage, api)
        market.down = False
        market.wait(seconds=11)  # so long nobody is asked who did not answer
        true = await truth(stage, api)
    assert stale(told, true) == {}
    unknown = {
        place for place, leaf in told.figures().items() if leaf is None and true.figures()[place] is not None
    }
    assert unknown == {place for place, leaf in before.figures().items() if leaf != true.figures()[place]}
    assert told.page.count("price not known") == 1
    assert "110" not in told.page.replace("110.00 110", "")


async def test_without_any_price_since_the_start_none_is_shown(tmp_path):
    market = market_of_now()
    async with on_stage(tmp_path, market) as (stage, _):
        await entered(stage)
    moved(market, seconds=11)
    async with on_stage(tmp_path, market, initial_state="stopped") as (stage, api):
        market.down = True
        told = await all_told(stage, api)
        market.down = False
        market.wait(seconds=11)
        true = await truth(stage, api)
    assert stale(told, true) == {}
    trade, waiting = told.answers["/status"][1]
    assert [trade[name] for name in ("current_rate", "profit_abs", "total_profit_abs")] == [None] * 3
    assert (waiting["current_rate"], waiting["profit_abs"]) == (None, 0.0)
    assert told.answers["/balance"][1]["total"] is told.answers["/profit"][1]["profit_all_coin"] is None
    assert told.answers["/metrics"] == [None]
    assert "not known" in told.chat["/status"]
    assert "not known" in told.chat["/balance"]


def stale(told: Told, true: Told) -> dict[str, Any]:
    """Return the figures that are neither those of now nor left out."""
    right = true.figures()
    return {
        place: leaf for place, leaf in told.figures().items() if leaf is not None and leaf != right[place]
    }


async def test_while_the_bot_starts_nothing_is_shown():
    async with served() as api:
        for path in GETS:
            answer = await api.get(path.replace("{tradeid}", "1"))
            shown = [leaf for _, leaf in leaves(answer.body) if isinstance(leaf, float)]
            assert answer.status == 503 or not shown, path
