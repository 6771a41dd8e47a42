"""The websocket: who may listen, what is asked, what is told."""

import asyncio
import io
import json

import pandas as pd
import pytest
from aiohttp import WSServerHandshakeError

from appliance.domain.message import MessageType
from appliance.server import subscriber
from appliance.server.auth import DOORKEEPER
from tests.server.serving import WS_TOKENS


async def test_without_a_good_token_the_handshake_fails(api):
    door = api.app[DOORKEEPER]
    refresh = door.issue("refresh", door.credentials.owner)
    for token in ("", "wrong", refresh, WS_TOKENS[0] + "x", "\udcff", ",".join(WS_TOKENS)):
        with pytest.raises(WSServerHandshakeError) as refused:
            await api.listen(token)
        assert refused.value.status == 403


async def test_every_good_token_opens_it(api):
    door = api.app[DOORKEEPER]
    for token in (*WS_TOKENS, door.issue("access", door.credentials.owner)):
        async with api.listen(token) as socket:
            await socket.send_json({"type": "whitelist", "data": ""})
            told = await socket.receive_json()
            assert (told["type"], len(told["data"])) == ("whitelist", 3)


async def test_while_the_bot_starts_there_is_nothing_to_hear(starting):
    with pytest.raises(WSServerHandshakeError) as refused:
        await starting.listen(WS_TOKENS[0])
    assert refused.value.status == 503


async def test_a_plain_request_is_no_websocket(api):
    answer = await api.get("/message/ws", params={"token": WS_TOKENS[0]})
    assert answer.status == 400
    assert answer.body["detail"]


@pytest.mark.parametrize("text", ["", "no json", "{", "[" * 50_000])
async def test_what_is_not_json_ends_the_conversation(api, text):
    async with api.listen(WS_TOKENS[0]) as socket:
        await socket.send_str(text)
        await socket.receive()
        assert socket.close_code == 1000


@pytest.mark.parametrize(
    "request_",
    [
        {"type": "what"},
        {"type": None},
        {},
        [],
        "text",
        7,
        None,
        {"type": ["subscribe"]},
        {"type": "analyzed_df", "data": []},
        {"type": "analyzed_df", "data": {"limit": "x"}},
        {"type": "analyzed_df", "data": {"pair": 7}},
    ],
)
async def test_requests_that_mean_nothing_are_answered_and_forgiven(api, request_):
    async with api.listen(WS_TOKENS[0]) as socket:
        await socket.send_json(request_)
        told = await socket.receive_json()
        assert (told["type"], type(told["data"])) == ("exception", str)
        await socket.send_json({"type": "whitelist"})
        assert (await socket.receive_json())["type"] == "whitelist"


@pytest.mark.parametrize(
    "data", [None, [], ["status", "nonsense"], "status", {"status": 1}, [["status"]], [7]]
)
async def test_a_subscription_that_is_wrong_changes_nothing(api, stage, data):
    async with api.listen(WS_TOKENS[0]) as socket:
        await socket.send_json({"type": "subscribe", "data": ["status"]})
        await socket.send_json({"type": "subscribe", "data": data})
        await socket.send_json({"type": "whitelist"})
        assert (await socket.receive_json())["type"] == "whitelist"
        stage.bot.announcer.announce(MessageType.STATUS, status="running")
        assert await socket.receive_json() == {"type": "status", "status": "running"}


async def test_only_what_was_asked_for_is_told_in_order_to_all(api, stage):
    async with api.listen(WS_TOKENS[0]) as one, api.listen(WS_TOKENS[1]) as other:
        for socket, topics in ((one, ["entry", "entry_fill"]), (other, ["entry_fill"])):
            await socket.send_json({"type": "subscribe", "data": topics})
            await socket.send_json({"type": "whitelist"})
            await socket.receive_json()
        await stage.enter("ETH/USDT")
        assert [(await one.receive_json())["type"] for _ in range(2)] == ["entry", "entry_fill"]
        told = await other.receive_json()
        assert told["type"] == "entry_fill"
        assert {"pair", "direction", "open_rate", "stake_amount", "trade_id"} <= told.keys()


async def test_frames_are_what_consumers_read(api, stage):
    await stage.cycle()
    async with api.listen(WS_TOKENS[0]) as socket:
        await socket.send_json({"type": "analyzed_df", "data": {"limit": 3, "pair": "ETH/USDT"}})
        told = (await socket.receive_json())["data"]
        assert told["key"] == ["ETH/USDT", "5m", "spot"]
        assert told["df"]["__type__"] == "dataframe"
        frame = pd.read_json(io.StringIO(told["df"]["__value__"]), orient="split")
        assert list(frame.columns[:6]) == ["date", "open", "high", "low", "close", "volume"]
        assert len(frame) == 3
        split = json.loads(told["df"]["__value__"])
        assert split["data"][-1][0] % 300_000 == 0  # dates in ms


async def test_without_a_pair_all_pairs_are_told_one_by_one(api, stage):
    async with api.listen(WS_TOKENS[0]) as socket:
        await socket.send_json({"type": "analyzed_df"})
        told = [(await socket.receive_json())["data"] for _ in range(3)]
        assert [frame["key"][0] for frame in told] == stage.bot.whitelist
        assert told[0]["la"].startswith("1970-01-01")  # not analysed yet


async def test_frames_that_are_announced_are_encoded_for_subscribers(api, stage):
    frame = pd.DataFrame({"date": pd.to_datetime(["2026-01-05T12:00Z"]), "close": [1.5]})
    async with api.listen(WS_TOKENS[0]) as socket:
        await socket.send_json({"type": "subscribe", "data": ["analyzed_df"]})
        await socket.send_json({"type": "whitelist"})
        await socket.receive_json()
        data = {"key": ("ETH/USDT", "5m", "spot"), "df": frame, "la": stage.market.now}
        stage.bot.announcer.announce(MessageType.ANALYZED_DF, data=data)
        told = await socket.receive_json()
        assert json.loads(told["data"]["df"]["__value__"])["data"] == [[1767614400000, 1.5]]


async def test_a_slow_reader_is_cut_off_and_nobody_waits_for_it(api, stage, monkeypatch):
    monkeypatch.setattr(subscriber, "_CLOSE_SECONDS", 0.05)
    async with api.listen(WS_TOKENS[0]) as slow, api.listen(WS_TOKENS[0]) as quick:
        for socket, topic in ((slow, "warning"), (quick, "status")):
            await socket.send_json({"type": "subscribe", "data": [topic]})
            await socket.send_json({"type": "whitelist"})
            await socket.receive_json()
        for _ in range(subscriber.MOST_WAITING + 1):  # without letting anybody send
            stage.bot.announcer.announce(MessageType.WARNING, status="x" * 1000)
        stage.bot.announcer.announce(MessageType.STATUS, status="running")
        assert await quick.receive_json() == {"type": "status", "status": "running"}
        async with asyncio.timeout(5):
            while (await slow.receive()).data is not None:
                pass
        assert slow.close_code in (1013, 1006, None)
