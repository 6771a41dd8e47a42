"""Why (not)? Each reason is planted once, and the bot is asked what it decided."""

import pytest

from appliance.domain.errors import InvalidOrder
from appliance.domain.order_state import OrderState
from appliance.queries.decisions import DecisionsQuery, decisions
from tests.bot.scenarios.recovery.test_lost_answers import Unreliable
from tests.bot.written import ALWAYS, NOW_AND_THEN, strategy
from tests.support.scripted import scene

KEEN = strategy(entry=ALWAYS)
ONE = {"max_open_trades": 1}


def told(stage, pair: str = "ETH/USDT") -> list[str]:
    """Return the sentences of the newest candle of a pair."""
    (shown,) = decisions(stage.bot, DecisionsQuery(pair=pair)).pairs
    return [step.text for step in shown.candles[0].steps] if shown.candles else [shown.text]


def kinds(stage, pair: str = "ETH/USDT") -> list[str]:
    (shown,) = decisions(stage.bot, DecisionsQuery(pair=pair)).pairs
    return [step.kind.value for candle in reversed(shown.candles) for step in candle.steps]


async def next_candle(stage, **prices) -> None:
    stage.market.wait(minutes=5)
    await stage.cycle(**prices)


# -- signals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("pass", "no entry: no entry signal"),
        ('dataframe["exit_long"] = 1', "no entry: no entry signal, only exit_long"),
        (
            'dataframe["enter_long"] = dataframe["exit_long"] = 1',
            "no entry: the signals contradict each other (enter_long, exit_long)",
        ),
        ('dataframe["enter_short"] = 1', "no entry: enter_short is set, but the bot does not trade short"),
    ],
)
async def test_without_a_usable_signal(tmp_path, entry, says):
    async with scene(tmp_path, code=strategy(entry=entry)) as stage:
        await stage.cycle()
        assert told(stage) == [says]


async def test_the_signal_has_its_tag_and_the_values_of_the_indicators(tmp_path):
    entry = """
        dataframe["rsi"], dataframe["text"], dataframe["none"] = 31.5, "words", float("nan")
        dataframe["enter_long"], dataframe["enter_tag"] = 1, "deep"
    """
    async with scene(tmp_path, code=strategy(entry=entry)) as stage:
        await stage.cycle(ETH=123.0)
        (shown,) = decisions(stage.bot, DecisionsQuery(pair="ETH/USDT")).pairs
        (candle,) = shown.candles
        assert (candle.candle.hour, candle.candle.minute) == (11, 55), "the last closed candle"
        assert candle.indicators == {"close": 123.0, "rsi": 31.5, "none": None}
        assert (candle.signal.columns, candle.signal.enter_tag) == (["enter_long"], "deep")
        assert candle.steps[0].text == "signal to enter long (deep)"


async def test_a_signal_that_has_expired(tmp_path):
    async with scene(
        tmp_path, code=strategy("ignore_buying_expired_candle_after = 20", entry=ALWAYS)
    ) as stage:
        await stage.cycle()
        assert told(stage)[-1] == (
            "no entry: the candle of the signal closed more than 20 s ago "
            "(ignore_buying_expired_candle_after)"
        )


async def test_candles_that_do_not_come(tmp_path):
    async with scene(tmp_path, code=strategy(entry=NOW_AND_THEN), **ONE) as stage:
        type(stage.bot.strategy).wants = 0
        await stage.cycle()
        stage.bot._cycle.analyst.candles.refresh = nothing_new
        stage.market.wait(minutes=20)
        await stage.cycle()
        assert told(stage) == [
            "no entry: the newest candle is that of 11:55; the exchange has delivered no newer one"
        ]


async def nothing_new(wanted):
    class Result:
        updated: tuple = ()

    return Result()


async def test_a_pair_without_any_candle(tmp_path):
    async with scene(tmp_path, code=KEEN) as stage:
        del stage.market.prices["SOL/USDT"]
        await stage.cycle()
        assert told(stage, "SOL/USDT") == ["not analysed: the exchange has delivered no candles"]
        assert "order_filled" in kinds(stage)


async def test_a_strategy_that_fails_for_one_pair(tmp_path):
    entry = """
        if metadata["pair"] == "SOL/USDT":
            dataframe["nothing_of_the_kind"]
        dataframe["enter_long"] = 1
    """
    async with scene(tmp_path, code=strategy(entry=entry)) as stage:
        await stage.cycle()
        (text,) = told(stage, "SOL/USDT")
        assert text.startswith("not analysed: ")
        assert "quiet.py" in text
        assert "order_filled" in kinds(stage)


# -- the bot, slots, locks -----------------------------------------------------------------------------


async def test_a_bot_that_is_paused_or_stopped(tmp_path):
    async with scene(tmp_path, code=KEEN) as stage:
        stage.bot.pause()
        await stage.cycle()
        assert told(stage)[-1] == "no entry: the bot is paused"
        stage.bot.stop()
        await stage.cycle()
        assert told(stage)[-1] == "nothing is decided: the bot is stopped"
        everywhere = [step.kind.value for step in decisions(stage.bot, DecisionsQuery()).everywhere]
        assert everywhere == ["stopped", "paused"]


async def test_a_notice_that_bars_entries(tmp_path):
    async with scene(tmp_path, code=KEEN) as stage:
        stage.bot.put_notice("test", "Degraded start: no new entries", bars_entries=True)
        await stage.cycle()
        assert told(stage)[-1] == "no entry: Degraded start: no new entries"


async def test_an_exchange_that_is_silent(tmp_path):
    async with scene(tmp_path, code=KEEN, on_disconnect="stop_entries", on_disconnect_after=60) as stage:
        stage.bot._cycle.contact.lost = True
        stage.market.silent_for = 90.0
        await stage.cycle()
        assert told(stage)[-1] == "no entry: the exchange has not answered for 90 s"


async def test_a_cycle_that_fails(tmp_path):
    async with scene(tmp_path, code=KEEN, **ONE) as stage:
        await stage.cycle()
        stage.market.down = True
        await next_candle(stage)
        failed = decisions(stage.bot, DecisionsQuery()).everywhere[0]
        assert failed.text.startswith("no entry: the cycle failed: ")
        assert "the connection was refused" in failed.text


async def test_a_lock_by_a_protection(tmp_path):
    protect = """
        @property
        def protections(self):
            return [{"method": "StoplossGuard", "trade_limit": 1, "stop_duration": 60, "only_per_pair": True}]
    """
    code = strategy(entry=ALWAYS, methods=protect)
    async with scene(tmp_path, code=code, max_open_trades=3) as stage:
        await stage.cycle()
        await stage.cycle(ETH=80.0)
        until, why = "13:05", "1 stop losses within 60 minutes, locked for 60 minutes"
        assert f"StoplossGuard locks it until {until}: {why}" in told(stage)
        for _ in range(2):
            await next_candle(stage)
        (shown,) = decisions(stage.bot, DecisionsQuery(pair="ETH/USDT")).pairs
        step = shown.candles[0].steps[-1]
        assert step.text == f"no entry: locked until {until} by StoplossGuard: {why}"
        assert step.facts["protection"] == "StoplossGuard"
        assert shown.text == step.text


async def test_no_slot_is_free_and_a_pair_that_has_its_trade(tmp_path):
    async with scene(tmp_path, code=KEEN, **ONE) as stage:
        await stage.cycle()
        for _ in range(3):
            await stage.cycle()
        assert told(stage, "SOL/USDT")[-1] == "no entry: no free slot, 1 of 1 trades are open"
        assert "no entry: trade 1 is open" in told(stage)
        (shown,) = decisions(stage.bot, DecisionsQuery(pair="SOL/USDT")).pairs
        assert shown.candles[0].steps[-1].times == 4, "a step that repeats is one step"


# -- planning an entry ---------------------------------------------------------------------------------


async def test_what_the_callbacks_answer_is_part_of_the_plan(tmp_path):
    answers = """
        def custom_entry_price(self, pair, proposed_rate, **kwargs):
            return proposed_rate * 0.99

        def custom_stake_amount(self, proposed_stake, **kwargs):
            return 60.0

        def confirm_trade_entry(self, pair, **kwargs):
            return pair != "ETH/USDT"
    """
    async with scene(tmp_path, code=strategy(entry=ALWAYS, methods=answers)) as stage:
        await stage.cycle()
        assert told(stage)[-2:] == [
            "entry planned: limit long of 0.606 at 99 (custom_entry_price; proposed 100)"
            ", stake 60 of 1000 available (custom_stake_amount; proposed 100)",
            "no entry: confirm_trade_entry said no (long, 0.606 at 99)",
        ]
        assert "order placed: limit buy of 0.606 at 99" in told(stage, "BTC/USDT")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"stake_amount": 2.0},
            "no entry: the stake of 0 is too small to buy anything (wanted 2, at least 5.",
        ),
        ({"dry_run_wallet": 50}, "no entry: only 50 available, less than the stake of 100"),
    ],
)
async def test_a_stake_that_cannot_be(tmp_path, changes, says):
    async with scene(tmp_path, code=KEEN, **changes) as stage:
        await stage.cycle()
        assert told(stage)[-1].startswith(says)


async def test_an_order_book_that_is_too_thin(tmp_path):
    depth = {"entry_pricing.check_depth_of_market.enabled": True}
    depth["entry_pricing.check_depth_of_market.bids_to_ask_delta"] = 1.5
    async with scene(tmp_path, code=KEEN, **depth) as stage:
        await stage.cycle()
        assert told(stage)[-1] == (
            "no entry: bids are 1 of asks in the order book, less than 1.5 (check_depth_of_market)"
        )


# -- orders --------------------------------------------------------------------------------------------


async def test_an_order_that_the_exchange_refuses(tmp_path):
    async with scene(tmp_path, gateway=Refusing, code=KEEN, **ONE) as stage:
        await stage.cycle()
        steps = told(stage)
        assert steps[-1] == "no entry: the exchange refused the order: Filter failure: NOTIONAL"
        assert steps[-2].startswith("order refused by the exchange: limit buy of 1 at 100")


class Refusing(Unreliable):
    """An exchange that takes no order."""

    async def create_order(self, request):
        raise InvalidOrder("Filter failure: NOTIONAL")


async def test_an_order_whose_answer_is_lost(tmp_path):
    async with scene(tmp_path, gateway=Unreliable, code=KEEN, **ONE) as stage:
        stage.gateway.fails = "after"
        await stage.cycle()
        assert stage.bot.unknown_orders[0].state is OrderState.UNKNOWN
        planned, lost, entry = told(stage)[1:4]
        assert planned.startswith("entry planned: ")
        assert lost.startswith("answer lost, the order is being looked for: limit buy of 1 at 100")
        assert entry.startswith("no entry: it is not known whether the order of ETH/USDT reached")


async def test_an_order_that_times_out(tmp_path):
    waits = """
        def custom_entry_price(self, proposed_rate, **kwargs):
            return proposed_rate * 0.99
    """
    code = strategy(entry=ALWAYS, methods=waits)
    async with scene(tmp_path, code=code, **{"unfilledtimeout.entry": 2}, **ONE) as stage:
        await stage.cycle()
        stage.market.wait(minutes=3)
        await stage.cycle()
        assert "order cancelled: limit buy of 1.0101 at 99: not filled in time" in told(stage)


# -- open trades ---------------------------------------------------------------------------------------


async def test_a_trade_that_stays_says_what_was_checked(tmp_path):
    code = strategy("exit_profit_only = True", leave='dataframe["exit_long"] = 1')
    async with scene(tmp_path, code=code, minimal_roi={"0": 0.04}) as stage:
        await stage.enter()
        await stage.cycle(ETH=99.0)
        assert told(stage)[-1] == (
            "trade 1 stays open: profit -1.20 % at 99, stop at 90 not reached, ROI asks 4.00 %, "
            "its exit signal is ignored until the profit passes 0.00% (exit_profit_only)"
        )


async def test_a_stop_that_moves_and_is_hit(tmp_path):
    async with scene(tmp_path, code=strategy("trailing_stop = True")) as stage:
        await stage.enter()
        await stage.cycle(ETH=110.0)
        assert "stop of trade 1 moved from 90 to 99 (trailing)" in told(stage)
        await stage.cycle(ETH=98.0)
        wanted, placed, filled, closed = told(stage)[-4:]
        assert wanted == "exit of trade 1 wanted: trailing_stop_loss at 98, profit -2.20 %"
        assert placed.startswith("order placed: market sell of 1 at 98 (trailing_stop_loss)")
        assert filled.startswith("order filled: market sell of 1 at 98 (trailing_stop_loss)")
        assert closed == "trade 1 closed by trailing_stop_loss: -2.20 %, -2.20 USDT"


async def test_a_custom_exit_that_is_not_confirmed(tmp_path):
    exits = """
        def custom_exit(self, pair, trade, **kwargs):
            return "had enough"

        def confirm_trade_exit(self, **kwargs):
            return False
    """
    async with scene(tmp_path, code=strategy(methods=exits)) as stage:
        await stage.enter()
        await stage.cycle()
        assert told(stage)[-2:] == [
            "exit of trade 1 wanted: custom_exit (had enough) at 100, profit -0.20 %",
            "no exit: confirm_trade_exit said no to had enough",
        ]


async def test_an_exit_that_waits_for_its_order(tmp_path):
    exits = """
        def custom_exit(self, **kwargs):
            return "had enough"

        def custom_exit_price(self, proposed_rate, **kwargs):
            return proposed_rate * 1.01
    """
    async with scene(tmp_path, code=strategy(methods=exits)) as stage:
        await stage.enter()
        for _ in range(2):
            await stage.cycle()
        assert told(stage)[-1] == "no other exit: the order for had enough is still open"


async def test_an_adjustment_that_is_not_allowed(tmp_path):
    more = """
        def adjust_trade_position(self, trade, **kwargs):
            return 50.0, "more"
    """
    switches = "position_adjustment_enable = True", "max_entry_position_adjustment = 0"
    async with scene(tmp_path, code=strategy(*switches, methods=more)) as stage:
        await stage.enter()
        await stage.cycle()
        assert told(stage)[-2:] == [
            "adjust_trade_position asks for a stake of +50 (more)",
            "not adjusted: max_entry_position_adjustment is 0",
        ]


# -- pair lists ----------------------------------------------------------------------------------------


async def test_the_list_that_leaves_out_a_pair_and_takes_it_back(tmp_path):
    filters = [{"method": "StaticPairList"}, {"method": "PriceFilter", "max_price": 500}]
    async with scene(tmp_path, pairlists=filters) as stage:
        await stage.cycle(ETH=900.0)
        stage.bot._cycle.pairs.chain._tickers._values.clear()
        await stage.cycle()
        (shown,) = decisions(stage.bot, DecisionsQuery(pair="ETH/USDT")).pairs
        assert not shown.is_listed
        assert shown.left_out == shown.text
        assert shown.text.startswith("not traded: PriceFilter leaves it out: ")
        assert "500" in shown.text
        stage.bot._cycle.pairs.chain._tickers._values.clear()
        await stage.cycle(ETH=100.0)
        assert kinds(stage)[-2:] == ["left_out", "listed"]


async def test_pairs_that_no_list_has_chosen(tmp_path):
    blacklisted = {"exchange.pair_whitelist": ["BTC/USDT", "SOL/USDT", "BRD/USDT"]}
    blacklisted["exchange.pair_blacklist"] = ["SOL/USDT"]
    async with scene(tmp_path, **blacklisted) as stage:
        await stage.cycle()
        shown = {pair.pair: pair.left_out for pair in decisions(stage.bot, DecisionsQuery()).pairs}
        assert shown == {
            "BTC/USDT": None,
            "SOL/USDT": "not traded: the blacklist leaves it out: it is blacklisted",
            "BRD/USDT": "not traded: StaticPairList leaves it out: the exchange does not have it",
        }
        (eth,) = decisions(stage.bot, DecisionsQuery(pair="ETH/USDT")).pairs
        assert eth.text.startswith("not traded: StaticPairList leaves it out")
