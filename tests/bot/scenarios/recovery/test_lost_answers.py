"""Answers that are lost: the order is found again or known never to have been; nothing is sent twice."""

import pytest

from appliance.domain.errors import OrderUnresolved, Refused, TemporaryExchangeError
from appliance.domain.order_state import UNRESOLVED, OrderState
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.rules.trade_requests import ExitRequest
from tests.support.scripted import scene


class Unreliable(DryRunGateway):
    """A gateway whose connection breaks before or after the exchange has the order."""

    settling_seconds = 30.0
    fails: str | None = None
    placed = 0

    def slowly(self):
        """Stand in for what goes on while the exchange answers."""

    async def create_order(self, request):
        if self.fails == "before":
            raise TemporaryExchangeError("the connection was reset")
        order = await super().create_order(request)
        self.placed += 1
        if self.fails == "after":
            raise TemporaryExchangeError("the connection was reset")
        return order

    async def fetch_orders_since(self, pair, since_ms):
        if self.fails == "everything":
            raise TemporaryExchangeError("still away")
        return await super().fetch_orders_since(pair, since_ms)

    async def find_order(self, client_order_id, pair, since_ms):
        if self.fails == "everything":
            raise TemporaryExchangeError("still away")
        self.slowly()
        return await super().find_order(client_order_id, pair, since_ms)


def unreliable(tmp_path, **changes):
    return scene(tmp_path, gateway=Unreliable, **changes)


async def states(stage) -> list[OrderState]:
    return [line.state for line in await stage.bot._shared.books.store.journal.in_states(*OrderState)]


async def test_an_order_that_the_exchange_has_is_found_and_its_trade_continues(tmp_path):
    async with unreliable(tmp_path) as stage:
        stage.gateway.fails = "after"
        with pytest.raises(OrderUnresolved, match="not known whether"):
            await stage.enter()
        (trade,) = stage.bot.book.open.values()
        assert (trade.amount, trade.orders[0].status) == (0.0, "unknown")
        assert await states(stage) == [OrderState.UNKNOWN]
        assert len(stage.told("warning")) == 1
        stage.gateway.fails = None
        await stage.cycle()
        assert (trade.amount, trade.open_rate, stage.gateway.placed) == (1.0, 100.0, 1)
        assert [m["type"] for m in stage.messages if "entry" in m["type"]] == ["entry", "entry_fill"]
        assert await states(stage) == [OrderState.FILLED]


async def test_an_order_that_never_arrived_is_dropped_but_not_before_it_is_certain(tmp_path):
    async with unreliable(tmp_path) as stage:
        stage.gateway.fails = "before"
        with pytest.raises(OrderUnresolved):
            await stage.enter()
        stage.gateway.fails = None
        await stage.cycle()
        assert len(stage.bot.book.open) == 1
        stage.market.wait(seconds=30)
        await stage.cycle()
        assert stage.bot.book.open == {}
        assert await states(stage) == [OrderState.REJECTED]
        assert stage.bot.wallets.get_free("USDT") == 1000.0


async def test_an_answer_that_was_long_in_coming_counts_from_when_it_was_requested(tmp_path):
    async with unreliable(tmp_path) as stage:
        stage.gateway.fails = "before"
        with pytest.raises(OrderUnresolved):
            await stage.enter()
        stage.gateway.fails = None
        await stage.cycle()
        stage.gateway.slowly = lambda: stage.market.wait(seconds=29)
        stage.market.wait(seconds=2)
        await stage.cycle()  # the exchange looked after 2 s, its answer came after 31
        assert len(stage.bot.book.open) == 1
        await stage.cycle()
        assert stage.bot.book.open == {}


async def test_without_information_nothing_is_guessed(tmp_path):
    async with unreliable(tmp_path) as stage:
        stage.gateway.fails = "after"
        with pytest.raises(OrderUnresolved):
            await stage.enter()
        stage.gateway.fails = "everything"
        stage.market.wait(hours=2)
        for _ in range(3):
            await stage.cycle()
        assert await states(stage) == [OrderState.UNKNOWN]
        assert stage.gateway.placed == 1


async def test_an_order_that_is_found_before_its_answer_is_lost_is_not_queried(tmp_path):
    async with unreliable(tmp_path) as stage:
        adoption, place = stage.bot._cycle.rechecks.adoption, stage.gateway.create_order

        async def found_meanwhile(request):
            await adoption.reconcile(await place(request))
            raise TemporaryExchangeError("the connection was reset")

        stage.gateway.create_order = found_meanwhile
        trade = await stage.enter()
        assert (trade.amount, [order.status for order in trade.orders]) == (1.0, ["closed"])
        assert await states(stage) == [OrderState.FILLED]
        assert stage.told("warning") == []


async def test_an_unresolved_exit_is_not_sent_again(tmp_path):
    async with unreliable(tmp_path) as stage:
        trade = await stage.enter()
        stage.gateway.fails = "after"
        await stage.cycle(ETH=80.0)
        assert trade.has_open_orders
        stage.gateway.fails = "everything"
        for _ in range(3):
            await stage.cycle(ETH=70.0)
        with pytest.raises(Exception, match=r"could not be cancelled|still away"):
            await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
        assert stage.gateway.placed == 2
        stage.gateway.fails = None
        await stage.cycle()
        assert not trade.is_open
        assert (trade.close_rate, stage.gateway.placed) == (80.0, 2)


async def test_a_partial_exit_of_unknown_fate_does_not_hold_back_the_stop_of_the_rest(tmp_path):
    async with unreliable(tmp_path) as stage:
        trade = await stage.enter()
        stage.gateway.fails = "before"
        with pytest.raises(OrderUnresolved):
            await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id), amount=0.25))
        stage.gateway.fails = None
        await stage.cycle(ETH=80.0)
        lost, sale = trade.orders[1:]
        assert (lost.status, sale.status, sale.safe_filled) == ("unknown", "closed", 0.75)
        assert trade.is_open
        stage.market.wait(seconds=40)
        for _ in range(3):
            await stage.cycle(ETH=80.0)
        assert not trade.is_open
        assert sum(order.safe_filled for order in trade.orders if order.side == "sell") == 1.0


async def test_a_refusal_is_a_no_and_leaves_nothing_to_resolve(tmp_path):
    async with unreliable(tmp_path, stake_amount=5000) as stage:
        with pytest.raises(Refused):
            await stage.enter()
        assert await stage.bot._shared.books.store.journal.in_states(*UNRESOLVED) == []


async def test_after_a_restart_an_unresolved_order_is_resolved(tmp_path):
    async with unreliable(tmp_path) as stage:
        stage.gateway.fails = "after"
        with pytest.raises(OrderUnresolved):
            await stage.enter()
        market, gateway = stage.market, stage.gateway
    gateway.fails = None
    async with scene(tmp_path, market=market, gateway=lambda *_, **__: gateway) as stage:
        await stage.cycle()
        (trade,) = stage.bot.book.open.values()
        assert (trade.amount, gateway.placed) == (1.0, 1)
