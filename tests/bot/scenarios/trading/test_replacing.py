"""Orders that do not fill: moved at the strategy's word, given up in time, kept where that would harm."""

import pytest

from appliance.rules.trade_requests import ExitRequest
from tests.bot.written import strategy
from tests.support.scripted import ScriptedMarket, scene

MOVING = strategy(
    methods="""
    answers = []
    asked = []

    def adjust_entry_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate,
                           entry_tag, side, **kwargs):
        self.asked.append(("entry", proposed_rate, current_order_rate, entry_tag, side, order.ft_order_side))
        return self.answers.pop() if self.answers else current_order_rate

    def adjust_exit_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate,
                          entry_tag, side, **kwargs):
        self.asked.append(("exit", proposed_rate, current_order_rate, entry_tag, side, order.ft_order_side))
        return self.answers.pop() if self.answers else current_order_rate
    """
)
PATIENT = {"unfilledtimeout.entry": 600, "unfilledtimeout.exit": 600}


async def next_candle(stage, **prices) -> None:
    stage.market.wait(minutes=5)
    await stage.cycle(**prices)


def answer(stage, *rates) -> None:
    type(stage.bot.strategy).answers = list(reversed(rates))


async def resting_exit(stage, price: float = 150.0):
    trade = await stage.enter()
    await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id), price=price, order_type="limit"))
    return trade


# -- moved at the strategy's word ----------------------------------------------------------------------


async def test_an_order_is_not_asked_about_in_the_candle_that_placed_it(tmp_path):
    async with scene(tmp_path, code=MOVING, **PATIENT) as stage:
        await stage.enter(price=90.0)
        await stage.cycle()
        assert stage.bot.strategy.asked == []
        await next_candle(stage)
        assert stage.bot.strategy.asked == [("entry", 100.0, 90.0, "force_entry", "long", "buy")]


async def test_the_same_rate_keeps_the_order(tmp_path):
    async with scene(tmp_path, code=MOVING, **PATIENT) as stage:
        trade = await stage.enter(price=90.0)
        await next_candle(stage)
        assert [order.status for order in trade.orders] == ["open"]


@pytest.mark.parametrize("nothing", [None, 0])
async def test_nothing_cancels_the_order_and_an_unborn_trade_with_it(tmp_path, nothing):
    async with scene(tmp_path, code=MOVING, **PATIENT) as stage:
        await stage.enter(price=90.0)
        answer(stage, nothing)
        await next_candle(stage)
        assert stage.bot.book.open == {}
        assert stage.told("entry_cancel")[0]["reason"] == "cancelled by the strategy"


async def test_an_entry_moves_with_its_stake(tmp_path):
    async with scene(tmp_path, code=MOVING, **PATIENT) as stage:
        trade = await stage.enter(price=90.0)
        answer(stage, 50.0)
        await next_candle(stage)
        old, new = trade.orders
        assert (old.status, old.ft_cancel_reason) == ("canceled", "replaced by a new order")
        assert (new.price, new.amount) == (50.0, pytest.approx(2.0, abs=0.001))
        assert (new.ft_order_tag, trade.enter_tag) == ("force_entry", "force_entry")
        answer(stage, 60.0)
        await stage.cycle()
        assert len(trade.orders) == 2, "once a candle"
        await stage.cycle(ETH=49.0)
        assert (trade.open_rate, trade.stop_loss) == (50.0, 45.0)


async def test_an_exit_moves_with_what_it_has_left_and_keeps_its_reason(tmp_path):
    async with scene(tmp_path, code=MOVING, **PATIENT) as stage:
        trade = await resting_exit(stage)
        answer(stage, 120.0)
        await next_candle(stage)
        assert stage.bot.strategy.asked[-1][:3] == ("exit", 100.0, 150.0)
        assert (trade.orders[-1].price, trade.orders[-1].amount) == (120.0, 1.0)
        await stage.cycle(ETH=121.0)
        assert stage.bot.book.closed[0].exit_reason == "force_exit"


async def test_one_callback_can_replace_both(tmp_path):
    code = strategy(
        methods="""
        def adjust_order_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate,
                               entry_tag, side, is_entry, **kwargs):
            return 80.0 if is_entry else 120.0
        """
    )
    async with scene(tmp_path, code=code, **PATIENT) as stage:
        trade = await stage.enter(price=90.0)
        await next_candle(stage)
        assert trade.orders[-1].price == 80.0


async def test_an_entry_that_the_exchange_refuses_at_its_new_rate_leaves_nothing(tmp_path):
    async with scene(tmp_path, code=MOVING, stake_amount=5.6, **PATIENT) as stage:
        await stage.enter(price=90.0)
        answer(stage, 1e9)
        await next_candle(stage)
        assert stage.bot.book.open == {}


async def test_an_entry_that_moves_goes_through_the_limits_again_with_the_money_it_had(tmp_path):
    """At 99.0 the stake of 5.6 is raised to the least again; all of the wallet can be moved whole."""
    for stake, moved_to, worth in ((5.6, 99.0, 5.8311), ("unlimited", 88.0, 999.9968)):
        folder = tmp_path / str(stake)
        folder.mkdir()
        changes = PATIENT | {"stake_amount": stake, "max_open_trades": 1}
        async with scene(folder, code=MOVING, **changes) as stage:
            trade = await stage.enter(price=90.0)
            answer(stage, moved_to)
            await next_candle(stage)
            assert (trade.orders[-1].price, trade.orders[-1].status) == (moved_to, "open")
            assert trade.orders[-1].cost == pytest.approx(worth)


async def test_a_pair_that_cannot_be_analysed_has_its_orders_moved_anyway(tmp_path):
    code = MOVING.replace("return dataframe", "raise ValueError('no indicators')", 1)
    async with scene(tmp_path, code=code, **PATIENT) as stage:
        trade = await stage.enter(price=90.0)
        answer(stage, 80.0)
        await stage.cycle()
        assert trade.orders[-1].price == 80.0


# -- given up in time ----------------------------------------------------------------------------------


async def test_times_can_be_reported_in_seconds(tmp_path):
    async with scene(tmp_path, **{"unfilledtimeout.entry": 30, "unfilledtimeout.unit": "seconds"}) as stage:
        await stage.enter(price=90.0)
        stage.market.wait(seconds=20)
        await stage.cycle()
        assert len(stage.bot.book.open) == 1
        await stage.cycle()
        assert stage.bot.book.open == {}


async def test_the_strategy_can_give_up_earlier(tmp_path):
    code = strategy(
        methods="""
        def check_entry_timeout(self, pair, trade, order, current_time, **kwargs):
            return True

        def check_exit_timeout(self, pair, trade, order, current_time, **kwargs):
            return (current_time - order.order_date_utc).total_seconds() > 8
        """
    )
    async with scene(tmp_path, code=code) as stage:
        await stage.enter("BTC/USDT", price=90.0)
        trade = await resting_exit(stage)
        await stage.cycle()
        assert list(stage.bot.book.open) == [trade.id]
        assert trade.has_open_orders
        await stage.cycle()
        assert not trade.has_open_orders
        assert stage.told("exit_cancel")[0]["reason"] == "not filled in time"
        assert trade.exit_order_status == "not filled in time"


async def test_an_emergency_leaves_no_more_than_the_exit_that_failed(tmp_path):
    async with scene(tmp_path, **{"unfilledtimeout.exit_timeout_count": 1}) as stage:
        trade = await stage.enter()
        await stage.bot.force_exit(
            ExitRequest(trade_id=str(trade.id), price=150.0, order_type="limit", amount=0.4)
        )
        stage.market.wait(minutes=11)
        await stage.cycle()
        assert (trade.is_open, trade.amount) == (True, 0.6)
        assert trade.orders[-1].ft_order_tag == "emergency_exit"


async def test_exits_that_the_strategy_cancels_count_for_an_emergency_too(tmp_path):
    changes = PATIENT | {"unfilledtimeout.exit_timeout_count": 1}
    async with scene(tmp_path, code=MOVING, **changes) as stage:
        await resting_exit(stage)
        answer(stage, None)
        await next_candle(stage)
        assert stage.bot.book.closed[0].exit_reason == "emergency_exit"


# -- filled in part ------------------------------------------------------------------------------------


def thin(stage, amount: float) -> None:
    """Have the book offer so much in all."""
    stage.market.depth = amount / 20


async def test_an_exit_that_fills_in_part_realises_that_part(tmp_path):
    async with scene(tmp_path, partial_fills=True) as stage:
        trade = await stage.enter()
        thin(stage, 0.4)
        await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id), price=100.0, order_type="limit"))
        assert trade.orders[-1].filled == pytest.approx(0.4)
        stage.market.wait(minutes=11)
        thin(stage, 0.0)
        await stage.cycle()
        assert (trade.is_open, trade.amount) == (True, 0.6)
        assert trade.realized_profit == pytest.approx(-0.4 * 0.2)
        assert trade.exit_reason is None
        assert trade.orders[-1].ft_cancel_reason == "not filled in time, partially filled"


@pytest.mark.parametrize("part", [0.04, 0.97], ids=["entry", "exit"])
async def test_an_order_stays_where_too_little_to_sell_would_be_left(tmp_path, part):
    async with scene(tmp_path, partial_fills=True) as stage:
        if part < 0.5:
            thin(stage, part)
            trade = await stage.enter(price=100.0)
        else:
            trade = await stage.enter()
            thin(stage, part)
            await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id), price=100.0, order_type="limit"))
        thin(stage, 0.0)
        stage.market.wait(minutes=11)
        await stage.cycle()
        assert trade.orders[-1].status == "open"
        assert trade.orders[-1].filled == pytest.approx(part, abs=0.001)
        thin(stage, 10.0)
        await stage.cycle()
        assert trade.orders[-1].status == "closed"


# -- at the end ----------------------------------------------------------------------------------------


async def test_open_orders_are_cancelled_at_the_end_if_configured_so(tmp_path):
    async with scene(tmp_path, cancel_open_orders_on_exit=True) as stage:
        await stage.enter("BTC/USDT", price=90.0)
        trade = await resting_exit(stage)
        market = stage.market
    async with scene(tmp_path, market=market) as stage:
        assert list(stage.bot.book.open) == [trade.id]
        assert not stage.bot.book.open[trade.id].has_open_orders


async def test_otherwise_they_are_found_again(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter(price=90.0)
        market: ScriptedMarket = stage.market
    async with scene(tmp_path, market=market) as stage:
        await stage.cycle(ETH=89.5)
        assert stage.bot.book.open[trade.id].open_rate == 90.0


@pytest.mark.parametrize(("configured", "open_orders"), [(True, 0), (False, 1)])
async def test_a_stopped_bot_cancels_them_too(tmp_path, configured, open_orders):
    async with scene(tmp_path, cancel_open_orders_on_exit=configured) as stage:
        trade = await resting_exit(stage)
        stage.bot.stop()
        await stage.cycle()
        assert len(trade.open_orders) == open_orders
