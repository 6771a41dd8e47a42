"""The pages of pairs, of a real bot on a market that the test sets."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.server.dashboard.pages.test_overview import words
from tests.support.serving import Api


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
    assert "Nothing is here Scripted has no pair" in words(page)


@pytest.mark.parametrize("path", ["/trades/999999", "/orders/none", "/pairs/X/Y/Z"])
async def test_what_is_not_there_is_said_in_the_frame(look, stage, path):
    status, page = await look(path)
    assert status == 404
    assert "Nothing is here" in words(page)
    assert 'class="places"' in page
