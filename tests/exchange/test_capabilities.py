"""What an exchange lacks is told before the first order, one line each."""

import asyncio

import pytest

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.errors import ConfigurationError, ExchangeError
from appliance.exchange.capabilities import Needs, missing, warnings
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.gateway import live_gateway
from appliance.exchange.ccxt.order_lists import OrderLists
from appliance.exchange.ccxt.settings import account_settings
from appliance.exchange.ccxt_import import exchange_class
from appliance.exchange.traits import SUPPORTED, traits_of
from tests.exchange_server.fixture import BinanceServer
from tests.support.live_gateway import gateway_to, live_settings, opened

KEYS = {
    "key": "a-key",
    "secret": "a-secret",
    "password": "a-password",
    "walletAddress": "0x12",
    "privateKey": "0x34",
}
EVERYTHING = Needs(
    timeframe="5m", order_types=("limit", "market"), times_in_force=("GTC", "IOC", "PO"), stop_type="limit"
)


def lines(name: str, needs: Needs, **changes) -> list[str]:
    settings = account_settings(ExchangeSettings(name=name, **{**KEYS, **changes}))
    return missing(exchange_class(name)(settings), name, traits_of(name), needs)


async def refused(server: BinanceServer, needs: Needs | None = None, **changes) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as told:
        async with opened(gateway_to(server, needs=needs, **changes)):
            pass
    return told.value.problems


async def test_missing_keys_are_named_before_anything_is_asked(binance_server: BinanceServer):
    assert await refused(binance_server, key=None, secret="") == (
        "exchange.key: missing; live trading on binance needs it",
        "exchange.secret: missing; live trading on binance needs it",
    )
    assert not binance_server.traffic.requests


@pytest.mark.parametrize("wrong", [{"key": "another-key"}, {"secret": "another-secret"}])
async def test_keys_that_are_refused(binance_server: BinanceServer, wrong: dict):
    (line,) = await refused(binance_server, **wrong)
    assert line.startswith("exchange.key: binance refuses the API key: ")
    assert "another" not in line


async def test_everything_that_is_missing_is_reported_at_once(binance_server: BinanceServer):
    needs = Needs(timeframe="7m", times_in_force=("GTC", "GTD"))
    timeframe, time_in_force = await refused(binance_server, needs)
    assert timeframe.startswith("timeframe: binance has no candles of 7m; it has 1s, 1m, 3m, 5m")
    assert time_in_force.startswith("order_time_in_force: binance does not take GTD; it takes IOC, FOK, PO")


@pytest.mark.parametrize("name", SUPPORTED)
def test_exchanges_by_name_can_be_traded_on(name: str):
    needs = Needs(timeframe="1h", order_types=("limit", "market"))
    assert lines(name, needs) == []
    assert warnings(name) == []


@pytest.mark.parametrize("name", ["binance", "kraken", "okx", "htx", "bitvavo"])
def test_where_stop_orders_wait_on_the_exchange(name: str):
    assert lines(name, EVERYTHING) == []


@pytest.mark.parametrize("name", ["bybit", "gate", "kucoin", "bitget", "hyperliquid"])
def test_where_they_do_not(name: str):
    assert lines(name, EVERYTHING) == [
        f"order_types.stoploss_on_exchange: not available on {name}; set it to false"
    ]


def test_stop_orders_of_one_kind_only():
    assert lines("htx", Needs(stop_type="market")) == [
        "order_types.stoploss: stop orders on htx can only be limit, found market"
    ]


def test_credentials_that_exchanges_ask_for():
    assert lines("okx", Needs(), password=None) == [
        "exchange.password: missing; live trading on okx needs it"
    ]
    assert lines("hyperliquid", Needs(), privateKey=None, walletAddress=None) == [
        "exchange.privateKey: missing; live trading on hyperliquid needs it",
        "exchange.walletAddress: missing; live trading on hyperliquid needs it",
    ]


def test_an_exchange_that_is_not_known_by_name_is_warned_of():
    (line,) = warnings("poloniex")
    assert line.startswith("poloniex is not among the exchanges supported for live trading")


def test_an_exchange_that_no_orders_can_be_sent_to():
    assert "exchange.name: zaif cannot be traded on: it cannot ask for one order (ccxt: fetchOrder)" in lines(
        "zaif", Needs()
    )


def test_finished_orders_must_be_listable_to_prove_that_one_is_not_there():
    connection = Connection(ExchangeSettings(name="binance"))
    lists = OrderLists(connection)
    for has, asked in [
        ({"fetchOrders": True}, ["fetch_orders"]),
        ({"fetchOrders": None, "fetchCanceledAndClosedOrders": True}, ["fetch_canceled_and_closed_orders"]),
        ({"fetchClosedOrders": True}, ["fetch_closed_orders"]),
        (
            {"fetchClosedOrders": True, "fetchCanceledOrders": True},
            ["fetch_closed_orders", "fetch_canceled_orders"],
        ),
    ]:
        connection._exchange = type("Exchange", (), {"has": has})
        assert lists.finished_listings() == asked
    connection._exchange = type("Exchange", (), {"has": {}})
    with pytest.raises(ExchangeError, match="cannot list finished orders"):
        lists.finished_listings()


async def test_a_demo_account_on_an_exchange_without_one(binance_server: BinanceServer):
    settings = ExchangeSettings(name="kraken", demo_trading=True)
    with pytest.raises(ConfigurationError, match=r"exchange\.demo_trading: kraken has no demo account"):
        async with opened(gateway_to(binance_server, name=settings.name, demo_trading=True, ccxt_config={})):
            pass


async def test_a_sandbox_on_an_exchange_without_one(binance_server: BinanceServer):
    changes = {"name": "kraken", "ccxt_config": {"sandbox": True}}
    assert await refused(binance_server, **changes) == (
        "exchange.ccxt_config.sandbox: kraken has no sandbox; set it to false",
    )


async def test_live_gateways_are_of_exchanges_that_ccxt_knows(binance_server: BinanceServer):
    with pytest.raises(ConfigurationError, match='found "simulated"'):
        await asyncio.to_thread(live_gateway, ExchangeSettings(name="simulated"))
    gateway = await asyncio.to_thread(live_gateway, live_settings(binance_server), fee=0.002)
    async with opened(gateway):
        assert gateway.name == "binance"
        assert gateway.fee_rate("BTC/USDT", maker=True) == 0.002
        assert gateway.settling_seconds == 30


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ccxt_async_config": {"options": {"recvWindow": 60_000}}}, 80),
        ({"ccxt_sync_config": {"timeout": 2_000, "options": {"recvWindow": "1000"}}}, 13),
        ({"ccxt_async_config": {"timeout": 2_000, "options": {"recvWindow": None}}}, 30),
    ],
)
async def test_how_long_a_lost_order_may_still_be_accepted_follows_the_settings(
    binance_server: BinanceServer, changes: dict, expected: float
):
    async with opened(gateway_to(binance_server, **changes)) as gateway:
        assert gateway.settling_seconds == expected
