"""The pages of pairs, of a real bot on a market that the test sets."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
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
    assert page.count('id="candle-') == 2
    assert "Trade 1 stays open: profit" in words(page)
    _, page = await look("/pairs/SOL/USDT")
    assert "cooling <b>down</b>" in words(page)
    assert "<b>down</b>" not in page


async def test_what_held_for_all_pairs_is_not_shown_when_it_is_over(look, stage):
    """After a stop and a start the page went on saying that nothing is decided."""
    stage.bot.stop()
    await stage.cycle()
    assert "All pairs: nothing is decided" in words((await look("/pairs"))[1])
    stage.bot.start()
    stage.market.wait(minutes=5)
    await stage.cycle()
    assert "All pairs:" not in words((await look("/pairs"))[1])


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


async def test_what_lists_removed_and_why_is_text_whatever_it_says(look, stage):
    stage.bot.pairs.blacklist.add(["SOL/.*"])
    await stage.cycle()
    last = stage.bot.pairs.chain.last
    markup = "<b>bold</b>"
    odd = msgspec.structs.replace(
        last.steps[-1], does=markup, removed={markup: markup, "SOL/USDT": "it is blacklisted"}
    )
    stage.bot.pairs.chain.last = msgspec.structs.replace(last, steps=[*last.steps, odd])
    status, page = await look("/pairs?text=<b>bold</b>&only=<b>&order=<b>&page=9")
    assert status == 200
    assert markup not in page
    assert "<b>bold</b> it is blacklisted" not in page
    text = words((await look("/pairs"))[1])
    assert re.search(r"Blacklist removes what is never traded 3 → 2 −1", text)
    assert "It is blacklisted SOL/USDT" in text
    assert "SOL/.* matches SOL/USDT" in text


async def test_candles_of_a_pair_are_filtered_in_the_address(look, stage):
    await stage.enter("ETH/USDT")
    for _ in range(2):
        await stage.cycle()
        stage.market.wait(minutes=5)
    _, page = await look("/pairs/ETH/USDT?about=order")
    assert "Order placed" in words(page)
    assert "stays open" not in words(page)
    _, page = await look("/pairs/ETH/USDT?text=<b>none</b>")
    assert "No candle fits." in words(page)
    assert "<b>none</b>" not in page
