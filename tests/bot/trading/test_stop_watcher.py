"""Stops are carried out whatever else hangs: another pair, an entry, candles, an analysis."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from appliance.bot.strategy_host import stop_patience
from appliance.bot.trading import stop_watcher
from appliance.domain.enums import State
from appliance.domain.errors import TemporaryExchangeError
from appliance.domain.market import ExchangeOrder, OrderRequest
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.rules.trade_requests import ExitRequest
from tests.bot.trading.test_stoploss_on_exchange import GUARDED
from tests.support.scripted import PAIRS, QUIET, ScriptedMarket, scene
from tests.support.scripted import Scene as Stage

ASKED = (
    QUIET
    + """
    asked = []

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        self.asked.append(("custom_exit", pair))

    def confirm_trade_exit(self, pair, trade, **kwargs):
        self.asked.append(("confirm_trade_exit", pair))
        return False
"""
)
STUCK = (
    QUIET
    + """
    def populate_indicators(self, dataframe, metadata):
        if getattr(self, "stuck", None) is not None:
            self.reached.set()
            self.stuck.wait()
        return dataframe
"""
)


class Withholding(DryRunGateway):
    """Hold back the answers to orders of one pair, until told otherwise."""

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.withheld = ""
        self.asked = asyncio.Event()
        self.answered = asyncio.Event()
        self.questions: list[str] = []

    async def create_order(self, request: OrderRequest) -> ExchangeOrder:
        if self.withheld in (request.pair, f"{request.side} {request.pair}"):
            self.asked.set()
            await self.answered.wait()
        return await super().create_order(request)

    async def fetch_order_book(self, pair: str, depth: int) -> Any:
        self.questions.append(pair)
        return await super().fetch_order_book(pair, depth)

    async def fetch_bids_asks(self, pairs: Sequence[str]) -> Any:
        self.questions.append("all")
        return await super().fetch_bids_asks(pairs)


def withholding(folder: Any, **changes: Any) -> Any:
    return scene(folder, gateway=Withholding, **({"max_open_trades": 3} | changes))


async def look(stage: Stage) -> None:
    """Look at all stops once, as the watcher does beside the loop, and wait for nothing that hangs."""
    watcher = stage.bot._cycle.stop_watcher
    await watcher.check()
    while any(not hangs(task, stage) for task in watcher._under_way.values()):
        await asyncio.sleep(0.01)


def hangs(task: "asyncio.Task[None]", stage: Stage) -> bool:
    return task.get_name() == f"stop of {getattr(stage.gateway, 'withheld', '')}"


async def test_a_pair_that_is_not_answered_holds_up_no_other_stop(tmp_path):
    async with withholding(tmp_path) as stage:
        trades = [await stage.enter(pair) for pair in PAIRS]
        stage.gateway.withheld = PAIRS[0]
        stage.market.prices = dict.fromkeys(PAIRS, 80.0)
        await look(stage)
        assert [trade.is_open for trade in trades] == [True, False, False]
        assert {trade.exit_reason for trade in trades[1:]} == {"stop_loss"}
        await look(stage)  # it is under way: not begun a second time
        assert len(stage.bot._cycle.stop_watcher._under_way) == 1
        stage.gateway.answered.set()
        await stage.bot._cycle.stop_watcher.check_and_wait()
        assert not trades[0].is_open
        assert len(trades[0].orders) == 2


@pytest.mark.parametrize("rate_of_the_answer", [70.0, 1000.0], ids=["it waits", "it fills"])
async def test_an_addition_that_is_not_answered_does_not_hold_up_the_stop_of_its_own_pair(
    tmp_path, rate_of_the_answer
):
    async with withholding(tmp_path, position_adjustment_enable=True) as stage:
        trade = await stage.enter()
        stage.gateway.withheld = "buy ETH/USDT"
        adding = asyncio.create_task(stage.enter(price=rate_of_the_answer))
        await stage.gateway.asked.wait()
        stage.market.prices["ETH/USDT"] = 80.0
        await look(stage)
        sale = trade.orders[-1]
        assert (sale.ft_order_side, sale.status, sale.ft_order_tag) == ("sell", "closed", "stop_loss")
        assert (trade.is_open, trade.amount) == (True, 0.0), "what became of the addition is not known yet"
        stage.gateway.answered.set()
        await adding
        await stage.cycle(ETH=80.0)
        await stage.cycle(ETH=80.0)
        assert not trade.is_open
        assert [order for order in trade.orders if order.ft_is_open] == []
        bought = sum(order.safe_filled for order in trade.orders if order.side == "buy")
        assert bought == sum(order.safe_filled for order in trade.orders if order.side == "sell")


async def test_many_that_hang_take_up_no_slot_forever(tmp_path, monkeypatch):
    monkeypatch.setattr(stop_watcher, "SLOT_SECONDS", 0.0)
    async with withholding(tmp_path) as stage:
        watcher = stage.bot._cycle.stop_watcher
        watcher._slots = asyncio.Semaphore(1)
        trades = [await stage.enter(pair) for pair in PAIRS]
        stage.gateway.withheld = PAIRS[0]
        stage.market.prices = dict.fromkeys(PAIRS, 80.0)
        await look(stage)
        assert [trade.is_open for trade in trades] == [True, False, False]
        stage.gateway.answered.set()
        await asyncio.gather(*watcher._under_way.values())
        assert watcher._slots._value == 1


async def test_an_entry_that_hangs_holds_up_no_stop(tmp_path):
    async with withholding(tmp_path) as stage:
        trade = await stage.enter("ETH/USDT")
        stage.gateway.withheld = "BTC/USDT"
        entering = asyncio.create_task(stage.enter("BTC/USDT"))
        await stage.gateway.asked.wait()
        stage.market.prices["ETH/USDT"] = 80.0
        await look(stage)
        assert not trade.is_open
        stage.gateway.answered.set()
        assert (await entering).is_open


async def test_a_forced_exit_does_not_wait_for_another_pair(tmp_path):
    async with withholding(tmp_path) as stage:
        trade, other = await stage.enter("ETH/USDT"), await stage.enter("BTC/USDT")
        stage.gateway.withheld = "BTC/USDT"
        hanging = asyncio.create_task(stage.bot.force_exit(ExitRequest(trade_id=str(other.id))))
        await stage.gateway.asked.wait()
        await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
        assert (trade.is_open, other.is_open) == (False, True)
        stage.gateway.answered.set()
        await hanging


class SlowCandles(ScriptedMarket):
    """Never answer what candles are asked for."""

    asked = False

    async def fetch_candles(self, pair: str, timeframe: str, **options: Any) -> Any:
        self.asked = True
        await asyncio.Event().wait()


async def test_candles_that_do_not_come_hold_up_no_stop(tmp_path):
    market = SlowCandles(datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC))
    async with scene(tmp_path, market=market) as stage:
        trade = await stage.enter()
        cycle = asyncio.create_task(stage.bot.run_one_cycle())
        while not market.asked:
            await asyncio.sleep(0.01)
        stage.market.prices["ETH/USDT"] = 80.0
        await look(stage)
        assert not trade.is_open
        cycle.cancel()
        await asyncio.gather(cycle, return_exceptions=True)


async def test_an_analysis_that_does_not_return_holds_up_no_stop(tmp_path, monkeypatch):
    monkeypatch.setattr(stop_patience, "SHORT_PATIENCE_SECONDS", 0.01)
    async with scene(tmp_path, code=STUCK) as stage:
        trade = await stage.enter()
        strategy = stage.bot._shared.setup.strategy
        strategy.reached, strategy.stuck = threading.Event(), threading.Event()
        cycle = asyncio.create_task(stage.bot.run_one_cycle())
        await asyncio.to_thread(strategy.reached.wait)
        stage.market.prices["ETH/USDT"] = 80.0
        watcher = stage.bot._cycle.stop_watcher
        await watcher.check()
        while not stage.gateway._closed or len(trade.orders) < 2:
            await asyncio.sleep(0.01)
        strategy.stuck.set()
        await asyncio.gather(cycle, *watcher._under_way.values())
        assert (trade.is_open, trade.exit_reason) == (False, "stop_loss")


async def test_one_request_fetches_all_prices_without_a_callback(tmp_path):
    async with withholding(tmp_path, code=ASKED) as stage:
        for number, pair in enumerate(PAIRS, start=1):
            await stage.enter(pair)
            stage.gateway.questions.clear()
            await look(stage)
            assert stage.gateway.questions == ["all"], number
        assert stage.bot._shared.setup.strategy.asked == []


async def test_prices_of_the_cycle_come_from_one_question_too(tmp_path):
    async with withholding(tmp_path, position_adjustment_enable=True) as stage:
        for pair in PAIRS:
            await stage.enter(pair)
        stage.gateway.questions.clear()
        await stage.cycle()
        assert set(stage.gateway.questions) == {"all"}
        assert len(stage.gateway.questions) <= 4  # stops, exits, and both sides for adjustments


async def test_a_stop_that_the_strategy_does_not_want_is_asked_about_once_a_cycle(tmp_path):
    async with withholding(tmp_path, code=ASKED) as stage:
        trade = await stage.enter()
        asked = stage.bot._shared.setup.strategy.asked
        stage.market.prices["ETH/USDT"] = 80.0
        for _ in range(3):
            await look(stage)
        assert trade.is_open
        assert asked.count(("confirm_trade_exit", "ETH/USDT")) == 1
        stage.bot._cycle.stop_watcher.cycle_ends()
        await look(stage)
        assert asked.count(("confirm_trade_exit", "ETH/USDT")) == 2


async def test_a_deeper_price_is_requested_where_the_best_is_near_the_stop(tmp_path):
    changes = {"exit_pricing.use_order_book": True, "exit_pricing.order_book_top": 3}
    async with withholding(tmp_path, **changes) as stage:
        trade = await stage.enter()
        for price, questions in ((100.0, ["all"]), (90.5, ["all", "ETH/USDT"])):
            stage.market.prices["ETH/USDT"] = price
            stage.gateway.questions.clear()
            await look(stage)
            assert stage.gateway.questions == questions
            assert trade.is_open
        stage.market.prices["ETH/USDT"] = 89.0
        await look(stage)
        assert not trade.is_open


async def test_another_open_exit_makes_room_for_a_stop(tmp_path):
    async with withholding(tmp_path) as stage:
        trade = await stage.enter()
        await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="limit", price=120.0))
        assert trade.has_open_orders
        stage.market.prices["ETH/USDT"] = 80.0
        await look(stage)
        assert (trade.is_open, trade.exit_reason) == (False, "stop_loss")


async def test_a_stop_with_an_open_order_is_left_to_the_cycle(tmp_path):
    limit = ASKED.replace('"stoploss": "market"', '"stoploss": "limit"').replace(
        "return False", "return True"
    )
    async with withholding(tmp_path, code=limit) as stage:
        trade = await stage.enter()
        stage.market.prices["ETH/USDT"] = 80.0
        stage.gateway._obtainable = lambda order, book: 0.0
        await look(stage)
        assert [order.ft_order_tag for order in trade.open_orders] == ["stop_loss"]
        asked = len(stage.bot._shared.setup.strategy.asked)
        stage.bot._cycle.stop_watcher.cycle_ends()
        await look(stage)
        assert len(stage.bot._shared.setup.strategy.asked) == asked


async def test_a_stop_that_the_exchange_holds_is_left_to_it(tmp_path):
    async with withholding(tmp_path, **GUARDED) as stage:
        trade = await stage.enter()
        await stage.cycle()
        (stop,) = trade.open_sl_orders
        stage.gateway.questions.clear()
        stage.market.prices["ETH/USDT"] = 80.0
        await look(stage)
        assert (stop.ft_is_open, len(trade.orders), stage.gateway.questions) == (True, 2, [])
        await stage.cycle()
        assert (trade.is_open, trade.exit_reason) == (False, "stoploss_on_exchange")


async def test_a_stop_whose_order_was_cancelled_by_others_is_the_bots_to_carry_out(tmp_path):
    async with withholding(tmp_path, **GUARDED) as stage:
        trade = await stage.enter()
        await stage.cycle()
        (stop,) = trade.open_sl_orders
        await stage.gateway.cancel_order(stop.order_id, trade.pair)
        await stage.bot._cycle.orders.refresh(trade, stop)
        stage.market.prices["ETH/USDT"] = 80.0
        await look(stage)
        assert (trade.is_open, trade.exit_reason) == (False, "stop_loss")


async def test_missing_prices_are_reported_once(tmp_path, caplog):
    async with scene(tmp_path) as stage:
        await stage.enter()
        stage.market.down = True
        for _ in range(3):
            await look(stage)
        assert caplog.text.count("prices of open trades are unknown") == 1


@pytest.mark.parametrize(
    ("state", "watches"), [(State.RUNNING, True), (State.PAUSED, True), (State.STOPPED, False)]
)
async def test_stops_are_watched_while_trades_are_managed(tmp_path, state, watches):
    async with scene(tmp_path) as stage:
        stage.bot._loop.state = state
        assert stage.bot._watches_stops() is watches
        stage.bot.request_reload()
        assert stage.bot._watches_stops() is watches


async def test_the_running_bot_watches_while_its_cycle_hangs(tmp_path):
    async with withholding(tmp_path, **{"internals.stop_check_secs": 0.1}) as stage:
        trade = await stage.enter()

        async def hang(state: State) -> None:
            await asyncio.Event().wait()

        stage.bot._loop.cycle = hang
        running = asyncio.create_task(stage.bot.run())
        stage.market.prices["ETH/USDT"] = 80.0
        while trade.is_open:
            await asyncio.sleep(0.01)
        assert stage.bot._cycle.stop_watcher.runs
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert not stage.bot._cycle.stop_watcher.runs


async def test_what_goes_wrong_with_one_exit_is_tried_again_later(tmp_path):
    class Refusing(DryRunGateway):
        refuses = True

        async def create_order(self, request: OrderRequest) -> ExchangeOrder:
            if request.side == "sell" and self.refuses:
                raise TemporaryExchangeError("the connection was reset")
            return await super().create_order(request)

    async with scene(tmp_path, gateway=Refusing) as stage:
        trade = await stage.enter()
        stage.market.prices["ETH/USDT"] = 80.0
        await look(stage)
        assert trade.is_open
        stage.gateway.refuses = False
        await stage.cycle()
        await stage.cycle()
        assert not trade.is_open
