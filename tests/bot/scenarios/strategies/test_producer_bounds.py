"""What other bots can make this one do and keep has bounds."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from appliance.bot.producers.messages import InvalidMessage, read
from tests.bot.producers.test_producers import Stranger, consumer, frame_message, producer, until
from tests.support.scripted import scene
from tests.support.serving import WS_TOKENS


async def test_no_redirect_takes_the_token_elsewhere(tmp_path, caplog):
    gone_to = []

    async def lure(request):
        raise web.HTTPFound(f"http://127.0.0.1:{elsewhere}/api/v1/message/ws?{request.query_string}")

    async def thief(request):
        gone_to.append(request.query.get("token"))
        return web.Response()

    async with _site(thief) as elsewhere, _site(lure) as port, scene(tmp_path, **consumer(producer(port))):
        await until(lambda: "it redirects (302)" in caplog.text)
    assert gone_to == []
    assert WS_TOKENS[0] not in caplog.text


async def test_a_silent_producer_is_disconnected(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr("appliance.bot.producers.connection._CONNECT_SECONDS", 0.05)

    async def say_nothing(reader, writer):
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with silent, scene(tmp_path, **consumer(producer(silent.sockets[0].getsockname()[1]))):
        await until(lambda: "no connection: TimeoutError" in caplog.text)


@asynccontextmanager
async def _site(answer):
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def test_all_producers_together_keep_no_more_than_the_limit(tmp_path, caplog):
    first, second = Stranger(), Stranger()
    columns = ("date", *(f"c{number}" for number in range(100)))
    rows = [[number * 300_000, *[1.0] * 100] for number in range(200)]  # 160 kB as numbers

    async with first.at() as one, second.at() as other:
        settings = consumer(producer(one, "one"), producer(other, "other"), frames_size_limit=1)
        async with scene(tmp_path, **settings) as hearing:
            for number in range(5):
                for stranger in (first, second):
                    key = (f"C{number}/USDT", "5m", "spot")
                    await stranger.say(frame_message(*rows, columns=columns, key=key))
            await first.say(json.dumps({"type": "whitelist", "data": ["END/USDT"]}))
            await second.say(json.dumps({"type": "whitelist", "data": ["END/USDT"]}))
            dp = hearing.bot.strategy.dp
            await until(lambda: dp.get_producer_pairs("one") and dp.get_producer_pairs("other"))
            kept = [
                len(dp.get_producer_df(f"C{number}/USDT", producer_name=name)[0])
                for name in ("one", "other")
                for number in range(5)
            ]
    assert kept.count(200) == 6
    assert kept.count(0) == 4
    assert caplog.text.count("more than 1 MB of frames, of all producers") in (1, 2)  # once each


@pytest.mark.parametrize(
    "message",
    [
        frame_message([300_000, 1.0], columns=("date", "close"), key=("X" * 65, "5m", "spot")),
        frame_message([300_000, 1.0], columns=("date", "c" * 257)),
        frame_message([300_000, *[1.0] * 2000], columns=("date", *(f"c{number}" for number in range(2000)))),
        frame_message(*[[300_000, 1.0]] * 5003, columns=("date", "close")),
        frame_message([300_000, {"a": [1] * 100}], columns=("date", "close")),
        frame_message([300_000, [1] * 100], columns=("date", "close")),
        json.dumps({"type": "whitelist", "data": ["A/USDT"] * 10_001}),
        json.dumps({"type": "whitelist", "data": ["A" * 65]}),
        '{"type": "whitelist", "data": ' + "[" * 100_000 + "]" * 100_000 + "}",
        frame_message([300_000, 1.0]).replace("1.0", "1" * 5000),
        frame_message([300_000, 1.0]).replace("300000", "9" * 400),
    ],
)
def test_a_producers_messages_have_limits(message):
    with pytest.raises(InvalidMessage):
        read(message)
