"""Every callback is asked with every argument that its signature names."""

import inspect

import pytest

from appliance.strategy.callbacks import Callbacks
from tests.bot.written import ALWAYS, strategy
from tests.support.scripted import scene

ANSWERS = {
    "custom_entry_price": "kwargs['proposed_rate']",
    "custom_exit_price": "kwargs['proposed_rate'] * 1.01",
    "custom_stake_amount": "kwargs['proposed_stake']",
    "confirm_trade_entry": "True",
    "confirm_trade_exit": "True",
    "custom_roi": "None",
    "custom_exit": "'out' if kwargs['current_rate'] > 103 else None",
    "check_entry_timeout": "False",
    "check_exit_timeout": "False",
    "adjust_order_price": "kwargs['current_order_rate']",
    "adjust_trade_position": "None",
    "order_filled": "None",
    "bot_loop_start": "None",
    "bot_start": "None",
}
"""Each callback of the bot in spot markets, save `custom_stoploss`; and an answer to it."""

NOSY = strategy(
    "use_custom_stoploss = True",
    "use_custom_roi = True",
    "position_adjustment_enable = True",
    "asked = {}",
    methods="".join(
        f"""
def {name}(self, **kwargs):
    self.asked.setdefault("{name}", []).append(kwargs)
    return {answer}
"""
        for name, answer in ANSWERS.items()
    )
    + """
def custom_stoploss(self, after_fill, **kwargs):
    self.asked.setdefault("custom_stoploss", []).append(kwargs | {"after_fill": after_fill})
""",
)


def named(callback: str) -> set[str]:
    parameters = inspect.signature(getattr(Callbacks, callback)).parameters.values()
    return {p.name for p in parameters if p.kind is not p.VAR_KEYWORD} - {"self"}


async def a_whole_life(stage) -> dict:
    """Enter with an order that rests, leave with one that rests; return what the strategy was asked."""
    trade = await stage.enter(price=99.0)
    stage.market.wait(minutes=5)
    await stage.cycle()
    await stage.cycle(ETH=98.0)
    await stage.cycle(ETH=104.0)
    assert trade.open_orders[0].price == 105.04
    stage.market.wait(minutes=5)
    await stage.cycle()
    await stage.cycle(ETH=80.0)
    assert not trade.is_open
    return stage.bot.strategy.asked


@pytest.mark.parametrize("callback", [*ANSWERS, "custom_stoploss"])
async def test_it_is_asked_with_all_that_it_names(tmp_path, callback):
    async with scene(
        tmp_path, code=NOSY, **{"unfilledtimeout.entry": 60, "unfilledtimeout.exit": 60}
    ) as stage:
        asked = await a_whole_life(stage)
        assert callback in asked
        for arguments in asked[callback]:
            assert named(callback) <= set(arguments)


async def test_its_report_is_the_actual_state(tmp_path):
    async with scene(
        tmp_path, code=NOSY, **{"unfilledtimeout.entry": 60, "unfilledtimeout.exit": 60}
    ) as stage:
        asked = await a_whole_life(stage)
        entry = asked["confirm_trade_entry"][0]
        assert (entry["pair"], entry["side"], entry["entry_tag"]) == ("ETH/USDT", "long", "force_entry")
        assert (entry["order_type"], entry["rate"], entry["time_in_force"]) == ("limit", 99.0, "GTC")
        assert entry["amount"] == pytest.approx(100 / 99, abs=1e-9), "what is asked for, before the lot step"
        stake = asked["custom_stake_amount"][0]
        assert (stake["proposed_stake"], stake["max_stake"], stake["leverage"]) == (100.0, 1000.0, 1.0)
        filled = [arguments["order"].ft_order_side for arguments in asked["order_filled"]]
        assert filled == ["buy", "sell"]
        assert [each["after_fill"] for each in asked["custom_stoploss"]].count(True) == 1
        assert asked["custom_stoploss"][0]["after_fill"] is True
        growing = asked["adjust_trade_position"][-1]
        assert growing["current_entry_rate"] == growing["current_exit_rate"] == growing["current_rate"]
        leaving = asked["confirm_trade_exit"][-1]
        assert leaving["exit_reason"] == leaving["sell_reason"] == "stop_loss"
        assert leaving["trade"].close_profit is None


async def test_an_error_in_any_of_them_is_survived(tmp_path):
    """Each fails with its strategy's file and line, pair and name told; the safe answer stands."""
    broken = strategy(
        "use_custom_stoploss = True",
        "use_custom_roi = True",
        "position_adjustment_enable = True",
        methods="".join(
            f"\ndef {name}(self, **kwargs):\n    raise ValueError('{name} is broken')\n"
            for name in {*ANSWERS, "custom_stoploss"} - {"bot_start"}
        ),
    )
    async with scene(tmp_path, code=broken, minimal_roi={"0": 0.05}) as stage:
        trade = await stage.enter()
        await stage.cycle(ETH=101.0)
        assert (trade.is_open, trade.stop_loss) == (True, 90.0)
        await stage.cycle(ETH=110.0)
        assert stage.bot.book.closed[0].exit_reason == "roi"
        told = "\n".join(message["status"] for message in stage.told("warning"))
        for name in ("custom_entry_price", "custom_stake_amount", "confirm_trade_entry", "custom_stoploss"):
            assert f"Quiet.{name} for ETH/USDT failed at" in told
            assert "quiet.py:" in told


async def test_the_order_of_questions_about_a_trade_is_that_of_freqtrade(tmp_path):
    """Stop, ROI, own exit; ROI is not asked for while an entry signal keeps it from counting."""
    methods = "asked = []\n" + "".join(
        f"def {name}(self, trade, **kwargs):\n    self.asked.append(('{name}', trade.max_rate))\n"
        for name in ("order_filled", "custom_stoploss", "custom_roi", "custom_exit")
    )
    code = strategy("use_custom_stoploss = True", "use_custom_roi = True", methods=methods)
    async with scene(tmp_path, code=code) as stage:
        await stage.enter()
        await stage.cycle(ETH=101.0)
        asked = [("order_filled", 0.0)]
        asked += [(name, 101.0) for name in ("custom_stoploss", "custom_roi", "custom_exit")]
        assert type(stage.bot.strategy).asked == asked


async def test_roi_is_not_asked_while_an_entry_signal_blocks_it(tmp_path):
    methods = "asked = []\ndef custom_roi(self, **kwargs):\n    self.asked.append(1)\n"
    attributes = ("use_custom_roi = True", "ignore_roi_if_entry_signal = True")
    async with scene(tmp_path, code=strategy(*attributes, methods=methods, entry=ALWAYS)) as stage:
        await stage.cycle()
        await stage.cycle()
        assert len(stage.bot.book.open) == 2
        assert type(stage.bot.strategy).asked == []


@pytest.mark.parametrize(
    "code",
    [
        """
def min_roi_reached(self, trade, current_profit, current_time):
    minutes = int((current_time - trade.open_date_utc).total_seconds() // 60)
    return current_profit > self.min_roi_reached_entry(minutes)[1] / 2
""",
        """
def min_roi_reached_entry(self, trade, trade_dur, current_time):
    return trade_dur, super().min_roi_reached_entry(trade, trade_dur, current_time)[1] / 2
""",
    ],
)
async def test_a_strategy_may_judge_by_itself_whether_profit_is_enough(tmp_path, code):
    async with scene(tmp_path, code=strategy(methods=code), minimal_roi={"0": 0.05}) as stage:
        trade = await stage.enter()
        await stage.cycle(ETH=102.0)
        assert trade.is_open
        await stage.cycle(ETH=103.0)
        assert stage.bot.book.closed[0].exit_reason == "roi"


async def test_where_that_judgement_fails_the_table_counts(tmp_path):
    methods = "def min_roi_reached(self, trade, **kwargs):\n    raise ValueError('broken')\n"
    async with scene(tmp_path, code=strategy(methods=methods), minimal_roi={"0": 0.05}) as stage:
        trade = await stage.enter()
        await stage.cycle(ETH=103.0)
        assert trade.is_open
        await stage.cycle(ETH=110.0)
        assert stage.bot.book.closed[0].exit_reason == "roi"
        assert any(
            "Quiet.min_roi_reached for ETH/USDT" in message["status"] for message in stage.told("warning")
        )


async def test_a_judgement_can_rest_on_the_usual_one_and_on_custom_roi(tmp_path):
    methods = """
def custom_roi(self, **kwargs):
    return 0.02
def min_roi_reached(self, trade, current_profit, current_time):
    return super().min_roi_reached(trade, current_profit - 0.01, current_time)
"""
    code = strategy("use_custom_roi = True", methods=methods)
    async with scene(tmp_path, code=code, minimal_roi={"0": 0.05}) as stage:
        trade = await stage.enter()
        await stage.cycle(ETH=102.9)
        assert trade.is_open
        await stage.cycle(ETH=103.5)
        assert stage.bot.book.closed[0].exit_reason == "roi"


async def test_a_strategy_may_put_notes_on_its_copy_of_a_trade_which_end_with_the_call(tmp_path):
    methods = """
seen = []
def custom_exit(self, trade, **kwargs):
    self.seen.append((hasattr(trade, "note"), hasattr(trade.orders[0], "note")))
    trade.note = trade.orders[0].note = "mine"
    trade.exit_reason = "mine"
"""
    async with scene(tmp_path, code=strategy(methods=methods)) as stage:
        trade = await stage.enter()
        await stage.cycle(ETH=101.0)
        await stage.cycle(ETH=102.0)
        assert stage.bot.strategy.seen == [(False, False)] * 2
        assert trade.exit_reason is None
        assert stage.told("warning") == []


async def test_what_callbacks_of_version_2_do_to_a_trade_stays_theirs(tmp_path):
    """They are called by those of version 3, which nobody has overridden."""
    methods = "".join(
        f"""
def {name}(self, trade, **kwargs):
    self.seen.append("{name}")
    trade.stake_amount = trade.stop_loss = 1.0
    trade.enter_tag = "changed"
    trade.orders.clear()
    return {answer}
"""
        for name, answer in {
            "check_buy_timeout": "False",
            "adjust_entry_price": "kwargs['current_order_rate']",
            "custom_sell": "None",
        }.items()
    )
    code = strategy("seen = []", methods=methods)
    async with scene(tmp_path, code=code, **{"unfilledtimeout.entry": 60}) as stage:
        trade = await stage.enter(price=99.0)
        stage.market.wait(minutes=5)
        await stage.cycle()
        await stage.cycle(ETH=98.0)
        await stage.cycle(ETH=99.0)
        assert set(stage.bot.strategy.seen) == {"check_buy_timeout", "adjust_entry_price", "custom_sell"}
        assert (trade.stake_amount, trade.enter_tag) == (pytest.approx(100.0, abs=0.1), "force_entry")
        assert trade.stop_loss < 99.0
        assert trade.stop_loss != 1.0
        assert len(trade.orders) == 1
