"""Orders in dry-run, placed over the simulated market with a book that the test sets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.errors import InvalidOrder, OrderNotFound, PairNotFound
from appliance.domain.market import OrderBook
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.exchange.forwarded_market_data import ForwardedMarketData
from appliance.exchange.simulated.market import SimulatedMarket
from tests.support.order_requests import order_request, stop_request

PAIR = "ETH/USDT"
NOW = 1_790_000_000_000


class WithBook(ForwardedMarketData):
    """The simulated market, with the book that the test puts up."""

    def __init__(self) -> None:
        super().__init__(SimulatedMarket(seed=1, clock=lambda: NOW))
        self.put(bid=99.0, ask=101.0)

    def put(self, *, bid: float, ask: float, amount: float = 5.0) -> None:
        self.book = OrderBook(
            pair=PAIR,
            bids=[(bid, amount), (bid - 1, amount)] if amount else [],
            asks=[(ask, amount), (ask + 1, amount)] if amount else [],
        )

    async def fetch_order_book(self, pair: str, depth: int) -> OrderBook:
        return self.book


@pytest.fixture
def market() -> WithBook:
    return WithBook()


@pytest.fixture
def gateway(market: WithBook) -> DryRunGateway:
    return DryRunGateway(market)


async def place(gateway: DryRunGateway, **changes):
    wanted = {"side": "buy", "order_type": "limit", "amount": 1.0, "price": 100.0, "client_order_id": "mine"}
    return await gateway.create_order(order_request(**{"pair": PAIR, **wanted, **changes}))


async def place_stop(gateway: DryRunGateway, **changes):
    wanted = {
        "side": "sell",
        "amount": 1.0,
        "stop_price": 95.0,
        "limit_price": None,
        "client_order_id": "stop",
    }
    return await gateway.create_stop_order(stop_request(pair=PAIR, **{**wanted, **changes}))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"amount": 0.0}, "below the exchange's smallest step"),
        ({"amount": float("nan")}, "below the exchange's smallest step"),
        ({"amount": 0.00001}, "below the exchange's smallest step"),
        ({"price": None}, "needs a price above 0"),
        ({"price": -5.0}, "needs a price above 0"),
        ({"amount": 0.01}, "below the minimum of 5.0"),
        ({"order_type": "market", "amount": 0.01}, "below the minimum of 5.0"),
        ({"price": 101.0, "time_in_force": "PO"}, "would fill at once"),
    ],
)
async def test_orders_that_an_exchange_would_refuse(gateway: DryRunGateway, changes: dict, complaint: str):
    with pytest.raises(InvalidOrder, match=complaint):
        await place(gateway, **changes)
    assert await gateway.fetch_open_orders() == []


async def test_unknown_pairs_and_orders(gateway: DryRunGateway):
    with pytest.raises(PairNotFound, match="XYZ/USDT"):
        await place(gateway, pair="XYZ/USDT")
    with pytest.raises(OrderNotFound, match="no dry-run order 42"):
        await gateway.fetch_order("42", PAIR)
    with pytest.raises(OrderNotFound):
        await gateway.cancel_order("42", PAIR)


async def test_an_empty_order_book(gateway: DryRunGateway, market: WithBook):
    market.put(bid=99.0, ask=101.0, amount=0)
    with pytest.raises(InvalidOrder, match="Nobody offers"):
        await place(gateway, order_type="market")
    assert (await place(gateway, price=150.0)).is_open


async def test_what_lost_its_worth_can_still_be_sold(gateway: DryRunGateway):
    sold = await place(gateway, side="sell", order_type="market", amount=0.01, price=None)
    assert sold.cost < 5
    assert sold.status == "closed"


async def test_a_market_order_fills_at_once_as_taker(gateway: DryRunGateway):
    order = await place(gateway, order_type="market", amount=7.0, price=None)
    assert (order.status, order.filled, order.client_order_id) == ("closed", 7.0, "mine")
    assert order.average == pytest.approx((5 * 101 + 2 * 102) / 7, abs=0.005)
    assert order.fee.cost == pytest.approx(order.cost * 0.001)
    assert order.id.startswith(f"dry_run_buy_{PAIR}_")


async def test_a_limit_that_crosses_gets_the_better_price(gateway: DryRunGateway):
    order = await place(gateway, price=101.9)
    assert (order.status, order.average, order.price) == ("closed", 101.0, 101.9)


async def test_amount_and_price_are_cut_to_the_markets_steps(gateway: DryRunGateway):
    order = await place(gateway, amount=1.00009, price=100.004)
    assert (order.amount, order.price) == (1.0, 100.0)


async def test_a_resting_order_waits_for_the_price(gateway: DryRunGateway, market: WithBook):
    order = await place(gateway)
    assert (order.status, order.filled, order.cost) == ("open", 0.0, 100.0), "what it may come to"
    assert (await gateway.fetch_order(order.id, PAIR)).is_open
    market.put(bid=98.0, ask=99.5)
    filled = await gateway.fetch_order(order.id, PAIR)
    assert (filled.status, filled.average, filled.filled_timestamp) == ("closed", 100.0, NOW)
    assert await gateway.fetch_order(order.id, PAIR) == filled


async def test_cancelling_ends_an_order_and_leaves_a_filled_one(gateway: DryRunGateway, market: WithBook):
    resting, filled = await place(gateway), await place(gateway, price=101.0)
    assert (await gateway.cancel_order(resting.id, PAIR)).status == "canceled"
    assert (await gateway.cancel_order(filled.id, PAIR)) == filled
    market.put(bid=50.0, ask=51.0)
    assert (await gateway.fetch_order(resting.id, PAIR)).filled == 0


async def test_open_orders_are_looked_at_when_listed(gateway: DryRunGateway, market: WithBook):
    first, second = await place(gateway, price=100.0), await place(gateway, price=90.0)
    market.put(bid=98.0, ask=99.0)
    assert [order.id for order in await gateway.fetch_open_orders(PAIR)] == [second.id]
    assert (await gateway.fetch_order(first.id, PAIR)).status == "closed"
    assert await gateway.fetch_open_orders("BTC/USDT") == []


async def test_partial_fills_take_what_is_offered(market: WithBook):
    gateway = DryRunGateway(market, partial_fills=True)
    order = await place(gateway, amount=8.0, price=101.0)
    assert (order.status, order.filled, order.average) == ("open", 5.0, 101.0)
    market.put(bid=99.0, ask=101.0, amount=2.0)
    assert (await gateway.fetch_order(order.id, PAIR)).filled == 7.0
    done = await gateway.fetch_order(order.id, PAIR)
    assert (done.status, done.filled, done.cost) == ("closed", 8.0, 808.0)
    assert done.fee.cost == pytest.approx(0.808)


@pytest.mark.parametrize(("time_in_force", "filled"), [("IOC", 5.0), ("FOK", 0.0), ("ioc", 5.0)])
async def test_orders_that_do_not_wait(market: WithBook, time_in_force: str, filled: float):
    gateway = DryRunGateway(market, partial_fills=True)
    order = await place(gateway, amount=8.0, price=101.0, time_in_force=time_in_force)
    assert (order.status, order.filled) == ("expired", filled)


async def test_post_only_rests(gateway: DryRunGateway):
    assert (await place(gateway, time_in_force="PO")).is_open


async def test_a_stop_order_sells_at_market_when_the_price_falls(gateway: DryRunGateway, market: WithBook):
    order = await place_stop(gateway)
    assert (await gateway.fetch_order(order.id, PAIR)).is_open
    market.put(bid=94.0, ask=96.0)
    done = await gateway.fetch_order(order.id, PAIR)
    assert (done.status, done.average, done.stop_price) == ("closed", 94.0, 95.0)


async def test_a_stop_limit_may_be_left_behind_and_fills_when_the_price_returns(
    gateway: DryRunGateway, market: WithBook
):
    order = await place_stop(gateway, limit_price=94.5)
    market.put(bid=90.0, ask=92.0)
    assert (await gateway.fetch_order(order.id, PAIR)).is_open
    market.put(bid=95.5, ask=97.0)
    done = await gateway.fetch_order(order.id, PAIR)
    assert (done.status, done.average) == ("closed", 94.5)


async def test_a_stop_limit_gets_the_books_better_price(gateway: DryRunGateway, market: WithBook):
    order = await place_stop(gateway, limit_price=90.0)
    assert order.cost == 90.0
    market.put(bid=93.0, ask=94.0)
    done = await gateway.fetch_order(order.id, PAIR)
    assert (done.status, done.average) == ("closed", 93.0)


async def test_a_stop_that_would_trigger_at_once_is_refused(gateway: DryRunGateway):
    with pytest.raises(InvalidOrder, match="would trigger at once"):
        await place_stop(gateway, stop_price=99.5)


async def test_open_orders_outlive_a_restart(gateway: DryRunGateway, market: WithBook):
    order, stop = await place(gateway), await place_stop(gateway)
    restarted = DryRunGateway(market)
    for each in (order, stop):
        restarted.restore(each)
    assert {each.id for each in await restarted.fetch_open_orders()} == {order.id, stop.id}
    market.put(bid=93.0, ask=94.0)
    assert (await restarted.fetch_order(order.id, PAIR)).average == 100.0
    assert (await restarted.fetch_order(stop.id, PAIR)).average == 93.0


async def test_fees_are_the_markets_or_the_configured_one(market: WithBook):
    assert DryRunGateway(market).fee_rate(PAIR, maker=True) == 0.001
    assert DryRunGateway(market, fee=0.0025).fee_rate(PAIR, maker=False) == 0.0025


async def test_closed_orders_do_not_pile_up(gateway: DryRunGateway):
    first = await place(gateway, price=101.0)
    for _ in range(1000):
        await place(gateway, price=101.0)
    with pytest.raises(OrderNotFound):
        await gateway.fetch_order(first.id, PAIR)


async def test_balances_belong_to_the_bots_wallets(gateway: DryRunGateway):
    assert await gateway.fetch_balances() == {}


@settings(max_examples=50, deadline=None)
@given(
    amount=st.floats(0.06, 40),
    price=st.floats(95, 105),
    asks=st.lists(st.floats(95, 105), max_size=6),
    partial=st.booleans(),
)
async def test_no_order_fills_more_than_asked_or_worse_than_its_limit(
    amount: float, price: float, asks: list[float], partial: bool
):
    market = WithBook()
    gateway = DryRunGateway(market, partial_fills=partial)
    order = await place(gateway, amount=amount, price=price)
    for ask in asks:
        market.put(bid=ask - 0.5, ask=ask, amount=3.0)
        before, order = order, await gateway.fetch_order(order.id, PAIR)
        assert order.filled >= before.filled
    assert order.filled <= order.amount <= amount
    assert order.is_open is (order.filled < order.amount)
    if order.filled:
        assert order.average <= order.price + 1e-9
        assert order.cost == pytest.approx(order.average * order.filled)
        assert order.fee.cost == pytest.approx(order.cost * 0.001)
