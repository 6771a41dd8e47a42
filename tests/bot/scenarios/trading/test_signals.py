"""When signals count, and what they overrule."""

import pytest

from appliance.domain.errors import Refused
from appliance.rules.trade_requests import ExitRequest
from tests.bot.written import ALWAYS, NOW_AND_THEN, strategy
from tests.support.scripted import scene

LEAVE = 'dataframe["exit_long"], dataframe["exit_tag"] = int(getattr(type(self), "leaves", 0)), "tired"'


def wants(stage, **signals: int) -> None:
    for name, signal in signals.items():
        setattr(type(stage.bot.strategy), name, signal)


async def next_candle(stage, **prices) -> None:
    stage.market.wait(minutes=5)
    await stage.cycle(**prices)


# -- entries -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "enters"), [(20, False), (60, True), (0, True)])
async def test_an_entry_signal_expires(tmp_path, after, enters):
    """The candle closed 35 seconds before the first cycle."""
    code = strategy(f"ignore_buying_expired_candle_after = {after}", entry=ALWAYS)
    async with scene(tmp_path, code=code) as stage:
        await stage.cycle()
        assert bool(stage.bot.book.open) is enters


async def test_an_exit_signal_in_the_same_candle_keeps_from_entering(tmp_path):
    async with scene(tmp_path, code=strategy(entry=ALWAYS, leave='dataframe["exit_long"] = 1')) as stage:
        await stage.cycle()
        assert stage.bot.book.open == {}


async def test_a_pair_that_was_left_waits_for_the_signal_of_the_next_candle(tmp_path):
    async with scene(tmp_path, code=strategy(entry=ALWAYS), max_open_trades=1) as stage:
        await stage.cycle()
        await stage.cycle(ETH=80.0)
        assert [trade.pair for trade in stage.bot.book.open.values()] == ["BTC/USDT"]
        stage.market.down = True  # the candle is over, and the next one not yet to be had
        stage.market.wait(minutes=5)
        stage.bot.book.forget(2)
        await stage.bot._cycle.entries.enter_on_signals(["ETH/USDT"])
        assert stage.bot.book.open == {}
        stage.market.down = False
        await stage.cycle()
        assert [trade.pair for trade in stage.bot.book.open.values()] == ["ETH/USDT"]


@pytest.mark.parametrize(("only_new", "analysed"), [(True, 1), (False, 3)])
async def test_a_candle_is_analysed_once_or_in_every_cycle(tmp_path, only_new, analysed):
    count = 'type(self).seen = getattr(type(self), "seen", 0) + (metadata["pair"] == "ETH/USDT")'
    code = strategy(f"process_only_new_candles = {only_new}", entry=count)
    async with scene(tmp_path, code=code) as stage:
        for _ in range(3):
            await stage.cycle()
        assert stage.bot.strategy.seen == analysed
        await next_candle(stage)
        assert stage.bot.strategy.seen == analysed + 1


# -- exits ---------------------------------------------------------------------------------------------


async def test_an_exit_signal_leaves_with_its_tag(tmp_path):
    async with scene(tmp_path, code=strategy(leave=LEAVE)) as stage:
        await stage.enter()
        wants(stage, leaves=1)
        await next_candle(stage)
        assert stage.bot.book.closed[0].exit_reason == "tired"


async def test_exit_signals_can_be_switched_off(tmp_path):
    async with scene(tmp_path, code=strategy(leave=LEAVE), use_exit_signal=False) as stage:
        await stage.enter()
        wants(stage, leaves=1)
        await next_candle(stage)
        assert len(stage.bot.book.open) == 1


async def test_an_exit_signal_can_be_made_to_wait_for_profit(tmp_path):
    profit_only = {"exit_profit_only": True, "exit_profit_offset": 0.02}
    async with scene(tmp_path, code=strategy(leave=LEAVE), **profit_only) as stage:
        await stage.enter()
        wants(stage, leaves=1)
        await next_candle(stage, ETH=102.0)
        assert len(stage.bot.book.open) == 1, "1.8 % after fees"
        await stage.cycle(ETH=102.3)
        assert stage.bot.book.closed[0].exit_reason == "tired"


@pytest.mark.parametrize(("ignores", "left"), [(True, []), (False, ["roi"])])
async def test_the_roi_can_be_made_to_wait_during_an_entry_signal(tmp_path, ignores, left):
    code = strategy(f"ignore_roi_if_entry_signal = {ignores}", entry=NOW_AND_THEN)
    one = {"minimal_roi": {"0": 0.02}, "max_open_trades": 1}
    async with scene(tmp_path, code=code, **one) as stage:
        await stage.cycle()
        await stage.cycle(ETH=105.0)
        assert [trade.exit_reason for trade in stage.bot.book.closed] == left
        wants(stage, wants=0)
        await next_candle(stage)
        assert [trade.exit_reason for trade in stage.bot.book.closed] == ["roi"]


async def test_an_unconfirmed_exit_is_tried_again(tmp_path):
    code = strategy(
        methods="""
        def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
            return "x" * 300

        def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force, exit_reason,
                               current_time, sell_reason, **kwargs):
            same = sell_reason == exit_reason
            type(self).asked = (order_type, amount, rate, time_in_force, len(exit_reason), same)
            return getattr(self, "agrees", False)
        """
    )
    async with scene(tmp_path, code=code) as stage:
        await stage.enter()
        await stage.cycle()
        assert len(stage.bot.book.open) == 1
        assert stage.bot.strategy.asked == ("limit", 1.0, 100.0, "GTC", 255, True)
        wants(stage, agrees=True)
        await stage.cycle()
        assert stage.bot.book.closed[0].exit_reason == "x" * 255


async def test_a_forced_exit_needs_the_strategys_consent_too_and_says_so(tmp_path):
    code = strategy(
        methods="""
        def confirm_trade_exit(self, pair, exit_reason, **kwargs):
            return not (exit_reason == "force_exit" and pair == "ETH/USDT")
        """
    )
    async with scene(tmp_path, code=code) as stage:
        await stage.enter("ETH/USDT")
        await stage.enter("BTC/USDT")
        with pytest.raises(Refused, match="did not confirm the exit of ETH/USDT"):
            await stage.bot.force_exit(ExitRequest(trade_id="all"))
        assert [trade.pair for trade in stage.bot.book.open.values()] == ["ETH/USDT"]


async def test_an_entry_without_a_tag_has_an_empty_one_that_strategies_may_search(tmp_path):
    """Strategies write `"dip" in entry_tag`; of long ones freqtrade keeps 255 characters in the trade."""
    code = strategy(
        "asked = []",
        entry=ALWAYS + '\nif metadata["pair"] == "BTC/USDT":\n    dataframe["enter_tag"] = "x" * 300',
        methods="""
        def confirm_trade_entry(self, pair, entry_tag, **kwargs):
            self.asked.append((pair, len(entry_tag)))
            return "dip" not in entry_tag
        """,
    )
    async with scene(tmp_path, code=code) as stage:
        await stage.cycle()
        assert sorted(stage.bot.strategy.asked) == [("BTC/USDT", 300), ("ETH/USDT", 0)]
        tags = {
            trade.pair: (trade.enter_tag, trade.orders[0].ft_order_tag)
            for trade in stage.bot.book.open.values()
        }
        assert tags == {"ETH/USDT": ("", ""), "BTC/USDT": ("x" * 255, "x" * 300)}
