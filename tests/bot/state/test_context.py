"""What becomes of a trade, from entry to exit, on a market whose prices the test sets."""

import math

import msgspec
import pytest

from appliance.domain.enums import State
from appliance.domain.errors import Refused
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from tests.support.scripted import QUIET, scene


async def test_a_forced_entry_is_bought_recorded_and_reported(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        assert (trade.is_open, trade.amount, trade.open_rate) == (True, 1.0, 100.0)
        assert trade.open_trade_value == pytest.approx(100.1)
        assert trade.stop_loss == 90.0
        assert [m["type"] for m in stage.messages] == ["entry", "entry_fill"]
        assert stage.bot.wallets.get_free("USDT") == pytest.approx(900.0)
        assert stage.bot.wallets.get_total("ETH") == 1.0
        (kept,) = await stage.bot._shared.books.store.open_trades()
        assert (kept.id, kept.amount, kept.orders[0].status) == (trade.id, 1.0, "closed")


async def test_the_stop_loss_ends_a_trade(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter()
        await stage.cycle(ETH=90.01)
        assert len(stage.bot.book.open) == 1
        await stage.cycle(ETH=89.9)
        assert stage.bot.book.open == {}
        (closed,) = stage.bot.book.closed
        assert closed.exit_reason == "stop_loss"
        assert closed.realized_profit == pytest.approx(89.9 * 0.999 - 100 * 1.001)


async def test_the_roi_ends_a_trade_and_locks_its_pair_until_the_next_candle(tmp_path):
    async with scene(tmp_path, minimal_roi={"0": 0.05, "10": 0.01}) as stage:
        await stage.enter()
        await stage.cycle(ETH=105.0)
        assert len(stage.bot.book.open) == 1  # 4.7 % after fees
        await stage.cycle(ETH=105.4)
        (closed,) = stage.bot.book.closed
        assert closed.exit_reason == "roi"
        (lock,) = stage.bot.locks.active(stage.market.now)
        assert (lock.pair, lock.side, lock.reason) == ("ETH/USDT", "long", "Auto lock")
        assert lock.lock_end_time.minute == 5
        (message,) = stage.told("exit_fill")
        assert message["final_profit_ratio"] == closed.close_profit
        (placed,) = stage.told("exit")  # told as things stood then, though all of it was filled at once
        assert (placed["final_profit_ratio"], placed["is_final_exit"]) == (None, False)
        assert (placed["cumulative_profit"], placed["profit_amount"]) == (0.0, closed.realized_profit)


async def test_an_entry_message_has_the_current_price_and_readable_dates(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter("ETH/USDT", price=90.0)
        (entry,) = stage.told("entry")
        assert (entry["current_rate"], entry["limit"], entry["sub_trade"]) == (100.0, 90.0, False)
        assert entry["open_date"].endswith("+00:00")


async def test_a_trailing_stop_follows_and_is_reported_as_such(tmp_path):
    async with scene(tmp_path, trailing_stop=True, stoploss=-0.05) as stage:
        trade = await stage.enter()
        await stage.cycle(ETH=110.0)
        assert trade.stop_loss == 104.5
        await stage.cycle(ETH=104.0)
        assert stage.bot.book.closed[0].exit_reason == "trailing_stop_loss"


async def test_an_entry_that_does_not_fill_is_cancelled_in_time_and_leaves_nothing(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter(price=95.0)
        assert trade.has_open_orders
        assert stage.bot.wallets.get_free("USDT") == pytest.approx(900.0)
        stage.market.wait(minutes=9)
        await stage.cycle()
        assert trade.id in stage.bot.book.open
        stage.market.wait(minutes=1)
        await stage.cycle()
        assert stage.bot.book.open == {}
        assert await stage.bot.trade(trade.id) is None
        assert stage.bot.wallets.get_free("USDT") == pytest.approx(1000.0)
        assert len(stage.told("entry_cancel")) == 1


async def test_a_resting_entry_fills_when_the_price_comes(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter(price=95.0)
        await stage.cycle(ETH=94.0)
        assert not trade.has_open_orders
        assert (trade.amount, trade.open_rate) == (1.0526, 95.0)


async def test_a_partly_filled_entry_that_times_out_keeps_what_it_has(tmp_path):
    async with scene(tmp_path, partial_fills=True) as stage:
        stage.market.depth = 0.4 / 20  # levels of the book
        trade = await stage.enter(price=100.0)
        assert trade.has_open_orders
        stage.market.prices["ETH/USDT"] = 101.0
        stage.market.wait(minutes=11)
        await stage.cycle()
        assert (trade.is_open, trade.amount, trade.stake_amount) == (True, 0.4, 40.0)
        assert not trade.has_open_orders


async def test_exits_that_time_out_too_often_end_in_an_emergency_exit(tmp_path):
    async with scene(tmp_path, **{"unfilledtimeout.exit_timeout_count": 2}) as stage:
        trade = await stage.enter()
        for _ in range(2):
            await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id), price=150.0, order_type="limit"))
            assert trade.has_open_orders
            stage.market.wait(minutes=11)
            await stage.cycle()
        assert not trade.is_open
        assert trade.exit_reason == "emergency_exit"


async def test_a_partial_exit_realises_its_part_and_keeps_the_rest(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        stage.market.prices["ETH/USDT"] = 110.0
        await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id), amount=0.4, order_type="market"))
        assert (trade.is_open, trade.amount) == (True, 0.6)
        assert trade.realized_profit == pytest.approx(0.4 * (110 * 0.999 - 100 * 1.001))
        await stage.bot.force_exit(ExitRequest(trade_id="all", order_type="market"))
        assert not trade.is_open
        assert trade.realized_profit == pytest.approx(110 * 0.999 - 100 * 1.001)


async def test_commands_that_cannot_be_followed_are_refused_with_the_reason(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        for pair, side, why in (
            ("ETH/USDT", "long", "open trade in ETH/USDT"),
            ("BTC/USDT", "short", "cannot be shorted"),
            ("NOPE/USDT", "long", "NOPE/USDT is not traded on"),
        ):
            with pytest.raises(Refused, match=why):
                await stage.bot.force_enter(EntryRequest(pair=pair, side=side))
        for trade_id, amount, why in (
            ("99", None, "no open trade with id 99"),
            ("x", None, "no open trade with id x"),
            (str(trade.id), -1.0, "must be above 0"),
            (str(trade.id), math.nan, "must be above 0"),
            (str(trade.id), 0.00001, "less than the lot step"),
            (str(trade.id), 0.96, "less than the exchange's minimum"),
        ):
            with pytest.raises(Refused, match=why):
                await stage.bot.force_exit(ExitRequest(trade_id=trade_id, amount=amount))
        await stage.enter("BTC/USDT")
        with pytest.raises(Refused, match="maximum number"):
            await stage.enter("SOL/USDT")


async def test_more_than_the_wallet_holds_is_refused(tmp_path):
    async with scene(tmp_path, stake_amount=5000) as stage:
        with pytest.raises(Refused, match="only 1000 available"):
            await stage.enter()


SIGNALS = QUIET.replace("Quiet", "Eager").replace(
    """    def populate_entry_trend(self, dataframe, metadata):
""",
    """    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = 1
        dataframe["enter_tag"] = "always"
""",
)


EAGER = {"strategy": "Eager", "code": SIGNALS}


async def test_signals_are_followed_in_the_order_of_the_whitelist_while_slots_are_free(tmp_path):
    async with scene(tmp_path, **EAGER) as stage:
        await stage.cycle()
        trades = stage.bot.book.open.values()
        assert [(t.pair, t.enter_tag) for t in trades] == [("ETH/USDT", "always"), ("BTC/USDT", "always")]


async def test_paused_there_are_no_entries_and_stops_still_work(tmp_path):
    async with scene(tmp_path, **EAGER) as stage:
        await stage.cycle()
        stage.bot.pause()
        await stage.cycle(ETH=80.0)
        assert [t.pair for t in stage.bot.book.open.values()] == ["BTC/USDT"]
        stage.market.wait(minutes=10)
        await stage.cycle()
        assert len(stage.bot.book.open) == 1
        stage.bot.start()
        await stage.cycle()
        assert len(stage.bot.book.open) == 2


async def test_stopped_nothing_is_sold(tmp_path):
    async with scene(tmp_path, **EAGER) as stage:
        await stage.cycle()
        stage.bot.stop()
        await stage.cycle(ETH=50.0)
        assert len(stage.bot.book.open) == 2
        with pytest.raises(Refused, match="not running"):
            await stage.bot.force_exit(ExitRequest(trade_id="all"))


async def test_startup_and_shutdown_are_announced(tmp_path):
    async with scene(tmp_path) as stage:
        for change in (stage.bot.pause, stage.bot.start, stage.bot.stop, stage.bot.start):
            change()
    told = [message["status"] for message in stage.messages]
    assert told[:4] == ["paused", "running", "stopped", "running"]
    assert "Quiet" in told[4]
    assert told[5:] == ["The program ends"]


async def test_an_unlimited_stake_is_shared_out_equally(tmp_path):
    async with scene(tmp_path, **EAGER, stake_amount="unlimited") as stage:
        await stage.cycle()
        assert [round(t.stake_amount) for t in stage.bot.book.open.values()] == [500, 500]


async def test_an_exchange_that_is_away_ends_nothing(tmp_path):
    async with scene(tmp_path, **EAGER) as stage:
        await stage.cycle()
        stage.market.down = True
        for _ in range(3):
            await stage.cycle()
        assert len(stage.told("warning")) == 1
        stage.market.down = False
        await stage.cycle(ETH=80.0)
        assert stage.bot.book.closed[0].exit_reason == "stop_loss"
        assert stage.bot.state is State.RUNNING


async def test_without_markets_open_trades_are_protected_and_there_are_no_entries(tmp_path):
    async with scene(tmp_path, **EAGER) as stage:
        await stage.cycle()
        stage.market.markets_down = True
        await stage.cycle(ETH=80.0)
        assert [trade.pair for trade in stage.bot.book.open.values()] == ["BTC/USDT"]
        assert len(stage.told("warning")) == 1
        stage.market.wait(minutes=5)
        await stage.cycle()
        assert len(stage.bot.book.open) == 1


async def test_markets_are_read_again_when_it_is_time(tmp_path):
    async with scene(tmp_path) as stage:
        stage.market.reloads = 0
        await stage.cycle()
        assert stage.market.reloads == 0
        stage.market.wait(minutes=60)
        await stage.cycle()
        await stage.cycle()
        assert stage.market.reloads == 1


async def test_open_trades_follow_the_steps_of_the_exchange(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter(stake=111.11)
        larger = msgspec.structs.replace(stage.market.markets["ETH/USDT"], amount_precision=0.01)
        stage.market.markets = {**stage.market.markets, "ETH/USDT": larger}
        stage.market.wait(hours=1)
        await stage.cycle()
        await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
        assert (trade.is_open, trade.orders[-1].amount) == (False, 1.11)


async def test_an_exit_that_replaces_a_partly_filled_one_sells_only_the_rest(tmp_path):
    async with scene(tmp_path, partial_fills=True) as stage:
        trade = await stage.enter()
        stage.market.depth = 0.4 / 20  # levels of the book
        await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id), price=100.0, order_type="limit"))
        (standing,) = trade.open_orders
        assert standing.filled == pytest.approx(0.4)
        stage.market.depth = 1e6
        await stage.cycle(ETH=80.0)
        assert not trade.is_open
        sold = [order.safe_filled for order in trade.orders if order.ft_order_side == "sell"]
        assert sum(sold) == pytest.approx(1.0)
        assert stage.bot.wallets.get_total("ETH") == 0.0


async def test_other_bots_receive_the_pairs_of_open_trades_too(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter("ETH/USDT")
        stage.bot.pairs.chain.context.blacklist.add(["ETH/USDT"])
        await stage.cycle()
        assert "ETH/USDT" not in stage.bot.whitelist
        assert sorted(stage.bot.followed_pairs) == ["BTC/USDT", "ETH/USDT", "SOL/USDT"]
        assert stage.told("whitelist")[-1]["data"] == stage.bot.followed_pairs


async def test_stopping_the_bot_warns_about_open_trades(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter()
        stage.bot.stop()
        assert stage.told("warning")[-1]["status"].startswith("1 open trades stay as they are")
