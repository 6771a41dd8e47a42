"""The page of one trade, of a real bot on a market that the test sets."""

import json

import pytest

from appliance.queries.roles import Role
from appliance.server.dashboard.pages.trade import trade_detail
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


async def test_the_chart_has_candles_orders_stop_and_target(look, stage):
    await stage.cycle()
    trade = await stage.enter("ETH/USDT")
    await stage.cycle()
    stage.market.wait(minutes=5)
    await stage.cycle()
    status, body = await look(f"/dashboard/trades/{trade.id}/chart")
    picture = json.loads(body)
    assert status == 200
    assert picture["timeframe"] == "5m"
    assert {len(column) for column in picture["prices"]} == {len(picture["times"])}
    assert picture["times"][0] < picture["opened"] < picture["times"][-1] + 300
    [[is_entry, _, rate, amount, tag]] = picture["orders"]
    assert (is_entry, rate, amount, tag) == (True, 100.0, 1.0, "force_entry")
    assert picture["stops"] == [[picture["opened"], 90.0]]
    assert picture["targets"] == []


async def test_candles_of_an_old_trade_are_fetched_once(look, stage, api, monkeypatch):
    trade = await stage.enter("ETH/USDT")
    await stage.cycle()
    await api.post("/forceexit", {"tradeid": str(trade.id)})
    await stage.cycle()
    stage.market.wait(days=3)
    await stage.cycle()
    asked = []
    fetch = stage.market.fetch_candles

    async def counted(pair, timeframe, **more):
        asked.append((pair, timeframe, more["limit"]))
        return await fetch(pair, timeframe, **more)

    monkeypatch.setattr(stage.market, "fetch_candles", counted)
    for _ in range(2):
        status, body = await look(f"/dashboard/trades/{trade.id}/chart")
        picture = json.loads(body)
        assert status == 200
        assert picture["times"][0] < picture["opened"] < picture["closed"] < picture["times"][-1]
    assert asked == [("ETH/USDT", "5m", 100)]


async def test_without_candles_the_chart_says_why_and_the_exchange_is_left_alone(look, stage):
    trade = await stage.enter("ETH/USDT")
    stage.market.down = True
    for _ in range(2):
        status, body = await look(f"/dashboard/trades/{trade.id}/chart")
        assert (status, json.loads(body)) == (404, {"error": "the connection was refused"})
    assert (await look("/dashboard/trades/99/chart"))[0] == 404
    assert (await look(f"/dashboard/trades/{'9' * 400}/chart"))[0] == 404


async def test_the_story_has_commands_of_the_audit_log_only_for_admins(look, stage, api):
    trade = await stage.enter("ETH/USDT")
    await stage.cycle()
    await api.post(f"/trades/{trade.id}/reload")
    _, page = await look(f"/trades/{trade.id}")
    assert f"commanded POST /trades/{trade.id}/reload → done" in words(page)
    for role, told in ((Role.ADMIN, True), (Role.OPERATOR, False), (Role.VIEWER, False)):
        view = await trade_detail(stage.bot, trade, role)
        assert any(event.kind == "command" for event in view.happenings) is told
