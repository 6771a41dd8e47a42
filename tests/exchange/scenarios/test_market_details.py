"""What pair lists ask beyond prices: an exchange's words on a market, and the coins of its other market."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.enums import TradingMode
from appliance.domain.errors import TemporaryExchangeError
from appliance.exchange.ccxt.market_data import spot_market_data
from appliance.exchange.ccxt.settings import FUTURES
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.exchange.retry import RetryPolicy
from appliance.exchange.simulated.market import SimulatedMarket
from tests.exchange_server.fixture import BinanceServer


def perpetual(base: str, quote: str = "USDT", **changes) -> dict:
    """One symbol as Binance's futures API lists it."""
    listed = {
        "symbol": f"{base}{quote}",
        "pair": f"{base}{quote}",
        "contractType": "PERPETUAL",
        "deliveryDate": 4133404800000,
        "onboardDate": 1569398400000,
        "status": "TRADING",
        "baseAsset": base,
        "quoteAsset": quote,
        "marginAsset": quote,
        "filters": [],
    }
    return listed | changes


@pytest.fixture
async def futures():
    """Binance's futures API, as far as its list of symbols."""
    symbols = [
        perpetual("BTC"),
        perpetual("1000PEPE"),
        perpetual("GONE", status="SETTLING"),
        perpetual("ETH", "USDC"),
        perpetual("SOL", contractType="CURRENT_QUARTER", symbol="SOLUSDT_260327", deliveryDate=1774569600000),
    ]

    async def exchange_info(request: web.Request) -> web.Response:
        return web.json_response({"timezone": "UTC", "symbols": symbols})

    app = web.Application()
    app.router.add_get("/fapi/v1/exchangeInfo", exchange_info)
    async with TestServer(app) as server:
        yield str(server.make_url("/fapi/v1"))


@pytest.fixture
async def binance(binance_server: BinanceServer, futures: str):
    config = binance_server.ccxt_config
    config["urls"]["api"]["fapiPublic"] = futures
    settings = ExchangeSettings(name="binance", ccxt_config=config)
    data = spot_market_data(settings, retry=RetryPolicy(attempts=1))
    await data.open()
    yield data
    await data.close()


async def test_another_market_that_cannot_be_reached(binance_server: BinanceServer):
    config = binance_server.ccxt_config
    config["urls"]["api"]["fapiPublic"] = "http://127.0.0.1:9/fapi/v1"
    data = spot_market_data(
        ExchangeSettings(name="binance", ccxt_config=config), retry=RetryPolicy(attempts=1)
    )
    await data.open()
    with pytest.raises(TemporaryExchangeError, match="binance cannot be reached"):
        await data.fetch_bases("USDT", TradingMode.FUTURES)
    await data.close()


async def test_coins_of_open_perpetuals_are_reported_by_their_quote_currency(binance):
    assert await binance.fetch_bases("USDT", TradingMode.FUTURES) == {"BTC", "1000PEPE"}
    assert await binance.fetch_bases("USDC", TradingMode.FUTURES) == {"ETH"}
    assert await binance.fetch_bases("EUR", TradingMode.FUTURES) == frozenset()
    assert "BTC" in await binance.fetch_bases("USDT", TradingMode.SPOT)
    assert all(":" not in pair for pair in binance.markets)


async def test_a_market_is_described_in_the_exchanges_own_words(binance):
    assert binance.tells_all_tickers
    told = DryRunGateway(binance).market_details("BTC/USDT")
    assert (told["base"], told["info"]["baseAsset"]) == ("BTC", "BTC")
    assert binance.market_details("NOPE/USDT") == {}


async def test_nothing_is_known_before_it_is_open():
    data = spot_market_data(ExchangeSettings(name="binance"))
    assert data.market_details("BTC/USDT") == {}
    assert not data.tells_all_tickers


async def test_the_simulated_market_has_the_same_coins_on_both_sides():
    gateway = DryRunGateway(SimulatedMarket())
    assert "BTC" in await gateway.fetch_bases("USDT", TradingMode.FUTURES)
    assert await gateway.fetch_bases("BTC", TradingMode.FUTURES) == frozenset()
    assert "BTC" in await gateway.fetch_bases("USDT", TradingMode.SPOT)
    assert gateway.market_details("BTC/USDT")["quote"] == "USDT"
    assert gateway.market_details("NOPE/USDT") == {}
    assert gateway.tells_all_tickers
    await gateway.close()


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        (["spot", "linear", "inverse"], ["linear"]),
        ({"spot": True, "swap": True, "future": True}, {"spot": False, "swap": True, "future": False}),
        (["spot"], ["spot"]),
    ],
)
def test_only_perpetuals_are_loaded_where_the_class_can_be_reported(types, wanted):
    options = {"fetchMarkets": {"types": types}}
    FUTURES.restrict(options)
    assert options["fetchMarkets"]["types"] == wanted
