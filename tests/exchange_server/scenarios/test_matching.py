"""Resting orders trade as the market's time passes, whoever asks when."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.exchange_server.bench import PAIR, Bench
from tests.exchange_server.clock import BEGINNING
from tests.exchange_server.dialect import Refusal
from tests.exchange_server.endpoints.order_calls import cancel_order
from tests.exchange_server.engine.prices import TICK_MS


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.ledger.check()


def test_last_prices_are_those_of_the_market(bench: Bench):
    for at_ms in range(BEGINNING, BEGINNING + 60_000, 1_700):
        assert float(bench.exchange.prices.last(PAIR, at_ms)) == bench.market.price(PAIR, at_ms)


def test_a_resting_buy_fills_when_the_price_comes_down_to_it(bench: Bench):
    limit = bench.price(0.995)
    bench.place("BUY", "0.01", limit)
    bench.wait(600_000)
    [fill] = bench.ledger.fills
    assert (fill.price, fill.maker) == (Decimal(limit), True)
    assert bench.market.price(PAIR, fill.time) <= float(limit)
    before = range(BEGINNING, fill.time, TICK_MS)
    assert all(bench.market.price(PAIR, at_ms) > float(limit) for at_ms in before)


def test_what_trades_does_not_depend_on_who_asks_when():
    def run(every: int) -> list:
        bench = Bench(most_pieces=4)
        bench.place("BUY", "0.05", bench.price(0.996), newClientOrderId="one")
        bench.place("BUY", "0.02", bench.price(0.990), newClientOrderId="two")
        bench.wait(1_200_000, every)
        bench.ledger.check()
        return bench.ledger.fills

    seldom, often = run(1_200_000), run(400)
    assert seldom == often
    assert {fill.client_order_id for fill in seldom} >= {"one"}


def test_a_resting_order_may_fill_in_several_trades():
    bench = Bench(most_pieces=5)
    bench.place("BUY", "0.05", bench.price(0.996))
    bench.wait(1_200_000)
    statuses = [order.status for order in bench.ledger.states]
    assert statuses[0] == "NEW"
    assert statuses[-1] == "FILLED"
    assert statuses.count("PARTIALLY_FILLED") >= 2
    assert len({fill.time for fill in bench.ledger.fills}) == len(bench.ledger.fills)
    bench.ledger.check()


def test_a_thin_market_fills_a_part_and_lets_the_rest_wait():
    bench = Bench(liquidity=0.0005)
    order = bench.place("BUY", "0.05", bench.price(1.0005))
    assert order["status"] == "PARTIALLY_FILLED"
    assert len(order["fills"]) >= 1
    assert bench.ledger.locked("USDT") > 0
    bench.ledger.check()


def test_a_market_order_eats_its_way_through_a_thin_market():
    bench = Bench(liquidity=0.0005)
    order = bench.place("BUY", "0.05")
    prices = [float(fill["price"]) for fill in order["fills"]]
    assert len(prices) > 3
    assert prices == sorted(prices)


def test_the_book_never_pays_worse_than_the_limit(bench: Bench):
    limit = bench.price(1.001)
    order = bench.place("BUY", "0.05", limit)
    assert all(float(fill["price"]) <= float(limit) for fill in order["fills"])


def test_a_triggered_stop_limit_rests_where_the_price_has_left_it():
    bench = Bench(balance={"BTC": Decimal(1)})
    stop, limit = bench.price(0.997), bench.price(1.01)
    stopped = {"type": "STOP_LOSS_LIMIT", "stopPrice": stop}
    bench.place("SELL", "0.5", limit, **stopped)
    assert bench.ledger.locked("BTC") == Decimal("0.5")
    bench.wait(600_000)
    [order] = bench.ledger.orders.values()
    assert order.is_working
    assert all(fill.price == Decimal(limit) for fill in bench.ledger.fills)
    bench.ledger.check()


def test_a_take_profit_sells_above():
    bench = Bench(balance={"BTC": Decimal(1)})
    target = bench.price(1.002)
    bench.place("SELL", "0.5", type="TAKE_PROFIT", stopPrice=target)
    bench.wait(1_200_000)
    [fill] = bench.ledger.fills
    assert float(fill.price) == pytest.approx(float(target), rel=0.005)
    assert not fill.maker
    bench.ledger.check()


def test_somebody_may_trade_with_an_order_on_demand(bench: Bench):
    placed = bench.place("BUY", "0.01", bench.price(0.9))
    bench.exchange.engine.fill(placed["orderId"], 0.5)
    assert bench.ledger.orders[placed["orderId"]].status == "PARTIALLY_FILLED"
    bench.exchange.engine.expire(placed["orderId"])
    assert bench.ledger.orders[placed["orderId"]].status == "EXPIRED"
    assert bench.ledger.locked("USDT") == 0


_SIDES = some.sampled_from(["BUY", "SELL"])
_RATIOS = some.sampled_from([0.99, 0.998, 1.0, 1.0005, 1.002, 1.01])
_QUANTITIES = some.integers(1, 4_000).map(lambda lots: f"{lots / 100_000:.5f}")
_ACTS = some.one_of(
    some.tuples(some.just("limit"), _SIDES, _QUANTITIES, _RATIOS, some.sampled_from(["GTC", "IOC", "FOK"])),
    some.tuples(some.just("market"), _SIDES, _QUANTITIES),
    some.tuples(some.just("stop"), _SIDES, _QUANTITIES, _RATIOS),
    some.tuples(some.just("cancel"), some.integers(0, 20)),
    some.tuples(some.just("wait"), some.integers(100, 90_000)),
)


def act(bench: Bench, kind: str, *what: object) -> None:
    if kind == "wait":
        bench.wait(*what)
    elif kind == "cancel":
        cancel_order(bench.exchange, {"symbol": "BTCUSDT", "orderId": str(10_001 + what[0])})
    elif kind == "market":
        bench.place(*what)
    elif kind == "limit":
        side, quantity, ratio, time_in_force = what
        bench.place(side, quantity, bench.price(ratio), timeInForce=time_in_force)
    else:
        side, quantity, ratio = what
        bench.place(side, quantity, type="STOP_LOSS", stopPrice=bench.price(ratio))


@settings(max_examples=40, deadline=None)
@given(
    acts=some.lists(_ACTS, max_size=15),
    commission=some.sampled_from(["received", "quote", "base", "BNB"]),
    pieces=some.integers(1, 4),
    liquidity=some.sampled_from([1.0, 0.0005]),
)
def test_the_books_agree_whatever_is_done(acts: list, commission: str, pieces: int, liquidity: float):
    balance = {"USDT": Decimal(2_000), "BTC": Decimal("0.03"), "BNB": Decimal("0.002")}
    bench = Bench(balance=balance, commission=commission, most_pieces=pieces, liquidity=liquidity)
    for kind, *what in acts:
        try:
            act(bench, kind, *what)
        except Refusal as refusal:
            assert refusal.code in (-1013, -2010, -2011)  # noqa: PT017 -- not everything is refused
        bench.ledger.check()
    assert set(bench.ledger.as_json()) == {"orders", "states", "fills", "transfers", "balances"}
