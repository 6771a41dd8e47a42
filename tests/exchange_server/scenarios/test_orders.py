"""The whole life of orders, through ccxt's own class."""

import pytest
from ccxt.base.errors import InvalidOrder, OrderImmediatelyFillable, OrderNotFound

from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.trader import Trader, code_of, limit_price, pass_time

PAIR = "BTC/USDT"


async def test_a_market_order_fills_at_once_and_costs_its_fee(server: BinanceServer, binance: Trader):
    order = await binance.create_order(PAIR, "market", "buy", 0.01, params={"newClientOrderId": "mine-1"})
    assert (order["status"], order["filled"], order["clientOrderId"]) == ("closed", 0.01, "mine-1")
    assert order["fee"] == {"currency": "BTC", "cost": 0.00001}
    balance = await binance.fetch_balance()
    assert balance["BTC"]["free"] == 0.00999
    assert balance["USDT"]["free"] == pytest.approx(10_000 - order["cost"])
    [fill] = server.ledger.fills
    assert (fill.client_order_id, float(fill.cost)) == ("mine-1", order["cost"])


async def test_it_sells_for_quote_currency_less_its_fee(binance: Trader):
    await binance.create_order(PAIR, "market", "buy", 0.01)
    order = await binance.create_order(PAIR, "market", "sell", 0.00999)
    assert order["fee"] == {"currency": "USDT", "cost": pytest.approx(order["cost"] * 0.001)}
    assert (await binance.fetch_balance())["BTC"]["total"] == 0


async def test_a_market_order_can_be_reported_by_what_it_costs(binance: Trader):
    order = await binance.create_market_buy_order_with_cost(PAIR, 500)
    assert 499 < order["cost"] <= 500


async def test_a_resting_order_locks_money_and_a_cancel_returns_it(binance: Trader):
    price = await limit_price(binance, PAIR, 0.9)
    placed = await binance.create_order(PAIR, "limit", "buy", 0.01, price)
    assert (placed["status"], placed["filled"]) == ("open", 0)
    assert (await binance.fetch_balance())["USDT"]["used"] == pytest.approx(0.01 * price)
    assert [order["id"] for order in await binance.fetch_open_orders(PAIR)] == [placed["id"]]
    cancelled = await binance.cancel_order(placed["id"], PAIR)
    assert cancelled["status"] == "canceled"
    assert (await binance.fetch_balance())["USDT"]["used"] == 0
    assert await binance.fetch_open_orders(PAIR) == []
    with pytest.raises(OrderNotFound):
        await binance.cancel_order(placed["id"], PAIR)


async def test_the_answer_to_a_cancel_bears_the_cancels_own_id(binance: Trader):
    """Binance names the cancel, not the order, `clientOrderId`; queries name the order."""
    price = await limit_price(binance, PAIR, 0.9)
    params = {"newClientOrderId": "mine-1"}
    placed = await binance.create_order(PAIR, "limit", "buy", 0.01, price, params)
    cancelled = await binance.cancel_order(placed["id"], PAIR)
    assert cancelled["clientOrderId"] != "mine-1"
    assert cancelled["info"]["origClientOrderId"] == "mine-1"
    assert (await binance.fetch_order(placed["id"], PAIR))["clientOrderId"] == "mine-1"


async def test_orders_are_found_by_either_id(binance: Trader):
    price = await limit_price(binance, PAIR, 0.9)
    ids = {"newClientOrderId": "mine-1"}
    placed = await binance.create_order(PAIR, "limit", "buy", 0.01, price, ids)
    by_client_id = {"origClientOrderId": "mine-1"}
    assert (await binance.fetch_order(None, PAIR, by_client_id))["id"] == placed["id"]
    with pytest.raises(OrderNotFound):
        await binance.fetch_order("4711", PAIR)
    with pytest.raises(OrderNotFound):
        await binance.fetch_order(placed["id"], "ETH/USDT")
    both = {"symbol": "BTCUSDT", "orderId": placed["id"], "origClientOrderId": "other"}
    assert await code_of(binance, binance.privateGetOrder(both)) == -2013
    assert (await binance.cancel_order(None, PAIR, by_client_id))["status"] == "canceled"


async def test_a_client_order_id_is_unique_among_open_orders_only(binance: Trader):
    """As with Binance: who sends a filled order again, buys twice."""
    price = await limit_price(binance, PAIR, 0.9)
    ids = {"newClientOrderId": "mine-1"}
    await binance.create_order(PAIR, "limit", "buy", 0.01, price, ids)
    again = binance.create_order(PAIR, "limit", "buy", 0.01, price, ids)
    assert await code_of(binance, again) == -2010
    await binance.cancel_all_orders(PAIR)
    await binance.create_order(PAIR, "market", "buy", 0.01, params=ids)
    newest = await binance.create_order(PAIR, "market", "buy", 0.01, params=ids)
    found = await binance.fetch_order(None, PAIR, {"origClientOrderId": "mine-1"})
    assert found["id"] == newest["id"]


async def test_all_orders_of_a_symbol_are_cancelled_together(binance: Trader):
    price = await limit_price(binance, PAIR, 0.9)
    for _ in range(3):
        await binance.create_order(PAIR, "limit", "buy", 0.001, price)
    assert len(await binance.cancel_all_orders(PAIR)) == 3
    assert await code_of(binance, binance.cancel_all_orders(PAIR)) == -2011


async def test_immediate_or_cancel_and_fill_or_kill(server: BinanceServer, binance: Trader):
    low, high = await limit_price(binance, PAIR, 0.99), await limit_price(binance, PAIR, 1.01)
    for kind in ("IOC", "FOK"):
        nothing = await binance.create_order(PAIR, "limit", "buy", 0.01, low, {"timeInForce": kind})
        assert (nothing["status"], nothing["filled"]) == ("expired", 0)
        whole = await binance.create_order(PAIR, "limit", "buy", 0.01, high, {"timeInForce": kind})
        assert (whole["status"], whole["filled"]) == ("closed", 0.01)
    assert {order.expiry_reason for order in server.ledger.orders.values()} == {
        None,
        "UNFILLED_IOC_QUANTITY_EXPIRED",
        "UNFILLED_FOK_ORDER_EXPIRED",
    }


async def test_a_limit_that_crosses_pays_the_better_price(binance: Trader):
    price = await limit_price(binance, PAIR, 1.05)
    order = await binance.create_order(PAIR, "limit", "buy", 0.01, price)
    assert order["status"] == "closed"
    assert order["average"] < price
    assert (await binance.fetch_balance())["USDT"]["used"] == 0


async def test_post_only_orders_never_take(binance: Trader):
    price = await limit_price(binance, PAIR, 1.01)
    with pytest.raises(OrderImmediatelyFillable):
        await binance.create_order(PAIR, "limit", "buy", 0.01, price, {"postOnly": True})


async def test_a_stop_order_waits_and_then_sells(server: BinanceServer, binance: Trader):
    await binance.create_order(PAIR, "market", "buy", 0.01)
    stop = await limit_price(binance, PAIR, 0.995)
    order = await binance.create_order(PAIR, "market", "sell", 0.009, params={"stopLossPrice": stop})
    assert (order["type"], order["info"].get("status")) != ("market", "FILLED")
    waiting = await binance.fetch_order(order["id"], PAIR)
    assert (waiting["status"], waiting["triggerPrice"], waiting["info"]["isWorking"]) == ("open", stop, False)
    assert (await binance.fetch_balance())["BTC"]["used"] == 0.009
    for _ in range(200):
        await pass_time(server, binance, 20_000)
        if not server.ledger.open_orders:
            break
    sold = await binance.fetch_order(order["id"], PAIR)
    assert (sold["status"], sold["info"]["isWorking"]) == ("closed", True)
    assert sold["average"] == pytest.approx(stop, rel=0.01)


async def test_a_stop_on_the_wrong_side_is_refused(binance: Trader):
    await binance.create_order(PAIR, "market", "buy", 0.01)
    high = await limit_price(binance, PAIR, 1.01)
    wrong = binance.create_order(PAIR, "limit", "sell", 0.009, high, {"stopLossPrice": high})
    assert await code_of(binance, wrong) == -2010


async def test_replacing_an_order_reports_its_fills(binance: Trader):
    low, lower = await limit_price(binance, PAIR, 0.9), await limit_price(binance, PAIR, 0.8)
    placed = await binance.create_order(PAIR, "limit", "buy", 0.01, low)
    replaced = await binance.edit_order(placed["id"], PAIR, "limit", "buy", 0.02, lower)
    assert (replaced["amount"], replaced["price"], replaced["status"]) == (0.02, lower, "open")
    assert (await binance.fetch_order(placed["id"], PAIR))["status"] == "canceled"
    gone = binance.edit_order(placed["id"], PAIR, "limit", "buy", 0.02, lower)
    assert await code_of(binance, gone) == -2022
    too_dear = binance.edit_order(replaced["id"], PAIR, "limit", "buy", 5, low)
    assert await code_of(binance, too_dear) == -2021
    assert await binance.fetch_open_orders(PAIR) == []


async def test_answers_may_be_short(binance: Trader):
    price = await limit_price(binance, PAIR, 0.9)
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01"}
    order["price"] = str(price)
    ack = await binance.privatePostOrder({**order, "newOrderRespType": "ACK"})
    assert set(ack) == {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"}
    result = await binance.privatePostOrder({**order, "newOrderRespType": "RESULT"})
    assert result["status"] == "NEW"
    assert "fills" not in result
    assert await binance.privatePostOrderTest(order) == {}
    assert len(await binance.fetch_open_orders(PAIR)) == 2


async def test_histories_are_paged(binance: Trader):
    for _ in range(5):
        await binance.create_order(PAIR, "market", "buy", 0.001)
    orders = await binance.fetch_orders(PAIR, limit=3)
    assert [int(order["id"]) for order in orders] == [10_003, 10_004, 10_005]
    since = await binance.privateGetAllOrders({"symbol": "BTCUSDT", "orderId": 10_002, "limit": 2})
    assert [order["orderId"] for order in since] == [10_002, 10_003]
    trades = await binance.fetch_my_trades(PAIR)
    assert [trade["order"] for trade in trades] == [str(10_001 + number) for number in range(5)]
    assert all(trade["takerOrMaker"] == "taker" and trade["side"] == "buy" for trade in trades)
    assert [trade["id"] for trade in await binance.fetch_order_trades("10002", PAIR)] == [trades[1]["id"]]
    late = {"symbol": "BTCUSDT", "startTime": 1, "endTime": 90_000_000}
    assert await code_of(binance, binance.privateGetAllOrders(late)) == -1127
    mixed = {"symbol": "BTCUSDT", "orderId": 10_002, "startTime": 1}
    assert await code_of(binance, binance.privateGetMyTrades(mixed)) == -1128


async def test_fees_and_currencies_are_reported(binance: Trader):
    assert (await binance.fetch_trading_fee(PAIR))["taker"] == 0.001
    assert len(await binance.fetch_trading_fees()) >= 45
    assert "USDT" in await binance.fetch_currencies()
    assert (await binance.fetch_status())["status"] == "ok"


async def test_orders_of_an_unknown_kind_are_refused(binance: Trader):
    with pytest.raises(InvalidOrder):
        await binance.create_order(PAIR, "iceberg", "buy", 0.01, 1)
