"""Exchanges that ccxt makes of one known by name: what is peculiar to that one holds for them, too."""

import asyncio
from typing import Any

import pytest

from appliance.domain import errors
from appliance.domain.enums import TradingMode
from appliance.exchange.capabilities import warnings
from appliance.exchange.ccxt_import import exchange_class, known_names
from appliance.exchange.client_ids import new_client_order_id, to_wire
from appliance.exchange.families import lineage, of_family
from appliance.exchange.traits import SUPPORTED, traits_of
from tests.exchange.scenarios.test_ccxt_dialects import LIMIT, MARKET, STOP, sent, trading
from tests.exchange.scenarios.test_ccxt_dialects import place as place_at
from tests.exchange_dialects.bybit import Bybit
from tests.exchange_dialects.dialect import Dialect
from tests.exchange_dialects.gate import Gate
from tests.exchange_dialects.okx import Okx
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.live_gateway import gateway_to, opened, place
from tests.support.order_requests import stop_request

MADE_OF = {
    "binancecoinm": "binance",
    "binanceus": "binance",
    "binanceusdm": "binance",
    "bybiteu": "bybit",
    "bybitid": "bybit",
    "gateeu": "gate",
    "kucoinfutures": "kucoin",
    "myokx": "okx",
    "okxus": "okx",
}
SPOKEN = (Okx, Bybit, Gate)


@pytest.mark.parametrize("name", sorted(MADE_OF))
def test_they_inherit_all_that_is_peculiar(name: str):
    assert name in known_names()
    assert traits_of(name) is SUPPORTED[MADE_OF[name]]
    (line,) = warnings(name)
    assert line.startswith(f"{name} is treated as {MADE_OF[name]}, from which ccxt derives it")


@pytest.mark.parametrize("name", known_names())
def test_no_other_task_does_and_none_is_left_out(name: str):
    """Held against ccxt's classes one by one."""
    classes = [cls.__name__ for cls in exchange_class(name).__mro__]
    known = [each for each in classes if each in SUPPORTED]
    if known:
        assert traits_of(name) is SUPPORTED[known[0]]
    else:
        assert not traits_of(name).is_supported
    assert lineage(name)[0] == name
    assert set(lineage(name)) <= set(classes)
    if name not in SUPPORTED:
        assert (name in MADE_OF) == bool(known)


def test_what_ccxt_does_not_know_is_alone():
    assert lineage("simulated") == ("simulated",)
    assert of_family("nowhere", {"binance": 1}) is None
    assert of_family("okxus", {"okx": 1, "okxus": 2}) == 2
    assert of_family("binanceus", {"binance": 1}) == 1
    assert of_family("bybit", {"binance": 1}) is None


def test_pair_lists_know_them():
    names = ("okx", "myokx", "okxus", "binanceus")
    assert [traits_of(name).ticker_has_quote_volume for name in names] == [False] * 3 + [True]
    assert TradingMode.SPOT in traits_of("binanceus").delistings
    assert traits_of("bybiteu").delistings == (TradingMode.FUTURES,)


def of(name: str) -> type[Dialect]:
    """The dialect of the exchange that this one is made of, under its own name."""
    base = next(spoken for spoken in SPOKEN if spoken.name == MADE_OF[name])
    return type(name, (base,), {"name": name})


def wanted(table: dict[str, dict[str, Any]], name: str, client_id: str = "") -> dict[str, Any]:
    written = to_wire(client_id, SUPPORTED[MADE_OF[name]].id_form)
    return {
        key: value.replace("ID", written) if isinstance(value, str) else value
        for key, value in table[MADE_OF[name]].items()
    }


@pytest.mark.parametrize("name", ["bybiteu", "bybitid", "gateeu", "myokx", "okxus"])
async def test_orders_of_theirs_are_placed_and_found_like_those_of_the_other(name: str):
    await asyncio.to_thread(lineage, name)
    async with trading(of(name)) as (exchange, gateway):
        order = await place_at(gateway, exchange.pair)
        expected = wanted(LIMIT, name, order.client_order_id)
        assert {key: sent(exchange).get(key) for key in expected} == expected
        assert (
            await gateway.find_order(order.client_order_id, exchange.pair, order.timestamp)
        ).id == order.id
        assert await gateway.find_order(new_client_order_id(), exchange.pair, order.timestamp) is None
        bought = await place_at(gateway, exchange.pair, order_type="market", price=None)
        expected = wanted(MARKET, name)
        assert {key: sent(exchange).get(key) for key in expected} == expected
        assert (bought.status, bought.filled) == ("closed", 0.5)


@pytest.mark.parametrize("name", ["gateeu", "myokx", "okxus"])
async def test_so_are_stop_orders_where_there_are_any(name: str):
    await asyncio.to_thread(lineage, name)
    async with trading(of(name)) as (exchange, gateway):
        client_id = new_client_order_id()
        stop = {
            "pair": exchange.pair,
            "side": "sell",
            "amount": 0.5,
            "stop_price": 1800.0,
            "limit_price": 1790.0,
        }
        if SUPPORTED[MADE_OF[name]].stop_price is None:
            with pytest.raises(errors.OrderNotTaken, match=f"are not placed on {name}"):
                await gateway.create_stop_order(stop_request(**stop, client_order_id=client_id))
            return
        await gateway.create_stop_order(stop_request(**stop, client_order_id=client_id))
        expected = wanted(STOP, name, client_id)
        assert {key: sent(exchange).get(key) for key in expected} == expected


async def test_binance_us_trades_as_binance(binance_server):
    await asyncio.to_thread(lineage, "binanceus")
    async with opened(gateway_to(binance_server, name="binanceus")) as gateway:
        assert gateway.settling_seconds == 30  # from `recvWindow`, which only Binance's family has
        assert gateway.replaces_stops
        order = await place(gateway)
        assert (await gateway.find_order(order.client_order_id, order.pair, order.timestamp)).id == order.id
        book = await gateway.fetch_order_book(order.pair, 7)  # of depths that Binance takes
        assert len(book.asks) == 7
