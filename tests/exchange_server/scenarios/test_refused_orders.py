"""Orders that Binance refuses are refused here, with its codes."""

import json

import pytest
from ccxt.base.errors import BaseError

from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.trader import Trader, code_of, limit_price

LIMIT = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01"}
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}


def without(order: dict, name: str) -> dict:
    return {key: value for key, value in order.items() if key != name}


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (LIMIT, -1102),
        (without(LIMIT, "symbol"), -1102),
        (without(MARKET, "quantity"), -1102),
        (without(LIMIT, "timeInForce") | {"price": "60000"}, -1102),
        (MARKET | {"symbol": "XYZUSDT"}, -1121),
        (MARKET | {"side": "HOLD"}, -1117),
        (MARKET | {"type": "GUESS"}, -1116),
        (MARKET | {"price": "60000"}, -1106),
        (MARKET | {"timeInForce": "GTC"}, -1106),
        (MARKET | {"stopPrice": "60000"}, -1106),
        (MARKET | {"quoteOrderQty": "10"}, -1128),
        (MARKET | {"colour": "red"}, -1104),
        (MARKET | {"quantity": "-1"}, -1100),
        (MARKET | {"quantity": "0.000000001"}, -1111),
        (MARKET | {"newClientOrderId": "not an id!"}, -1100),
        (MARKET | {"newClientOrderId": "x" * 37}, -1100),
        (MARKET | {"newOrderRespType": "LOUD"}, -1130),
        (LIMIT | {"price": "60000", "timeInForce": "GTX"}, -1115),
        (LIMIT | {"price": "60000", "trailingDelta": "10"}, -2010),
        (LIMIT | {"price": "60000", "icebergQty": "0.001"}, -2010),
        (MARKET | {"type": "STOP_LOSS"}, -1102),
    ],
)
async def test_malformed_orders(binance: Trader, order: dict, code: int):
    assert await code_of(binance, binance.privatePostOrder(order)) == code


@pytest.mark.parametrize(
    ("order", "failed"),
    [
        (LIMIT | {"price": "60000.001"}, "PRICE_FILTER"),
        (LIMIT | {"price": "2000000"}, "PRICE_FILTER"),
        (LIMIT | {"price": "10"}, "PERCENT_PRICE_BY_SIDE"),
        (LIMIT | {"price": "900000"}, "PERCENT_PRICE_BY_SIDE"),
        (LIMIT | {"price": "60000", "quantity": "0.000001"}, "LOT_SIZE"),
        (LIMIT | {"price": "60000", "quantity": "0.0000105"}, "LOT_SIZE"),
        (LIMIT | {"price": "60000", "quantity": "0.00001"}, "NOTIONAL"),
        (MARKET | {"quantity": "0.00001"}, "NOTIONAL"),
    ],
)
async def test_filters(binance: Trader, order: dict, failed: str):
    with pytest.raises(BaseError):
        await binance.privatePostOrder(order)
    told = json.loads(binance.last_http_response)
    assert told == {"code": -1013, "msg": f"Filter failure: {failed}"}


async def test_filters_for_numbers_of_orders(binance: Trader):
    await binance.create_order("BTC/USDT", "market", "buy", 0.01)
    stop = await limit_price(binance, "BTC/USDT", 0.9)
    for _ in range(5):
        await binance.create_order("BTC/USDT", "limit", "sell", 0.001, stop, {"stopLossPrice": stop})
    sixth = binance.create_order("BTC/USDT", "limit", "sell", 0.001, stop, {"stopLossPrice": stop})
    assert await code_of(binance, sixth) == -1013
    assert "MAX_NUM_ALGO_ORDERS" in binance.last_http_response


@pytest.mark.parametrize(
    "order",
    [
        LIMIT | {"price": "60000", "quantity": "1"},
        MARKET | {"quantity": "1"},
        MARKET | {"quantity": "0.01", "side": "SELL"},
        LIMIT | {"price": "66000", "side": "SELL"},
    ],
)
async def test_orders_that_the_account_cannot_pay(server: BinanceServer, binance: Trader, order: dict):
    assert await code_of(binance, binance.privatePostOrder(order)) == -2010
    assert "insufficient balance" in binance.last_http_response
    assert not server.ledger.orders


async def test_questions_need_an_id(binance: Trader):
    for ask in (binance.privateGetOrder, binance.privateDeleteOrder):
        assert await code_of(binance, ask({"symbol": "BTCUSDT"})) == -1102


async def test_cancel_restrictions(binance: Trader):
    price = await limit_price(binance, "BTC/USDT", 0.9)
    placed = await binance.create_order("BTC/USDT", "limit", "buy", 0.01, price)
    cancel = {"symbol": "BTCUSDT", "orderId": placed["id"]}
    for restriction, code in (("ONLY_PARTIALLY_FILLED", -2011), ("ONLY_OLD", -1145)):
        asked = binance.privateDeleteOrder({**cancel, "cancelRestrictions": restriction})
        assert await code_of(binance, asked) == code
    done = await binance.privateDeleteOrder({**cancel, "cancelRestrictions": "ONLY_NEW"})
    assert done["status"] == "CANCELED"
