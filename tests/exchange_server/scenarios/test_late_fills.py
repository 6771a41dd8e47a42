"""What is told late: answers at first tell less than is true, and never take back what they told."""

from decimal import Decimal

import ccxt
import pytest

from tests.exchange_server.bench import PAIR, Bench
from tests.exchange_server.endpoints.account_calls import account, my_trades
from tests.exchange_server.endpoints.order_calls import (
    Mischief,
    all_orders,
    cancel_order,
    new_order,
    open_orders,
    query_order,
)
from tests.exchange_server.engine import manual_trading
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.trader import Trader, limit_price, pass_time

HALF_LATE = Mischief(filled_first=0.5, late_ms=20_000)
WHOLE_LATE = Mischief(filled_first=1.0, late_ms=20_000)
QUESTION = {"symbol": "BTCUSDT", "orderId": "10001"}


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.place("BUY", "0.02", bench.price(0.9))
    return bench


def told(bench: Bench) -> tuple[str, str]:
    """Return state and filled amount of the first order, which all answers must agree on."""
    one = query_order(bench.exchange, QUESTION)
    (listed,) = all_orders(bench.exchange, {"symbol": "BTCUSDT"})
    trades = my_trades(bench.exchange, {"symbol": "BTCUSDT"})
    assert listed == one
    assert sum(Decimal(trade["qty"]) for trade in trades) == Decimal(one["executedQty"])
    assert sum(Decimal(trade["quoteQty"]) for trade in trades) == Decimal(one["cummulativeQuoteQty"])
    is_open = [order["orderId"] for order in open_orders(bench.exchange, {})]
    assert bool(is_open) == (one["status"] in ("NEW", "PARTIALLY_FILLED"))
    return one["status"], one["executedQty"]


@pytest.mark.parametrize(
    ("mischief", "at_last"),
    [(HALF_LATE, ("CANCELED", "0.01000000")), (WHOLE_LATE, ("FILLED", "0.02000000"))],
    ids=["half", "whole"],
)
def test_a_cancel_may_be_answered_as_if_nothing_had_filled(bench: Bench, mischief: Mischief, at_last: tuple):
    answer = cancel_order(bench.exchange, QUESTION, mischief)
    assert (answer["status"], answer["executedQty"]) == ("CANCELED", "0.00000000")
    assert told(bench) == ("CANCELED", "0.00000000")
    assert bench.ledger.orders[10001].status == at_last[0]
    bench.wait(19_900)
    assert told(bench) == ("CANCELED", "0.00000000")
    bench.wait(100)
    assert told(bench) == at_last
    bench.ledger.check()


def test_what_was_reported_before_the_cancel_stays_reported(bench: Bench):
    bench.exchange.engine.fill(10001, 0.25)
    answer = cancel_order(bench.exchange, QUESTION, HALF_LATE)
    assert (answer["status"], answer["executedQty"]) == ("CANCELED", "0.00500000")
    assert told(bench) == ("CANCELED", "0.00500000")
    bench.wait(20_000)
    assert told(bench) == ("CANCELED", "0.01250000")


def test_fills_of_resting_orders_may_all_be_reported_late():
    bench = Bench(late_fills_ms=(5_000, 5_000))
    bench.place("BUY", "0.02", bench.price(0.9))
    bench.exchange.engine.fill(10001, 0.5)
    assert told(bench) == ("NEW", "0.00000000")
    bench.exchange.engine.fill(10001, 1.0)
    assert bench.ledger.orders[10001].status == "FILLED"
    assert cancel_order(bench.exchange, QUESTION)["status"] == "CANCELED"
    assert told(bench) == ("CANCELED", "0.00000000")
    bench.wait(5_000)
    assert told(bench) == ("FILLED", "0.02000000")


def test_an_order_that_expires_is_reported_as_one_that_was_cancelled():
    bench = Bench(late_fills_ms=(5_000, 60_000), most_pieces=3)
    bench.place("BUY", "0.02", bench.price(0.9))
    bench.exchange.engine.fill(10001, 0.5)
    bench.exchange.engine.expire(10001)
    assert told(bench) == ("EXPIRED", "0.00000000")
    bench.wait(60_000)
    assert told(bench) == ("EXPIRED", "0.01000000")


def test_some_orders_are_reported_late_and_always_the_same():
    late = []
    for _ in range(2):
        bench = Bench(late_fills_ms=(5_000, 60_000), late_share=0.5)
        for number in range(10_001, 10_021):
            bench.place("BUY", "0.001", bench.price(0.9))
            bench.exchange.engine.fill(number, 1.0)
        late.append([order["orderId"] for order in open_orders(bench.exchange, {})])
    assert late[0] == late[1]
    assert 3 < len(late[0]) < 17


@pytest.mark.parametrize("late", [False, True], ids=["at once", "late as well"])
@pytest.mark.parametrize("commission", ["received", "BNB"])
def test_balances_are_reported_at_once_or_as_late_as_the_fills(late: bool, commission: str):
    balance = {"USDT": Decimal(10_000), "BNB": Decimal(1)}
    bench = Bench(late_balances=late, commission=commission, balance=balance, most_pieces=3)
    bench.place("BUY", "0.02", bench.price(0.9))

    def balances() -> dict[str, Decimal]:
        listed = account(bench.exchange, {})["balances"]
        return {each["asset"]: Decimal(each["free"]) + Decimal(each["locked"]) for each in listed}

    before = balances()
    cancel_order(bench.exchange, QUESTION, WHOLE_LATE)
    assert (balances() == before) == late
    bench.wait(20_000)
    after, ledger = balances(), bench.ledger
    assert after != before
    assert after == {asset: ledger.free(asset) + ledger.locked(asset) for asset in after}


def test_money_reported_as_used_is_that_of_orders_reported_as_open():
    bench = Bench(late_balances=True, late_fills_ms=(5_000, 5_000))
    bench.place("BUY", "0.02", "50000")
    bench.exchange.engine.fill(10001, 1.0)
    (quote,) = [each for each in account(bench.exchange, {})["balances"] if each["asset"] == "USDT"]
    assert (quote["free"], quote["locked"]) == ("9000.00000000", "1000.00000000")


def test_a_new_order_may_be_reported_with_less_than_it_filled():
    bench = Bench(most_pieces=3)
    wanted = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.02"}
    answer = new_order(bench.exchange, wanted, Mischief(told_share=0.7, late_ms=8_000))
    assert answer["status"] == "EXPIRED"
    assert Decimal(0) < Decimal(answer["executedQty"]) < Decimal("0.02")
    assert told(bench) == ("EXPIRED", answer["executedQty"])
    bench.wait(8_000)
    assert told(bench) == ("FILLED", "0.02000000")


async def test_the_user_trades_and_withdraws_beside_the_bot(server: BinanceServer, binance: Trader):
    exchange = server.exchange
    assert manual_trading.buy(exchange, PAIR, "0.02").status == "FILLED"
    sale = manual_trading.sell(
        exchange, PAIR, 0.01, round(server.market.price(PAIR, server.clock()) * 1.2, 2)
    )
    assert [order["id"] for order in await binance.fetch_open_orders(PAIR)] == [str(sale.id)]
    assert manual_trading.cancel(exchange, sale.id).status == "CANCELED"
    manual_trading.withdraw(exchange, "BTC", "0.005")
    assert (await binance.fetch_balance())["BTC"]["total"] == pytest.approx(0.02 * 0.999 - 0.005)
    with pytest.raises(AssertionError):
        manual_trading.withdraw(exchange, "BTC", 1)


async def test_ccxt_reports_a_fill_after_the_cancel(server: BinanceServer, binance: Trader):
    price = await limit_price(binance, PAIR, 0.9)
    placed = await binance.create_order(PAIR, "limit", "buy", 0.01, price)
    late = Fault(kind="filled_late", path="/api/v3/order", method="DELETE", share=0.4, seconds=30, times=1)
    server.faults.add(late)
    cancelled = await binance.cancel_order(placed["id"], PAIR)
    assert (cancelled["status"], cancelled["filled"]) == ("canceled", 0.0)
    await pass_time(server, binance, 30_000)
    found = await binance.fetch_order(placed["id"], PAIR)
    assert (found["status"], found["filled"]) == ("canceled", 0.004)


async def test_a_known_order_may_be_called_unknown_for_once(server: BinanceServer, binance: Trader):
    placed = await binance.create_order(PAIR, "market", "buy", 0.01)
    server.faults.add(Fault(kind="forgotten", path="/api/v3/order", method="GET", times=1))
    with pytest.raises(ccxt.OrderNotFound):
        await binance.fetch_order(placed["id"], PAIR)
    assert (await binance.fetch_order(placed["id"], PAIR))["status"] == "closed"


async def test_an_order_may_be_lost_and_unseen_for_a_while(server: BinanceServer, binance: Trader):
    ids = {"newClientOrderId": "mine"}
    server.faults.add(Fault(kind="unseen", path="/api/v3/order", accepted=True, seconds=20, times=1))
    with pytest.raises(ccxt.NetworkError):
        await binance.create_order(PAIR, "market", "buy", 0.01, params=ids)
    with pytest.raises(ccxt.OrderNotFound):
        await binance.fetch_order(None, PAIR, {"origClientOrderId": "mine"})
    await pass_time(server, binance, 20_000)
    assert (await binance.fetch_order(None, PAIR, {"origClientOrderId": "mine"}))["status"] == "closed"


async def test_a_market_order_that_arrives_twice_is_taken_twice(server: BinanceServer, binance: Trader):
    server.faults.add(Fault(kind="repeated", path="/api/v3/order", method="POST", times=1))
    await binance.create_order(PAIR, "market", "buy", 0.01, params={"newClientOrderId": "mine"})
    assert [order.status for order in server.ledger.by_client_id("mine")] == ["FILLED", "FILLED"]
