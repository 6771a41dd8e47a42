"""The pages of pairs, of a real bot on a market that the test sets."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from tests.server.dashboard.conftest import token_in
from tests.server.dashboard.test_pages import words
from tests.support.serving import PASSWORD, USER, Api

Look = Callable[[str], Awaitable[tuple[int, str]]]


@pytest.fixture
async def look(api: Api) -> AsyncIterator[Look]:
    """Open pages as somebody who is logged in; returns status and text."""
    headers = {"Origin": api.url, "Accept": "text/html"}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers=headers) as session:

        async def look(path: str) -> tuple[int, str]:
            async with session.get(api.url + path, allow_redirects=False) as answer:
                return answer.status, await answer.text()

        form = {"username": USER, "password": PASSWORD, "token": token_in((await look("/login"))[1])}
        async with session.post(f"{api.url}/login", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
        yield look


async def lock(api: Api, pair: str, reason: str) -> None:
    until = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    answer = await api.post("/locks", [{"pair": pair, "until": until, "reason": reason}])
    assert answer.status == 200, answer.body


async def test_before_the_first_candle_the_page_says_what_comes_next(look, stage):
    status, page = await look("/pairs")
    assert status == 200
    assert "The bot decides when the next candle has closed." in words(page)


async def test_each_pair_shows_what_was_decided_last_and_leads_to_its_candles(look, api, stage):
    await stage.enter("ETH/USDT")
    await lock(api, "SOL/USDT", "cooling <b>down</b>")
    for _ in range(2):
        await stage.cycle()
        stage.market.wait(minutes=5)
    _, page = await look("/pairs")
    text = words(page)
    assert re.search(r"ETH/USDT open .*trade 1 stays open", text, re.IGNORECASE)
    assert "No entry: no entry signal" in text
    _, page = await look("/pairs/ETH/USDT")
    assert page.count('class="card"') == 3
    assert "Trade 1 stays open: profit" in words(page)
    _, page = await look("/pairs/SOL/USDT")
    assert "cooling <b>down</b>" in words(page)
    assert "<b>down</b>" not in page


async def test_an_unknown_pair_is_not_found(look, stage):
    status, page = await look("/pairs/NOPE/USDT")
    assert status == 404
    assert page.startswith("scripted has no pair")
