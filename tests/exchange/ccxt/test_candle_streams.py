"""Candles heard through ccxt's real streaming class, from the exchange server on loopback."""

import asyncio
import gc
import logging
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain import timeframe as timeframes
from appliance.exchange import candles as candles_module
from appliance.exchange.candles import CandleCache
from appliance.exchange.ccxt.candle_streams import CcxtCandleStreams
from appliance.exchange.ccxt.market_data import CcxtMarketData, spot_market_data
from appliance.exchange.retry import RetryPolicy
from tests.exchange_server.endpoints import kline_stream
from tests.exchange_server.faults import outage
from tests.exchange_server.fixture import BinanceServer

pytestmark = pytest.mark.python_independent

ETH = ("ETH/USDT", "1m")
BTC = ("BTC/USDT", "1m")
KLINES = "/api/v3/klines"
MINUTE = 60_000
LATE = 30_000
"""So long after a candle's close nobody waits for a stream any more."""


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch):
    """Let streams tell often, and the bot wait for them as long as it takes, 20 s into a candle."""
    monkeypatch.setattr(candles_module, "_FINAL_AFTER_MS", 20_000)
    monkeypatch.setattr(kline_stream, "_EVERY_S", 0.02)
    monkeypatch.setattr(candles_module, "_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr("appliance.exchange.ccxt.candle_streams._FIRST_DELAY", 0.02)


@pytest.fixture
async def data(binance_server: BinanceServer):
    config = {**binance_server.ccxt_config, "options": {"ws": {"cost": 0}}}
    data = spot_market_data(
        ExchangeSettings(name="binance", ccxt_config=config), retry=RetryPolicy(first_delay=0.01)
    )
    await data.open()
    yield data
    await data.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


async def next_minute(server: BinanceServer, data: CcxtMarketData, *, into_ms: int = 5_000) -> None:
    """Move the exchange's clock, and ours with it, behind the next candle's opening."""
    now = server.clock()
    server.put_clock_ahead(timeframes.next_open_ms("1m", now) + into_ms - now)
    await data._connection.set_clock()


async def believed(server: BinanceServer, data: CcxtMarketData, cache: CandleCache, *keys) -> None:
    """Refresh the cache until what the streams tell is believed."""
    wanted = dict.fromkeys(keys, 100)
    await cache.refresh(wanted)
    for key in keys:
        await until(lambda key=key: data.candle_streams._candles.get(key) and newest(data, key))
    await next_minute(server, data, into_ms=LATE)
    current = timeframes.candle_open_ms("1m", data.now_ms())
    for key in keys:
        await until(lambda key=key: newest(data, key) >= current)
    await cache.refresh(wanted)
    assert all(data.candle_streams.is_trusted(key) for key in keys)


def newest(data: CcxtMarketData, key) -> int:
    return data.candle_streams._candles[key].newest_ms


def asked(server: BinanceServer) -> int:
    return server.traffic.requests[KLINES]


def told_by_streams(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the streams told of themselves; others tell of the clock that the tests put ahead."""
    return [each.getMessage() for each in caplog.records if each.name == CcxtCandleStreams.__module__]


async def right(cache: CandleCache, server: BinanceServer, key) -> bool:
    """Whether the cache has the exchange's own candles, up to the last closed one."""
    own = await server.market.fetch_candles(*key, limit=100)
    return np.allclose(cache.candles(*key)[-99:], own[:-1], rtol=1e-7)


async def test_a_streamed_candle_is_not_fetched(binance_server: BinanceServer, data: CcxtMarketData):
    cache = CandleCache(data)
    await believed(binance_server, data, cache, ETH, BTC)
    before = asked(binance_server)
    for _ in range(3):
        await next_minute(binance_server, data)
        result = await cache.refresh({ETH: 100, BTC: 100})
        assert result.updated == {ETH, BTC}
        assert not result.failed
        assert await right(cache, binance_server, ETH)
        assert await right(cache, binance_server, BTC)
    assert asked(binance_server) == before


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> set:
    """Connections that tell nothing any more; `silent |= known` silences all that there are."""
    silent, tell = set(), kline_stream.Subscriber.tell

    async def told(subscriber) -> None:
        if subscriber not in silent:
            await tell(subscriber)

    monkeypatch.setattr(kline_stream.Subscriber, "tell", told)
    return silent


async def test_candles_missing_in_streams_are_fetched_and_streams_reconnect(
    binance_server: BinanceServer, data: CcxtMarketData, silent: set, caplog: pytest.LogCaptureFixture
):
    cache = CandleCache(data)
    await believed(binance_server, data, cache, ETH)
    silent |= {each for each in gc.get_objects() if isinstance(each, kline_stream.Subscriber)}
    before = asked(binance_server)
    with caplog.at_level(logging.INFO, "appliance.exchange.ccxt.candle_streams"):
        for minute in (1, 2, 3):
            await next_minute(binance_server, data, into_ms=LATE)
            assert (await cache.refresh({ETH: 100})).updated == {ETH}
            assert asked(binance_server) == before + minute
            assert await right(cache, binance_server, ETH)
    assert told_by_streams(caplog)[-1] == "binance: candle streams are silent; reconnecting."
    await until(lambda: newest(data, ETH) >= timeframes.candle_open_ms("1m", data.now_ms()))


async def test_streams_that_break_and_come_back(
    binance_server: BinanceServer, data: CcxtMarketData, caplog: pytest.LogCaptureFixture
):
    cache = CandleCache(data)
    with caplog.at_level(logging.INFO, "appliance.exchange.ccxt.candle_streams"):
        await believed(binance_server, data, cache, ETH)
        binance_server.faults.add(outage(3600))
        await until(lambda: not data.candle_streams.is_trusted(ETH))
        assert newest(data, ETH) == 0
        binance_server.faults.clear()
        await until(lambda: newest(data, ETH))
    lost, again = told_by_streams(caplog)
    assert lost.startswith("binance: candle streams failed (")
    assert lost.endswith("candles are requested.")
    assert again == "binance: candle streams work again."
    await next_minute(binance_server, data, into_ms=LATE)
    await cache.refresh({ETH: 100})
    assert await right(cache, binance_server, ETH)


async def test_a_stream_with_other_candles_is_never_used(
    binance_server: BinanceServer, data: CcxtMarketData, monkeypatch: pytest.MonkeyPatch
):
    own = kline_stream.kline
    monkeypatch.setattr(kline_stream, "kline", lambda candle, *rest: own([*candle[:5], candle[5] * 2], *rest))
    cache = CandleCache(data)
    await cache.refresh({ETH: 100})
    streams = data.candle_streams
    await until(lambda: streams._candles.get(ETH) and newest(data, ETH))
    heard = streams._candles[ETH]
    while not heard.is_hopeless:
        await next_minute(binance_server, data, into_ms=LATE)
        current = timeframes.candle_open_ms("1m", data.now_ms())
        await until(lambda current=current: heard.newest_ms >= current)
        await cache.refresh({ETH: 100})
        assert not streams.is_trusted(ETH)
        assert await right(cache, binance_server, ETH)
    await until(lambda: streams._subscriptions[ETH].done())


async def test_a_candle_that_is_corrected_later_is_fetched_again(
    binance_server: BinanceServer, data: CcxtMarketData
):
    cache = CandleCache(data)
    await believed(binance_server, data, cache, ETH)
    await next_minute(binance_server, data)
    heard = data.candle_streams._candles[ETH]
    await until(lambda: heard.newest_ms >= timeframes.candle_open_ms("1m", data.now_ms()))
    last = timeframes.candle_open_ms("1m", data.now_ms()) - MINUTE
    true = heard._rows[last]
    heard.take([[*true[:5], true[5] / 2]])  # as if the last trades had not been told yet
    before = asked(binance_server)
    assert (await cache.refresh({ETH: 100})).updated == {ETH}
    assert asked(binance_server) == before
    assert not await right(cache, binance_server, ETH)
    heard.take([true])
    assert (await cache.refresh({ETH: 100})).updated == {ETH}
    assert asked(binance_server) == before + 1
    assert await right(cache, binance_server, ETH)


async def test_what_is_no_longer_wanted_is_not_listened_to(
    binance_server: BinanceServer, data: CcxtMarketData
):
    cache = CandleCache(data)
    await believed(binance_server, data, cache, ETH, BTC)
    await cache.refresh({BTC: 100})
    assert set(data.candle_streams._subscriptions) == {BTC}
    assert data.candle_streams.closed(ETH, 0, 1) is None


async def test_streams_can_be_turned_off(binance_server: BinanceServer):
    settings = ExchangeSettings(name="binance", enable_ws=False, ccxt_config=binance_server.ccxt_config)
    assert spot_market_data(settings).candle_streams is None


async def test_failing_streams_are_reported_and_nothing_else(caplog: pytest.LogCaptureFixture):
    def broken():
        raise TypeError("made of my-secret")

    streams = CcxtCandleStreams("binance", broken, ["my-secret"])
    with caplog.at_level(logging.INFO, "appliance.exchange.ccxt.candle_streams"):
        streams.subscribe([ETH])
        await until(lambda: caplog.records)
    assert caplog.records[0].getMessage() == (
        "binance: candle streams failed (TypeError: made of ***); candles are requested."
    )
    assert streams.closed(ETH, 0, 1) is None
    assert not streams.is_trusted(ETH)
    await streams.close()


async def test_an_exchange_without_streams(caplog: pytest.LogCaptureFixture):
    streams = CcxtCandleStreams("zaif", lambda: None)
    with caplog.at_level(logging.INFO, "appliance.exchange.ccxt.candle_streams"):
        streams.subscribe([ETH])
        await until(lambda: caplog.records)
    assert caplog.records[0].getMessage() == "zaif has no candle streams: candles are requested."
    await streams.close()


def test_only_the_exchange_in_use_is_imported():
    code = """
import sys
from appliance.exchange.ccxt_import import streaming_class
cls = streaming_class("binance")
assert cls.__module__ == "ccxt.pro.binance" and cls.__mro__[1].__module__ == "ccxt.async_support.binance"
assert streaming_class("zaif") is None
print([name for name in sys.modules if name.endswith((".kraken", ".okx", ".bybit"))])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
