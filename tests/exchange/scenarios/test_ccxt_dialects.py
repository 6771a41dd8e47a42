"""ccxt's real classes, asked through the gateway, against servers that speak nine exchanges' dialects.

Binance is the tenth: it has a server with a market of its own, and tests of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain import errors
from appliance.domain.market import Fee
from appliance.exchange.ccxt.gateway import CcxtGateway
from appliance.exchange.client_ids import new_client_order_id, to_wire
from appliance.exchange.retry import RetryPolicy
from appliance.exchange.traits import SUPPORTED
from tests.exchange_dialects.bitget import Bitget
from tests.exchange_dialects.bitvavo import Bitvavo
from tests.exchange_dialects.bybit import Bybit
from tests.exchange_dialects.dialect import Dialect
from tests.exchange_dialects.gate import Gate
from tests.exchange_dialects.htx import Htx
from tests.exchange_dialects.hyperliquid import Hyperliquid
from tests.exchange_dialects.kraken import Kraken
from tests.exchange_dialects.kucoin import Kucoin
from tests.exchange_dialects.okx import Okx
from tests.exchange_dialects.server import serving
from tests.support.live_gateway import gateway_with
from tests.support.order_requests import order_request, stop_request

pytestmark = pytest.mark.python_independent

DIALECTS = (Kraken, Okx, Bybit, Gate, Kucoin, Bitget, Htx, Bitvavo, Hyperliquid)
every = pytest.mark.parametrize("spoken", DIALECTS, ids=lambda spoken: spoken.name)
HYPERLIQUID = {"a": 10000, "b": True, "r": False, "s": "0.5"}

# What must be in the request for a limit order to buy 0.5 at 1900; ID is ours, as the exchange takes it.
LIMIT: dict[str, dict[str, Any]] = {
    "kraken": {"type": "buy", "ordertype": "limit", "volume": "0.5", "price": "1900", "cl_ord_id": "ID"},
    "okx": {"side": "buy", "ordType": "limit", "sz": "0.5", "px": "1900", "tdMode": "cash", "clOrdId": "ID"},
    "bybit": {"side": "Buy", "orderType": "Limit", "qty": "0.5", "price": "1900", "orderLinkId": "ID"},
    "gate": {"side": "buy", "type": "limit", "amount": "0.5", "price": "1900", "text": "t-ID"},
    "kucoin": {"side": "buy", "type": "limit", "size": "0.5", "price": "1900", "clientOid": "ID"},
    "bitget": {"side": "buy", "orderType": "limit", "size": "0.5", "price": "1900", "clientOid": "ID"},
    "htx": {"type": "buy-limit", "amount": "0.5", "price": "1900", "client-order-id": "ID"},
    "bitvavo": {
        "side": "buy",
        "orderType": "limit",
        "amount": "0.5",
        "price": "1900",
        "clientOrderId": "ID",
        "operatorId": 1,
    },
    "hyperliquid": {**HYPERLIQUID, "p": "1900", "t": {"limit": {"tif": "Gtc"}}, "c": "ID"},
}
POST_ONLY: dict[str, dict[str, Any]] = {
    "kraken": {"oflags": "post", "timeinforce": None},
    "okx": {"ordType": "post_only"},
    "bybit": {"timeInForce": "PostOnly"},
    "gate": {"time_in_force": "poc"},
    "kucoin": {"postOnly": True, "timeInForce": None},
    "bitget": {"force": "post_only"},
    "htx": {"type": "buy-limit-maker"},
    "bitvavo": {"postOnly": True, "timeInForce": None},
    "hyperliquid": {"t": {"limit": {"tif": "Alo"}}},
}
AT_ONCE: dict[str, dict[str, Any]] = {
    "kraken": {"timeinforce": "IOC"},
    "okx": {"ordType": "ioc"},
    "bybit": {"timeInForce": "IOC"},
    "gate": {"time_in_force": "ioc"},
    "kucoin": {"timeInForce": "IOC"},
    "bitget": {"force": "IOC"},
    "htx": {"type": "buy-ioc"},
    "bitvavo": {"timeInForce": "IOC"},
    "hyperliquid": {"t": {"limit": {"tif": "Ioc"}}},
}
# A market order to buy 0.5 at 2000: where only a sum can be spent, it is 1000.
MARKET: dict[str, dict[str, Any]] = {
    "kraken": {"ordertype": "market", "volume": "0.5", "price": None},
    "okx": {"ordType": "market", "sz": "0.5", "tgtCcy": "base_ccy"},
    "bybit": {"orderType": "Market", "qty": "0.5", "marketUnit": "baseCoin"},
    "gate": {"type": "market", "amount": "1000", "time_in_force": "ioc"},
    "kucoin": {"type": "market", "size": "0.5", "funds": None},
    "bitget": {"orderType": "market", "size": "1000"},
    "htx": {"type": "buy-market", "amount": "1000"},
    "bitvavo": {"orderType": "market", "amount": "0.5", "amountQuote": None},
    "hyperliquid": {**HYPERLIQUID, "p": "2100", "t": {"limit": {"tif": "Ioc"}}},
}
# A stop at 1800 that becomes an order to sell at 1790, on the exchanges that have such.
STOP: dict[str, dict[str, Any]] = {
    "kraken": {"ordertype": "stop-loss-limit", "price": "1800", "price2": "1790", "cl_ord_id": "ID"},
    "okx": {
        "ordType": "conditional",
        "slTriggerPx": "1800",
        "slOrdPx": "1790",
        "algoClOrdId": "ID",
        "tdMode": "cash",
    },
    "htx": {"type": "sell-stop-limit", "stop-price": "1800", "operator": "lte", "price": "1790"},
    "bitvavo": {
        "orderType": "stopLossLimit",
        "triggerAmount": "1800",
        "price": "1790",
        "triggerType": "price",
    },
}
FEES = {"kraken": "USD", "kucoin": "USDT", "bitvavo": "EUR"}
"""In what buyers pay their fee, where it is not what they bought."""


@asynccontextmanager
async def trading(spoken: type[Dialect]) -> AsyncIterator[tuple[Dialect, CcxtGateway]]:
    dialect = spoken()
    async with serving(dialect) as root:
        gateway = gateway_with(
            ExchangeSettings(
                name=dialect.name, enable_ws=False, ccxt_config=dialect.config(root), **dialect.credentials
            ),
            retry=RetryPolicy(attempts=2, first_delay=0.001),
        )
        try:
            await gateway.open()
            yield dialect, gateway
        finally:
            await gateway.close()


async def place(gateway: CcxtGateway, pair: str, **changes):
    order = {
        "pair": pair,
        "side": "buy",
        "order_type": "limit",
        "amount": 0.5,
        "price": 1900.0,
        "client_order_id": new_client_order_id(),
        **changes,
    }
    return await gateway.create_order(order_request(**order))


def sent(dialect: Dialect) -> dict[str, Any]:
    """The newest order as it arrived."""
    given = dialect.asked(dialect.orders)[-1]
    return given["action"]["orders"][0] if "action" in given else given


def check(dialect: Dialect, table: dict[str, dict[str, Any]], client_id: str = "") -> None:
    written = to_wire(client_id, SUPPORTED[dialect.name].id_form)
    wanted = {
        name: value.replace("ID", written) if isinstance(value, str) else value
        for name, value in table[dialect.name].items()
    }
    arrived = sent(dialect)
    assert {name: arrived.get(name) for name in wanted} == wanted


def test_every_exchange_by_name_is_here_or_has_a_server_of_its_own():
    assert {spoken.name for spoken in DIALECTS} | {"binance"} == set(SUPPORTED)


@every
async def test_the_life_of_a_limit_order(spoken: type[Dialect]):
    async with trading(spoken) as (exchange, gateway):
        pair, quote = exchange.pair, exchange.pair.partition("/")[2]
        balance = (await gateway.fetch_balances())[quote]
        assert (balance.free, balance.used, balance.total) == (9900, 100, 10_000)
        assert (await gateway.fetch_candles(pair, "1m", limit=3))[:, 1:].tolist() == [[1, 3, 0.5, 2, 10]] * 3

        order = await place(gateway, pair)
        check(exchange, LIMIT, order.client_order_id)
        assert (order.status, order.amount, order.price, order.filled) == ("open", 0.5, 1900, 0)
        found = await gateway.find_order(order.client_order_id, pair, order.timestamp)
        assert (found.id, found.client_order_id, found.status) == (order.id, order.client_order_id, "open")
        assert [each.client_order_id for each in await gateway.fetch_open_orders(pair)] == [
            order.client_order_id
        ]

        exchange.account.fill(exchange.account.orders[0])
        for filled in (
            await gateway.fetch_order(order.id, pair),
            await gateway.find_order(order.client_order_id, pair, order.timestamp),
            await gateway.cancel_order(order.id, pair),
        ):
            assert (filled.status, filled.filled, filled.average, filled.cost) == ("closed", 0.5, 1900, 950)
            paid_in = FEES.get(exchange.name, "ETH")
            assert filled.fee.currency == paid_in
            assert filled.fee.cost > 0
            assert len(filled.fees) == 1
        (fill,) = await gateway._account.fills.since(pair, order.timestamp - 1000)
        assert (fill.order_id, fill.amount, fill.price) == (order.id, 0.5, 1900)
        assert fill.fee == Fee(paid_in, fill.fee.cost, fill.fee.rate)

        order = await place(gateway, pair, side="sell", price=2100.0)
        gone = await gateway.cancel_order(order.id, pair)
        assert (gone.status, gone.filled, gone.side) == ("canceled", 0, "sell")


@every
async def test_a_lost_order_is_found_and_a_missing_one_is_nowhere(spoken: type[Dialect]):
    async with trading(spoken) as (exchange, gateway):
        pair, client_id = exchange.pair, new_client_order_id()
        exchange.lose = 1
        with pytest.raises(errors.TemporaryExchangeError, match="is unknown") as told:
            await place(gateway, pair, client_order_id=client_id)
        assert type(told.value) is errors.TemporaryExchangeError
        assert len(exchange.asked(exchange.orders)) == 1
        since = exchange.account.orders[0].at_ms
        found = await gateway.find_order(client_id, pair, since)
        assert (found.status, found.client_order_id) == ("open", client_id)
        assert await gateway.find_order(new_client_order_id(), pair, since) is None

        with pytest.raises(errors.InsufficientFunds):
            await place(gateway, pair, amount=500)
        with pytest.raises(errors.OrderNotFound):
            await gateway.fetch_order(found.id[:-1] + "9", pair)
        with pytest.raises(errors.OrderNotFound):
            await gateway.cancel_order(found.id[:-1] + "9", pair)
        assert len(exchange.account.orders) == 1


@every
async def test_market_orders_and_times_in_force(spoken: type[Dialect]):
    async with trading(spoken) as (exchange, gateway):
        pair = exchange.pair
        bought = await place(gateway, pair, order_type="market", price=None)
        check(exchange, MARKET)
        assert (bought.status, bought.filled, bought.average, bought.cost) == ("closed", 0.5, 2000, 1000)
        assert bought.fee.currency == FEES.get(exchange.name, "ETH")
        sold = await place(gateway, pair, order_type="market", price=None, side="sell")
        assert (sold.status, sold.filled, sold.fee.currency) == ("closed", 0.5, pair.partition("/")[2])
        await place(gateway, pair, time_in_force="PO")
        check(exchange, POST_ONLY)
        await place(gateway, pair, time_in_force="IOC")
        check(exchange, AT_ONCE)


@pytest.mark.parametrize(
    "spoken", [each for each in DIALECTS if each.name in STOP], ids=lambda each: each.name
)
async def test_stop_orders(spoken: type[Dialect]):
    async with trading(spoken) as (exchange, gateway):
        client_id = new_client_order_id()
        wanted = {"pair": exchange.pair, "side": "sell", "amount": 0.5, "stop_price": 1800.0}
        stop = await gateway.create_stop_order(
            stop_request(**wanted, limit_price=1790.0, client_order_id=client_id)
        )
        check(exchange, STOP, client_id)
        assert (stop.status, stop.stop_price, stop.price) == ("open", 1800, 1790)
        found = await gateway.find_order(client_id, exchange.pair, stop.timestamp)
        assert (found.id, found.client_order_id, found.type) == (stop.id, client_id, "stop_loss_limit")
        assert (found.stop_price, found.price) == (1800, 1790)
        (listed,) = await gateway.fetch_open_orders(exchange.pair)
        assert (listed.id, listed.client_order_id) == (stop.id, client_id)
        assert (await gateway.cancel_order(stop.id, exchange.pair)).status == "canceled"
        if "market" not in SUPPORTED[exchange.name].stop_types:
            with pytest.raises(errors.InvalidOrder, match="become market orders are not placed"):
                await gateway.create_stop_order(stop_request(**wanted, client_order_id="appl"))


async def test_a_full_page_of_orders_proves_nothing():
    """KuCoin tells the newest 20: that ours is not among them says nothing if all are newer than ours."""
    async with trading(Kucoin) as (exchange, gateway):
        for _ in range(20):
            exchange.account.cancel(
                exchange.account.place(exchange.account.new_id(), "x", "buy", "limit", 1, 1)
            )
        since = exchange.account.orders[0].at_ms
        with pytest.raises(errors.ExchangeError, match="kucoin lists too many orders of ETH/USDT"):
            await gateway.find_order(new_client_order_id(), "ETH/USDT", since)
        assert await gateway.find_order(new_client_order_id(), "ETH/USDT", since + 120_000) is None


async def test_hyperliquid_gives_nothing_of_a_trade_away():
    """ccxt would first sign that a part of each trade goes to its makers, and name them as referrers."""
    async with trading(Hyperliquid) as (exchange, gateway):
        await place(gateway, exchange.pair)
        actions = [given["action"] for given in exchange.asked("POST /exchange")]
        assert [action["type"] for action in actions] == ["order"]
        assert "builder" not in actions[0]
