"""What a strategy asks from inside its callbacks, answered while the bot runs."""

import asyncio
import tracemalloc
from datetime import timedelta

from appliance.rules.trade_requests import ExitRequest
from tests.support.scripted import QUIET, scene

CURIOUS = (
    QUIET.replace("Quiet", "Curious").replace(
        "from freqtrade.strategy import IStrategy",
        "from freqtrade.persistence import Trade\nfrom freqtrade.strategy import IStrategy",
    )
    + """
    def bot_loop_start(self, current_time, **kwargs):
        self.seen = {
            "open": [trade.pair for trade in Trade.get_trades_proxy(is_open=True)],
            "closed": [trade.close_profit for trade in Trade.get_trades_proxy(is_open=False)],
            "of_pair": len(Trade.get_trades_proxy(pair="ETH/USDT")),
            "count": Trade.get_open_trade_count(),
            "profit": Trade.get_total_closed_profit(),
            "ticker": self.dp.ticker("ETH/USDT")["last"],
            "book": self.dp.orderbook("ETH/USDT", 1)["bids"],
            "market": self.dp.market("ETH/USDT")["limits"]["cost"]["min"],
            "whitelist": self.dp.current_whitelist(),
            "runmode": self.dp.runmode.value,
            "frame": len(self.dp.get_pair_dataframe("ETH/USDT", "5m")),
            "free": self.wallets.get_free("USDT"),
            "stake": self.wallets.get_total_stake_amount(),
        }
        self.dp.send_msg("hello")
        self.dp.send_msg("hello")

    def confirm_trade_entry(self, pair, **kwargs):
        self.lock_pair(pair, until=kwargs["current_time"] + self.an_hour, reason="one at a time")
        return True

    def order_filled(self, pair, trade, order, current_time, **kwargs):
        trade.set_custom_data("fills", trade.get_custom_data("fills", 0) + 1)
        trade.stop_loss = 1e9
"""
)
CURIOUS = CURIOUS.replace(
    'timeframe = "5m"',
    'timeframe = "5m"\n    from datetime import timedelta\n    an_hour = timedelta(hours=1)',
)


async def test_questions_are_answered_from_inside_callbacks(tmp_path):
    async with scene(tmp_path, strategy="Curious", code=CURIOUS) as stage:
        await stage.enter("BTC/USDT")
        await stage.bot.force_exit(ExitRequest(trade_id="1"))
        await stage.enter("ETH/USDT")
        await stage.cycle(ETH=101.0)
        seen = stage.bot.strategy.seen
        (closed,) = stage.bot.book.closed
        assert seen["open"] == ["ETH/USDT"]
        assert seen["closed"] == [closed.close_profit]
        assert (seen["of_pair"], seen["count"]) == (1, 1)
        assert seen["profit"] == closed.realized_profit
        assert seen["ticker"] == 101.0
        assert seen["book"][0][0] == 101.0
        assert seen["market"] == 5.0
        assert seen["whitelist"] == ["ETH/USDT", "BTC/USDT", "SOL/USDT"]
        assert seen["runmode"] == "dry_run"
        assert seen["frame"] == 99
        assert seen["free"] == stage.bot.wallets.get_free("USDT")
        assert [message["msg"] for message in stage.told("strategy_msg")] == ["hello"]


async def test_a_strategy_repeats_itself_when_it_says_so_and_nothing_of_that_is_kept(tmp_path):
    async with scene(tmp_path) as stage:
        data = stage.bot.strategy.dp
        stage.bot.events.begin()  # as at the start of trading
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        for number in range(3000):
            data.send_msg(f"{number} " + "x" * 1000, always_send=True)
        data.send_msg("once")
        data.send_msg("always", always_send=True)
        data.send_msg("once")
        data.send_msg("always", always_send=True)
        await asyncio.sleep(0)
        assert [one["msg"] for one in stage.told("strategy_msg")[3000:]] == ["once", "always", "always"]
        stage.messages.clear()
        assert tracemalloc.get_traced_memory()[0] - before < 1_000_000
        tracemalloc.stop()


async def test_locks_of_a_strategy_are_recorded_and_hold(tmp_path):
    async with scene(tmp_path, strategy="Curious", code=CURIOUS) as stage:
        await stage.enter("ETH/USDT")
        now = stage.market.now
        lock = stage.bot.locks.holding("ETH/USDT", "long", now)
        assert lock is not None
        assert lock.reason == "one at a time"
        assert lock.lock_end_time >= now + timedelta(hours=1)
        assert [kept.reason for kept in await stage.bot._shared.books.store.locks(now)] == ["one at a time"]


async def test_a_callback_changes_custom_data_and_nothing_else(tmp_path):
    async with scene(tmp_path, strategy="Curious", code=CURIOUS) as stage:
        trade = await stage.enter("ETH/USDT")
        assert trade.get_custom_data("fills") == 1
        assert trade.stop_loss == 90.0
        kept = await stage.bot._shared.books.store.trade(trade.id)
        assert kept.get_custom_data("fills") == 1


FAILING = (
    QUIET.replace("Quiet", "Failing")
    + """
    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return 1 / 0

    def confirm_trade_entry(self, **kwargs):
        raise KeyError("nothing")
"""
)


async def test_a_callback_that_fails_is_reported_once_and_trading_continues(tmp_path, caplog):
    async with scene(tmp_path, strategy="Failing", code=FAILING) as stage:
        await stage.enter("ETH/USDT")
        for price in (101.0, 102.0, 80.0):
            await stage.cycle(ETH=price)
        assert stage.bot.book.closed[0].exit_reason == "stop_loss"
        told = [line for line in caplog.messages if "custom_exit" in line]
        assert len(told) == 1
        assert "failing.py:" in told[0]
        assert "ZeroDivisionError" in told[0]
        assert "ETH/USDT" in told[0]


BROKEN_FOR_ONE = QUIET.replace("Quiet", "Picky").replace(
    "    def populate_indicators(self, dataframe, metadata):\n",
    """    def populate_indicators(self, dataframe, metadata):
        if metadata["pair"] == "ETH/USDT":
            raise ValueError("not this one")
""",
)


async def test_a_pair_whose_analysis_fails_does_not_affect_the_others(tmp_path, caplog):
    async with scene(tmp_path, strategy="Picky", code=BROKEN_FOR_ONE) as stage:
        await stage.cycle()
        assert {pair for pair, _ in stage.bot.frames} == {"BTC/USDT", "SOL/USDT"}
        assert stage.bot.last_cycle_at == stage.market.now
        assert any("not this one" in line and "ETH/USDT" in line for line in caplog.messages)


async def test_an_open_trade_stays_on_the_whitelist_that_strategies_see(tmp_path):
    """They ask for informative candles by it: an open trade must not lose its signals."""
    async with scene(tmp_path, strategy="Curious", code=CURIOUS) as stage:
        await stage.enter("ETH/USDT")
        stage.bot.pairs.blacklist.patterns.append("ETH/USDT")
        await stage.cycle()
        assert stage.bot.whitelist == ["BTC/USDT", "SOL/USDT"]
        assert stage.bot.strategy.dp.current_whitelist() == ["BTC/USDT", "SOL/USDT", "ETH/USDT"]
