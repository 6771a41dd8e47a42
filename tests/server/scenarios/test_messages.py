"""The websocket: who may listen, what is asked, what is told."""

import asyncio
import io
import json

import pandas as pd
import pytest
from aiohttp import WSServerHandshakeError

from appliance.domain.message import MessageType
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.resources import messages
from appliance.server.websocket.hub import HUB
from appliance.server.websocket.replay_buffer import ReplayBuffer
from appliance.threads import reader
from tests.support.serving import WS_TOKENS


async def test_without_a_good_token_the_handshake_fails(api):
    authenticator = api.app[AUTHENTICATOR]
    refresh = authenticator.issue("refresh", authenticator.credentials.owner)
    for token in ("", "wrong", refresh, WS_TOKENS[0] + "x", "\udcff", ",".join(WS_TOKENS)):
        with pytest.raises(WSServerHandshakeError) as refused:
            await api.listen(token)
        assert refused.value.status == 403


async def test_every_good_token_opens_it(api):
    authenticator = api.app[AUTHENTICATOR]
    for token in (*WS_TOKENS, authenticator.issue("access", authenticator.credentials.owner)):
        async with api.listen(token) as socket:
            await socket.send_json({"type": "whitelist", "data": ""})
            told = await socket.receive_json()
            assert (told["type"], len(told["data"])) == ("whitelist", 3)


async def test_while_the_bot_starts_there_are_no_messages(starting):
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
        stage.bot.events.emit(MessageType.STATUS, status="running")
        assert await socket.receive_json() == {"type": "status", "status": "running"}


async def test_only_what_was_requested_is_reported_in_order_to_all(api, stage):
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


async def test_without_a_pair_all_pairs_are_reported_one_by_one(api, stage):
    async with api.listen(WS_TOKENS[0]) as socket:
        await socket.send_json({"type": "analyzed_df"})
        told = [(await socket.receive_json())["data"] for _ in range(3)]
        assert [frame["key"][0] for frame in told] == stage.bot.whitelist
        assert told[0]["la"].startswith("1970-01-01")  # not analysed yet


async def test_of_a_frame_that_is_announced_the_newest_candle_goes_out(api, stage):
    dates = pd.to_datetime(["2026-01-05T11:55Z", "2026-01-05T12:00Z"])
    frame = pd.DataFrame({"date": dates, "close": [1.0, 1.5]})
    async with api.listen(WS_TOKENS[0]) as socket:
        await subscribe(socket, "analyzed_df")
        data = {"key": ("ETH/USDT", "5m", "spot"), "df": frame, "la": stage.market.now}
        stage.bot.events.emit(MessageType.ANALYZED_DF, data=data)
        told = await socket.receive_json()
        assert json.loads(told["data"]["df"]["__value__"]) == {
            "columns": ["date", "close"],
            "index": [1],
            "data": [[1767614400000, 1.5]],
        }


async def test_what_is_announced_together_is_reported_in_order(api, stage):
    frame = pd.DataFrame({"date": pd.to_datetime(["2026-01-05T12:00Z"]), "close": [1.5]})
    data = {"key": ("ETH/USDT", "5m", "spot"), "df": frame, "la": stage.market.now}
    async with api.listen(WS_TOKENS[0]) as socket:
        await subscribe(socket, "analyzed_df", "new_candle", "status")
        stage.bot.events.emit(MessageType.STATUS, status="one")
        stage.bot.events.emit(MessageType.ANALYZED_DF, data=data)
        stage.bot.events.emit(MessageType.NEW_CANDLE, data=data["key"])
        told = [(await socket.receive_json())["type"] for _ in range(3)]
        assert told == ["status", "analyzed_df", "new_candle"]


async def test_what_cannot_be_written_as_json_holds_nothing_else_up(api, stage):
    async with api.listen(WS_TOKENS[0]) as socket:
        await subscribe(socket, "status", "strategy_msg")
        stage.bot.events.emit(MessageType.STRATEGY_MSG, msg="\ud800")
        stage.bot.events.emit(MessageType.STATUS, status="running")
        assert await socket.receive_json() == {"type": "status", "status": "running"}


async def test_a_slow_reader_is_logged_and_disconnected_and_the_others_miss_nothing(api, stage, caplog):
    async with api.listen(WS_TOKENS[0]) as slow, api.listen(WS_TOKENS[0]) as quick:
        for socket in (slow, quick):
            await subscribe(socket, "strategy_msg")
        sent = 0
        while "You read too slowly" not in caplog.text:
            sent += 1
            stage.bot.events.emit(MessageType.STRATEGY_MSG, msg=f"{sent} " + "x" * 300_000)
            assert (await quick.receive_json())["msg"].startswith(f"{sent} ")
            assert sent * 0.3 < 100, "100 MB wait for somebody who does not read"
        async with asyncio.timeout(20):
            async for _ in slow:
                pass
        assert slow.close_code == 1013
        stage.bot.events.emit(MessageType.STRATEGY_MSG, msg="still here")
        assert (await quick.receive_json())["msg"] == "still here"


NARROW = {"Sec-WebSocket-Extensions": "permessage-deflate; server_max_window_bits=9"}
"""A window too small for what is deflated once for all: it gets everything plain."""


async def test_large_messages_are_deflated_for_those_who_take_that(api, stage):
    url, token = f"{api.url}/api/v1/message/ws", {"token": WS_TOKENS[0]}
    async with (
        api.session.ws_connect(url, params=token, compress=15) as deflating,
        api.session.ws_connect(url, params=token, headers=NARROW) as narrow,
        api.session.ws_connect(url, params=token) as plain,
    ):
        assert (deflating.compress, plain.compress) == (15, 0)
        for socket in (deflating, narrow, plain):
            await subscribe(socket, "strategy_msg")
        for text in ("short", "long " * 10_000, "long " * 10_000, "short"):
            stage.bot.events.emit(MessageType.STRATEGY_MSG, msg=text)
            for socket in (deflating, narrow, plain):
                assert (await socket.receive_json())["msg"] == text


# -- coming back -----------------------------------------------------------------------------------------


async def test_a_returning_client_gets_missed_messages(api, stage):
    async with api.listen(WS_TOKENS[0], resume="") as socket:
        assert await resume(socket, "status", "warning") == []
        say(stage, "one")
        first = await socket.receive_json()
        assert first == {"type": "status", "status": "one", "seq": first["seq"]}
    async with api.listen(WS_TOKENS[0]) as witness:  # what the hub has not handed out yet is not missed
        await subscribe(witness, "status")
        say(stage, "two")
        say(stage, "three")
        stage.bot.events.emit(MessageType.STARTUP, status="not asked for")
        assert [(await witness.receive_json())["status"] for _ in range(2)] == ["two", "three"]
    async with api.listen(WS_TOKENS[0], resume=first["seq"]) as socket:
        assert await resume(socket, "status") == ["two", "three"]
        say(stage, "four")
        assert (await socket.receive_json())["status"] == "four"


async def test_who_does_not_ask_for_numbers_gets_none(api, stage):
    async with api.listen(WS_TOKENS[0], resume="") as numbered, api.listen(WS_TOKENS[0]) as plain:
        await resume(numbered, "status")
        await subscribe(plain, "status")
        say(stage, "one")
        assert await plain.receive_json() == {"type": "status", "status": "one"}


@pytest.mark.parametrize("position", ["0000:1", "x", ":", "-1", "{run}:x", "{run}:-1", "{run}:٣", "{run}:99"])
async def test_positions_of_another_run_are_reported_as_a_gap(api, stage, position):
    run = api.app[HUB].replay.position.partition(":")[0]
    async with api.listen(WS_TOKENS[0], resume=position.format(run=run)) as socket:
        await socket.send_json({"type": "subscribe", "data": ["status"]})
        told = await socket.receive_json()
        assert (told["type"], told["data"]["complete"]) == ("resume", False)


async def test_dropped_messages_are_reported_as_a_gap(api, stage):
    api.app[HUB].replay = ReplayBuffer(most_bytes=2000)
    async with api.listen(WS_TOKENS[0], resume="") as socket:
        await resume(socket, "status")
        say(stage, "one")
        position = (await socket.receive_json())["seq"]
        for number in range(9):
            say(stage, f"later {number}")
            await socket.receive_json()
    async with api.listen(WS_TOKENS[0], resume=position) as socket:
        await socket.send_json({"type": "subscribe", "data": ["status"]})
        assert (await socket.receive_json())["data"]["complete"] is False
        missed = (await socket.receive_json())["status"]
        assert missed.startswith("later ")
        assert missed != "later 0"


async def subscribe(socket, *topics):
    await socket.send_json({"type": "subscribe", "data": topics})
    await socket.send_json({"type": "whitelist"})
    assert (await socket.receive_json())["type"] == "whitelist"


async def resume(socket, *topics):
    """Subscribe and return the texts that were missed."""
    await socket.send_json({"type": "subscribe", "data": topics})
    told = await socket.receive_json()
    assert (told["type"], told["data"]["complete"]) == ("resume", True)
    await socket.send_json({"type": "whitelist"})
    missed = []
    while (message := await socket.receive_json())["type"] != "whitelist":
        missed.append(message["status"])
    return missed


def say(stage, text):
    stage.bot.events.emit(MessageType.STATUS, status=text)


async def test_what_is_asked_over_it_takes_turns_with_its_callers_other_questions(api, monkeypatch):
    """The bot's own work and commands would wait for all that one listener asks for."""
    seen, do = [], messages.for_readers

    async def noted(*given):
        seen.append(reader.get())
        return await do(*given)

    monkeypatch.setattr(messages, "for_readers", noted)
    for token in WS_TOKENS:
        async with api.listen(token) as socket:
            await socket.send_json({"type": "analyzed_df", "data": {"limit": 3, "pair": "ETH/USDT"}})
            assert (await socket.receive_json())["type"] == "analyzed_df"
    credentials = api.app[AUTHENTICATOR].credentials
    assert seen == [credentials.listener(token).credential for token in WS_TOKENS]
    assert all(seen)
