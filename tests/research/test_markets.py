"""Markets of an exchange on disk: fetched once a day, used without a network."""

import asyncio
import json

import pytest

from appliance.config.loading import Sources, load
from appliance.domain.enums import RunMode
from appliance.domain.errors import DataError, ExchangeError
from appliance.exchange.retry import RetryPolicy
from appliance.research import markets as markets_module
from appliance.research.markets import FRESH_SECONDS, known_markets
from tests.exchange_server.fixture import binance_server  # noqa: F401 - a fixture

NOW = 1_800_000_000.0


@pytest.fixture
def settings(tmp_path):
    def loaded(ccxt_config, **config):
        file = tmp_path / "config.json"
        exchange = {"name": "binance", "pair_whitelist": ["BTC/USDT"], "ccxt_config": ccxt_config}
        file.write_text(json.dumps({"stake_currency": "USDT", "exchange": exchange, **config}))
        given = {"user_data_dir": str(tmp_path / "user_data")}
        return load(Sources((str(file),), given), {}, runmode=RunMode.BACKTEST)

    return loaded


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Give up at once where nothing answers."""
    monkeypatch.setattr(RetryPolicy, "delay", lambda *_: 0.0)


async def markets_of(loaded, at=NOW):
    async with known_markets(loaded, lambda: at) as known:
        return dict(known.markets), known.described("BTC/USDT"), known.formula


async def test_a_second_run_asks_nothing(settings, binance_server):  # noqa: F811
    loaded = await asyncio.to_thread(settings, binance_server.ccxt_config)
    first = await markets_of(loaded)
    assert first[0]["BTC/USDT"].amount_precision
    assert first[1]["base"] == "BTC"
    assert first[1]["info"]["symbol"] == "BTCUSDT"
    assert (await markets_of(loaded))[1] == first[1]
    await binance_server.close()
    assert await markets_of(loaded, NOW + FRESH_SECONDS - 1) == first


async def test_old_markets_serve_where_the_exchange_cannot_be_reached(settings, binance_server, caplog):  # noqa: F811
    loaded = await asyncio.to_thread(settings, binance_server.ccxt_config)
    first = await markets_of(loaded)
    await binance_server.close()
    assert await markets_of(loaded, NOW + 10 * FRESH_SECONDS) == first
    assert "the markets of 10 days ago are used" in caplog.text


async def test_without_any_it_says_so(settings, binance_server):  # noqa: F811
    loaded = await asyncio.to_thread(settings, binance_server.ccxt_config)
    await binance_server.close()
    with pytest.raises(ExchangeError):
        await markets_of(loaded)


async def test_a_damaged_file_is_replaced(settings, binance_server):  # noqa: F811
    loaded = await asyncio.to_thread(settings, binance_server.ccxt_config)
    first = await markets_of(loaded)
    (file,) = (loaded.user_data_dir / "cache" / "markets").iterdir()
    file.write_bytes(file.read_bytes()[:-50])
    assert await markets_of(loaded) == first
    assert await markets_of(loaded) == first


async def test_another_address_has_other_markets(settings, binance_server):  # noqa: F811
    await markets_of(await asyncio.to_thread(settings, binance_server.ccxt_config))
    await binance_server.close()
    elsewhere = {"urls": {"api": {"public": "http://127.0.0.1:9/api/v3"}}}
    with pytest.raises(ExchangeError):
        await markets_of(await asyncio.to_thread(settings, elsewhere))


async def test_other_questions_go_to_the_exchange(settings, binance_server):  # noqa: F811
    loaded = await asyncio.to_thread(settings, binance_server.ccxt_config)
    await markets_of(loaded)
    async with known_markets(loaded, lambda: NOW) as known:
        assert "BTC/USDT" in await known.fetch_tickers()
        assert (await known.fetch_ticker("ETH/USDT")).last
        assert "BTC" in await known.fetch_bases("USDT", loaded.settings.trading_mode)
        assert known.now_ms() == NOW * 1000


FUTURES = {"trading_mode": "futures", "margin_mode": "isolated"}
PAIR = "BTC/USDT:USDT"


async def tiers_of(loaded):
    async with known_markets(loaded, lambda: NOW) as known:
        return (await known.leverage_tiers([PAIR]))[PAIR]


async def test_tiers_are_asked_for_once_then_those_known_here_serve(settings, binance_server):  # noqa: F811
    loaded = await asyncio.to_thread(settings, binance_server.ccxt_config, **FUTURES)
    first = await tiers_of(loaded)
    assert first[0].largest_leverage > 20
    await binance_server.close()
    assert await tiers_of(loaded) == first


async def test_tiers_of_the_file_come_first(settings, binance_server):  # noqa: F811
    loaded = await asyncio.to_thread(settings, binance_server.ccxt_config, **FUTURES)
    file = loaded.datadir / "futures" / "leverage_tiers_USDT.json"
    file.parent.mkdir(parents=True)
    listed = {"maxLeverage": 77, "maintenanceMarginRate": 0.004, "minNotional": 0, "maxNotional": 50_000}
    file.write_text(json.dumps({"updated": "2025-01-01", "data": {PAIR: [{**listed, "info": {"cum": "7"}}]}}))
    (tier,) = await tiers_of(loaded)
    assert (tier.largest_leverage, tier.most, tier.maintenance_amount) == (77, 50_000, 7)
    file.write_text("{}")
    with pytest.raises(DataError, match="expected leverage tiers as freqtrade stores them"):
        await tiers_of(loaded)


async def test_a_folder_that_cannot_be_written_only_costs_time(settings, binance_server, monkeypatch, caplog):  # noqa: F811
    def refuse(file, content):
        raise DataError(f"{file} cannot be written (Read-only file system)")

    monkeypatch.setattr(markets_module, "replace_file", refuse)
    loaded = await asyncio.to_thread(settings, binance_server.ccxt_config)
    assert (await markets_of(loaded))[0]
    assert "fetched again next time" in caplog.text
