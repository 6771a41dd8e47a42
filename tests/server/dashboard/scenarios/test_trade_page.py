"""The page of one trade, of a real bot on a market that the test sets."""

import pytest

from tests.server.dashboard.pages.test_overview import HOSTILE, words


@pytest.mark.parametrize("number", ["99", "9" * 400])
async def test_an_unknown_trade_is_not_found(look, number):
    status, page = await look(f"/trades/{number}")
    assert status == 404
    assert "There is no trade with the id 99" in page


async def test_a_trade_shows_its_figures_and_what_happened(look, stage):
    trade = await stage.enter("ETH/USDT", tag=HOSTILE)
    await stage.cycle()
    status, page = await look(f"/trades/{trade.id}")
    assert status == 200
    text = words(page)
    assert f"ETH/USDT long trade {trade.id}, open" in text
    assert "Order placed: " in text
    assert "Order filled: " in text
    assert "<script>alert" not in page


async def test_a_closed_trade_ends_with_its_profit(look, stage, api):
    trade = await stage.enter("ETH/USDT")
    await api.post("/forceexit", {"tradeid": str(trade.id)})
    await stage.cycle()
    _, page = await look(f"/trades/{trade.id}")
    assert "Closed by force_exit: " in words(page)
