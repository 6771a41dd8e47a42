"""Decisions over REST and the websocket."""

import asyncio

import msgspec
import pytest

from appliance.domain.decisions.kinds import Kind
from appliance.queries.decisions import Decisions


async def next_message(socket) -> dict:
    async with asyncio.timeout(20):
        return await socket.receive_json()


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 501}, {"limit": "many"}])
async def test_an_invalid_limit_is_reported(api, params):
    answer = await api.get("/decisions", params=params)
    assert answer.status == 422
    assert answer.body["detail"][0]["loc"] == ["query", "limit"]


async def test_a_pair_that_nobody_has_is_not_found(api):
    answer = await api.get("/decisions", params={"pair": "NOPE/USDT"})
    assert answer.status == 404
    assert "NOPE/USDT" in answer.body["detail"]


async def test_without_a_login_nothing_is_shown(api):
    assert (await api.get("/decisions", login=None)).status == 401


async def test_before_the_first_cycle_nothing_was_decided(api):
    body = (await api.get("/decisions")).body
    assert {pair["text"] for pair in body["pairs"]} == {"nothing was decided yet"}


async def test_the_newest_candle_of_each_pair_and_the_history_of_one(api, stage):
    await stage.enter("ETH/USDT")
    for _ in range(3):
        await stage.cycle()
        stage.market.wait(minutes=5)
    every = (await api.get("/decisions")).body
    assert every["timeframe"] == "5m"
    assert {pair["pair"]: len(pair["candles"]) for pair in every["pairs"]} == {
        "ETH/USDT": 1,
        "BTC/USDT": 1,
        "SOL/USDT": 1,
    }
    one = (await api.get("/decisions", params={"pair": "ETH/USDT", "limit": 2})).body
    (pair,) = one["pairs"]
    assert [candle["candle"] for candle in pair["candles"]] == [
        "2026-01-05T12:05:00Z",
        "2026-01-05T12:00:00Z",
    ]
    assert [step["kind"] for step in pair["candles"][0]["steps"]] == ["no_signal", "holds"]
    assert pair["candles"][0]["indicators"] == {"close": 100.0}
    for body in (every, one):
        assert msgspec.to_builtins(msgspec.convert(body, Decisions)) == body


async def test_an_answer_about_many_pairs_has_a_limited_number_of_candles(api, stage, monkeypatch):
    monkeypatch.setattr("appliance.queries.decisions.MOST_CANDLES", 7)
    for _ in range(4):
        await stage.cycle()
        stage.market.wait(minutes=5)
    body = (await api.get("/decisions", params={"limit": 100})).body
    assert [len(pair["candles"]) for pair in body["pairs"]] == [2, 2, 2]


async def test_who_subscribes_gets_each_new_step_and_nobody_else_does(api, stage):
    async with api.listen("first-websocket-token") as listener, api.listen("first-websocket-token") as other:
        await listener.send_json({"type": "subscribe", "data": ["decision"]})
        await other.send_json({"type": "subscribe", "data": ["status", "whitelist"]})
        for socket in (listener, other):
            await socket.send_json({"type": "whitelist"})
            await next_message(socket)
        for _ in range(2):
            await stage.cycle()
        stage.bot.decisions.note("ETH/USDT", Kind.LOCKED, stage.market.now_ms(), "CooldownPeriod", None)
        messages = [await next_message(listener) for _ in range(4)]
        assert [message["type"] for message in messages] == ["decision"] * 4
        assert [message["data"]["pair"] for message in messages[:3]] == ["ETH/USDT", "BTC/USDT", "SOL/USDT"]
        locked = messages[3]["data"]
        assert locked["step"]["text"] == "no entry: locked until 12:00 by CooldownPeriod"
        assert locked["step"]["facts"]["protection"] == "CooldownPeriod"
        assert locked["candle_ts"] == 1_767_614_100_000
        stage.bot.events.warn("the end")
        stage.bot.pause()
        assert (await next_message(other))["type"] == "status"
