"""Asking other bots over real HTTP: this program's, and servers that answer oddly."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from appliance.server.other_bots import ask, watch
from appliance.server.other_bots.watch import OtherBots
from tests.support.serving import PASSWORD, USER

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def others(tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "FRESH_SECONDS", 0.0)
    others = OtherBots(tmp_path)
    yield others
    await others.close()


@pytest.fixture
async def serving():
    servers = []

    async def started(app: web.Application | Answer) -> str:
        if not isinstance(app, web.Application):
            answer, app = app, web.Application()
            app.router.add_get("/{path:.*}", answer)
        server = TestServer(app)
        servers.append(server)
        await server.start_server()
        return str(server.make_url("/"))

    yield started
    for server in servers:
        await server.close()


async def seen_of(others: OtherBots, url: str, user: str = USER, secret: str = PASSWORD):
    bot = await asyncio.to_thread(others.book.add, "one", url, user, secret)
    await others.asked(20)
    return others.seen[bot.id]


async def test_a_bot_of_this_program_is_seen(others, api, stage):
    await stage.cycle()
    seen = await seen_of(others, api.url, USER, PASSWORD)
    assert seen.problem == ""
    assert (seen.standing.state, seen.standing.currency) == ("running", stage.bot.settings.stake_currency)
    assert seen.standing.open == len(stage.bot.book.open)
    assert seen.standing.balance > 0


async def test_a_wrong_login_is_told(others, api):
    assert "refuses this login" in (await seen_of(others, api.url, USER, "wrong")).problem


async def test_what_a_bot_said_last_is_kept_when_it_is_gone(others, serving):
    state = {"up": True}

    async def answer(request: web.Request) -> web.StreamResponse:
        if not state["up"]:
            return web.Response(status=502)
        if request.path.endswith("balance"):
            return web.json_response({"total": 1234.5, "total_bot": 1134.5})
        return web.json_response({"state": "running", "stake_currency": "USDT", "current": 2, "max": 3})

    seen = await seen_of(others, await serving(answer))
    assert (seen.standing.balance, seen.standing.open, seen.standing.most) == (1234.5, 2, 3)
    state["up"] = False
    await others.asked(20)
    [later] = others.seen.values()
    assert (later.standing, later.at) == (seen.standing, seen.at)
    assert later.problem == "it answers with status 502"


async def never(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (lambda: web.Response(text="<html>"), "not that of a bot"),
        (lambda: web.Response(text="[1, 2]"), "not that of a bot"),
        (lambda: web.Response(body=b"\xff\xfe"), "not that of a bot"),
        (lambda: web.Response(text='{"state": {}}'), "not that of a bot"),
        (
            lambda: web.Response(status=302, headers={"Location": "http://evil.example/"}),
            "redirects elsewhere",
        ),
        (lambda: web.Response(status=503), "starting"),
        (lambda: web.Response(text='{"state": "' + "x" * 2**21 + '"}'), "not that of a bot"),
    ],
)
async def test_other_answers_are_told_in_words(others, serving, response, told):
    async def answer(_: web.Request) -> web.StreamResponse:
        return response()

    assert told in (await seen_of(others, await serving(answer))).problem


async def test_a_bot_that_hangs_does_not_hold_up_the_others(others, serving, monkeypatch):
    monkeypatch.setattr(ask, "SECONDS", 0.2)
    assert "no answer within" in (await seen_of(others, await serving(never))).problem


async def test_an_address_without_a_server_is_told(others):
    assert "cannot be reached" in (await seen_of(others, "http://127.0.0.1:1")).problem


async def test_a_login_never_follows_a_redirect(others, serving):
    heard = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        heard.append(request.headers.get("Authorization"))
        return web.json_response({})

    target = await serving(elsewhere)

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": target})

    await seen_of(others, await serving(answer))
    assert heard == []
