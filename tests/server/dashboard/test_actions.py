"""Buttons: only from our own page, and with one line of what came of them."""

import pytest

from appliance.domain.enums import State
from appliance.server.bot_slot import BOT_SLOT
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoBot

ACTIONS = ["start", "stop", "pause", "reload_config", "force_exit", "force_entry"]


@pytest.mark.parametrize("action", ACTIONS)
async def test_no_action_without_login(visitor: Visitor, bot: DemoBot, action: str) -> None:
    assert (await visitor.send(f"/dashboard/{action}", trade="all", pair="BTC/USDT")).status == 401
    assert not bot.asked


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_another_site_cannot_act_even_with_the_token(
    trader: Visitor, bot: DemoBot, action: str, headers: dict[str, str]
) -> None:
    answer = await trader.send(f"/dashboard/{action}", headers, trade="all", pair="BTC/USDT")
    assert answer.status == 403
    assert not bot.asked


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
async def test_no_action_without_the_token(trader: Visitor, bot: DemoBot, action: str, token: str) -> None:
    answer = await trader.send(f"/dashboard/{action}", token=token, trade="all", pair="BTC/USDT")
    assert answer.status == 403
    assert not bot.asked


@pytest.mark.parametrize("action", ACTIONS)
async def test_nothing_acts_by_get(trader: Visitor, bot: DemoBot, action: str) -> None:
    assert (await trader.open(f"/dashboard/{action}?trade=all&pair=BTC/USDT")).status == 405
    assert not bot.asked


async def test_the_token_may_come_in_a_header_as_htmx_sends_it(trader: Visitor, bot: DemoBot) -> None:
    token, trader.token = trader.token, ""
    answer = await trader.send("/dashboard/pause", {"X-CSRF-Token": token, "Sec-Fetch-Site": "same-origin"})
    assert answer.status == 200
    assert bot.asked == [("paused",)]


@pytest.mark.parametrize(
    ("action", "state", "told"),
    [
        ("start", State.RUNNING, "Starting trader ..."),
        ("stop", State.STOPPED, "Stopping trader ..."),
        ("pause", State.PAUSED, "Paused: no more entries"),
        ("reload_config", State.RUNNING, "Reloading config ..."),
    ],
)
async def test_commands_return_the_bots_answer(
    trader: Visitor, bot: DemoBot, action: str, state: State, told: str
) -> None:
    answer = await trader.send(f"/dashboard/{action}")
    assert answer.status == 200
    assert told in await answer.text()
    assert bot.state is state


async def test_an_unknown_command_is_not_found(trader: Visitor) -> None:
    assert (await trader.send("/dashboard/explode")).status == 404


async def test_exits(trader: Visitor, bot: DemoBot) -> None:
    trader.ticket = ""
    assert (
        "Created exit order for trade 3."
        in await (await trader.send("/dashboard/force_exit", trade="3")).text()
    )
    assert (await trader.send("/dashboard/force_exit", trade="all")).status == 200
    assert bot.asked == [("force_exit", "3"), ("force_exit", "all")]


@pytest.mark.parametrize("trade", ["", "x", "-1", "1; drop", "³"])
async def test_an_exit_of_nothing(trader: Visitor, bot: DemoBot, trade: str) -> None:
    answer = await trader.send("/dashboard/force_exit", trade=trade)
    assert answer.status == 422
    assert "Name a trade to exit." in await answer.text()
    assert not bot.asked


async def test_a_refusal_is_reported_in_the_bots_words_escaped(trader: Visitor, bot: DemoBot) -> None:
    bot.refusal = "there is an open trade in <BTC>/USDT already"
    for action in ("force_exit", "force_entry"):
        answer = await trader.send(f"/dashboard/{action}", trade="1", pair="BTC/USDT")
        assert answer.status == 409, "502 means a broken proxy to a browser"
        assert "There is an open trade in &lt;BTC&gt;/USDT already" in await answer.text()


@pytest.mark.parametrize("action", ACTIONS)
async def test_before_the_bot_is_created(trader: Visitor, action: str) -> None:
    trader.client.app[BOT_SLOT].bot = None
    answer = await trader.send(f"/dashboard/{action}", trade="1", pair="BTC/USDT")
    assert answer.status == 503
    assert "The bot is starting" in await answer.text()
