"""Listening to other bots: good ones, strange ones, and such as come and go."""

import asyncio
import json
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import WSMsgType, web

from appliance.bot.producers.messages import InvalidMessage, Piece, Whitelist, read
from appliance.server.bot_slot import BOT_SLOT
from tests.support.scripted import QUIET, scene
from tests.support.serving import LOGIN, WS_TOKENS, served

PATIENCE = 30
RECORDED = Path(__file__).parents[2] / "data" / "bot" / "freqtrade_messages.jsonl"
QUICK = {"sleep_time": 0.05, "wait_timeout": 20}


async def until(happened):
    async with asyncio.timeout(PATIENCE):
        while not (found := happened()):
            await asyncio.sleep(0.01)
    return found


def consumer(*producers, **settings):
    return {"external_message_consumer": {"enabled": True, "producers": list(producers), **QUICK, **settings}}


def producer(port, name="default", token=WS_TOKENS[0]):
    return {"name": name, "host": "127.0.0.1", "port": port, "ws_token": token}


def frame_message(*rows, columns=("date", "close", "enter_long"), key=("ETH/USDT", "5m", "spot")):
    value = json.dumps({"columns": columns, "index": list(range(len(rows))), "data": rows})
    df = {"__type__": "dataframe", "__value__": value}
    return json.dumps({"type": "analyzed_df", "data": {"key": key, "df": df, "la": "2026-01-05 12:00:00Z"}})


class Stranger:
    """A producer that says what the test wants, and notes what it is asked."""

    def __init__(self):
        self.asked = []
        self.sockets = []
        self.status = 101

    async def listen(self, request):
        if self.status != 101:
            return web.Response(status=self.status)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.asked.append(json.loads(message.data))
        return socket

    @asynccontextmanager
    async def at(self, port=0):
        app = web.Application()
        app.router.add_get("/api/v1/message/ws", self.listen)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield runner.addresses[0][1]
        finally:
            for socket in self.sockets:
                await socket.close()
            await runner.cleanup()

    async def say(self, text):
        await until(lambda: len(self.asked) >= 3)
        await self.sockets[-1].send_str(text)


async def test_one_bot_receives_whitelist_and_candles_of_another(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    async with scene(tmp_path / "one", **LOGIN) as telling, served() as api:
        api.app[BOT_SLOT].bot = telling.bot
        await telling.cycle()
        port = int(api.url.rpartition(":")[2])
        settings = consumer(producer(port))
        pairlists = [{"method": "ProducerPairList", "producer_name": "default"}]
        async with scene(tmp_path / "other", pairlists=pairlists, **settings) as hearing:
            dp = hearing.bot.strategy.dp
            await until(lambda: len(dp.get_producer_df("SOL/USDT")[0]))
            frame, at = dp.get_producer_df("ETH/USDT")
            own = telling.bot.frames["ETH/USDT", "5m"].frame
            assert list(frame.columns) == list(own.columns)
            assert (len(frame), at) == (len(own), telling.bot.frames["ETH/USDT", "5m"].analyzed_at)
            assert dp.get_producer_pairs() == telling.bot.whitelist
            assert dp.get_producer_pairs("unknown") == []
            assert dp.get_producer_df("ETH/USDT", candle_type="futures")[0].empty
            await hearing.cycle()
            assert hearing.bot.whitelist == telling.bot.whitelist

            telling.market.wait(minutes=5)
            await telling.cycle(ETH=123.0)
            await until(lambda: dp.get_producer_df("ETH/USDT")[0]["date"].iloc[-1] > frame["date"].iloc[-1])
            frame["close"] = 0.0
            assert dp.get_producer_df("ETH/USDT")[0]["close"].iloc[0] == 100.0


async def test_pieces_are_joined_and_gaps_requested_once(tmp_path):
    stranger = Stranger()
    async with stranger.at() as port:
        settings = consumer(producer(port, "s"), initial_candle_limit=50, remove_entry_exit_signals=True)
        async with scene(tmp_path, **settings) as hearing:
            await stranger.say(frame_message([300_000, 1.0, 1], [600_000, 2.0, 1]))
            assert stranger.asked == [
                {"type": "subscribe", "data": ["whitelist", "analyzed_df"]},
                {"type": "whitelist"},
                {"type": "analyzed_df", "data": {"limit": 50, "pair": None}},
            ]

            def told():
                return hearing.bot.strategy.dp.get_producer_df("ETH/USDT", producer_name="s")[0]

            await until(lambda: len(told()) == 2)
            await stranger.say(frame_message([900_000, 3.0, 1]))
            await until(lambda: len(told()) == 3)
            assert list(told()["enter_long"]) == [0, 0, 0]
            for _ in range(2):
                await stranger.say(frame_message([1_800_000, 4.0, 1]))
            await stranger.say(json.dumps({"type": "whitelist", "data": ["A/B"]}))
            await until(lambda: hearing.bot.strategy.dp.get_producer_pairs("s"))
            assert stranger.asked[3:] == [{"type": "analyzed_df", "data": {"limit": 4, "pair": "ETH/USDT"}}]


async def test_producers_come_and_go(tmp_path, caplog):
    caplog.set_level("INFO")
    stranger = Stranger()
    async with stranger.at() as port:
        pass
    async with scene(tmp_path, **consumer(producer(port))) as hearing:
        await until(lambda: "The producer default: no connection" in caplog.text)
        for pairs in (["A/B"], ["C/D"]):
            stranger.asked.clear()
            async with stranger.at(port):
                await stranger.say(json.dumps({"type": "whitelist", "data": pairs}))
                await until(lambda p=pairs: hearing.bot.strategy.dp.get_producer_pairs() == p)
        await until(lambda: "the connection was closed" in caplog.text)
        assert hearing.bot.strategy.dp.get_producer_pairs() == ["C/D"]
    assert caplog.text.count("sends again") == 2


async def test_a_wrong_token_is_reported_once_and_never_in_the_log(tmp_path, caplog):
    async with scene(tmp_path, **LOGIN) as telling, served() as api:
        api.app[BOT_SLOT].bot = telling.bot
        port = int(api.url.rpartition(":")[2])
        stranger = Stranger()
        stranger.status = 403
        async with stranger.at() as other:
            settings = consumer(producer(port, token="wr0ng-token"), producer(other, "b", "wr0ng-token"))
            (tmp_path / "other").mkdir()
            async with scene(tmp_path / "other", **settings):
                for name in ("default", "b"):
                    text = f"The producer {name}: no websocket: it does not accept ws_token"
                    await until(lambda t=text: t in caplog.text)
                await asyncio.sleep(0.3)
    assert caplog.text.count("it does not accept ws_token") == 2
    assert "wr0ng-token" not in caplog.text


async def test_silence_ends_a_connection_and_a_pong_keeps_it(tmp_path, caplog):
    stranger = Stranger()  # it does not answer pings
    async with stranger.at() as port:
        settings = consumer(producer(port), wait_timeout=0.1, ping_timeout=0.1)
        async with scene(tmp_path, **settings):
            await until(lambda: "silent for 0.2 seconds" in caplog.text)
            await until(lambda: len(stranger.sockets) > 1)


async def test_a_message_that_is_too_large_is_refused_and_reported(tmp_path, caplog):
    stranger = Stranger()
    async with stranger.at() as port, scene(tmp_path, **consumer(producer(port), message_size_limit=0.01)):
        await stranger.say(json.dumps({"type": "whitelist", "data": ["x" * 20_000]}))
        await until(lambda: "message_size_limit" in caplog.text)


RUBBISH = [
    "",
    "no json",
    "[" * 100_000,
    b"\xff\xfe",
    '{"type": "whitelist", "data": 7}',
    '{"type": "whitelist", "data": [7]}',
    '{"type": "analyzed_df"}',
    '{"type": "analyzed_df", "data": {"key": ["A/B", "5m"], "df": {}, "la": null}}',
    frame_message([300_000, 1, 1], key=("A/B", "5x", "spot")),
    frame_message([300_000, 1, 1], key=("A/B", "5m", "moon")),
    frame_message([300_000, 1]),
    frame_message([300_000, 1, 1], columns=("time", "close", "x")),
    frame_message([300_000, 1, 1], columns=("date", "date", "x")),
    frame_message([None, 1, 1]),
    frame_message([10**30, 1, 1]),
    frame_message(["yesterday", 1, 1]),
    frame_message([600_000, 1, 1], [300_000, 1, 1]),
]


@pytest.mark.parametrize("text", RUBBISH)
def test_invalid_input_is_reported_as_such(text):
    with pytest.raises(InvalidMessage):
        read(text)


@pytest.mark.parametrize("text", ['{"type": "entry", "pair": "A/B"}', "{}", frame_message()])
def test_a_fault_without_a_caller_is_not_reported(text):
    assert read(text) is None


def test_what_is_good_is_read():
    assert read('{"type": "whitelist", "data": ["A/B"]}') == Whitelist(("A/B",))
    piece = read(frame_message([300_000, None, 1], [600_000, 2.5, 0]))
    assert isinstance(piece, Piece)
    assert piece.frame["close"].isna().tolist() == [True, False]
    assert str(piece.frame["date"].iloc[1]) == "1970-01-01 00:10:00+00:00"


def test_what_freqtrade_says_is_read():
    """Recorded from freqtrade 2026.9: whitelist, three candles on request, the newest one, a notice."""
    whitelist, asked, newest, notice = map(read, RECORDED.read_text().splitlines())
    assert whitelist == Whitelist(("BTC/USDT", "ETH/USDT"))
    assert (tuple(asked.key), len(asked.frame)) == (("BTC/USDT", "1m", "spot"), 3)
    assert {"date", "close", "rsi", "sine", "enter_long"} <= set(asked.frame.columns)
    assert asked.frame["rsi"].dtype == "float64"
    assert len(newest.frame) == 1
    assert newest.frame["date"].iloc[0] >= asked.frame["date"].iloc[-1]
    assert notice is None


async def test_invalid_messages_are_reported_once_and_ignored(tmp_path, caplog):
    stranger = Stranger()
    async with stranger.at() as port, scene(tmp_path, **consumer(producer(port))) as hearing:
        for _ in range(3):
            await stranger.say("no json")
        await stranger.say(json.dumps({"type": "whitelist", "data": ["A/B"]}))
        await until(lambda: hearing.bot.strategy.dp.get_producer_pairs() == ["A/B"])
        assert len(stranger.sockets) == 1
    assert caplog.text.count("invalid message") == 1


async def test_a_reload_listens_to_the_producers_that_are_named_now(tmp_path):
    one, other = Stranger(), Stranger()
    file = tmp_path / "config.json"
    async with one.at() as port, other.at() as second:
        file.write_text(json.dumps(consumer(producer(port, "one"), producer(second, "other"))))
        async with scene(tmp_path, code=QUIET, files=[str(file)]) as hearing:
            await one.say(json.dumps({"type": "whitelist", "data": ["A/B"]}))
            await other.say(json.dumps({"type": "whitelist", "data": ["C/D"]}))
            dp = hearing.bot.strategy.dp
            await until(lambda: dp.get_producer_pairs("one") and dp.get_producer_pairs("other"))
            file.write_text(json.dumps(consumer(producer(second, "other"))))
            hearing.bot.request_reload()
            await hearing.cycle()
            await until(lambda: one.sockets[0].closed)
            dp = hearing.bot.strategy.dp
            assert dp.get_producer_pairs("one") == []
            assert dp.get_producer_pairs("other") == ["C/D"]
            assert len(other.sockets) == 1
