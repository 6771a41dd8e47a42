"""Reports of closed trades: each close is added to them, and they are what all trades summed up would be."""

import asyncio
import threading
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.closed_trades.table import ClosedTrades
from appliance.queries.cache import statistics
from appliance.queries.cache.closed_trades import SortedIds
from appliance.queries.cache.statistics import StatisticsCache
from appliance.reports.closed_statistics import RunningStatistics
from appliance.reports.mixed_tags import RunningMixTags
from appliance.reports.performance import Groups
from appliance.reports.periods import Days
from appliance.reports.stats import RunningStats
from tests.domain.closed_trades.test_table import PAIRS, changes, closed

START = 1000.0

REPORTS = {
    "profit": (RunningStatistics.of, lambda so_far: so_far.statistics(START)),
    "profit of longs": (
        lambda all_: RunningStatistics.of(all_, "long"),
        lambda so_far: so_far.statistics(START),
    ),
    "profit of shorts": (
        lambda all_: RunningStatistics.of(all_, "short"),
        lambda so_far: so_far.statistics(0.0),
    ),
    "stats": (RunningStats.of, RunningStats.stats),
    "days": (Days.of, lambda so_far: dict(so_far.made)),
    "ids": (SortedIds.of, lambda so_far: so_far.page(100, 0)),
    **{
        f"{by} of {pair}": (lambda all_, by=by, pair=pair: Groups.of(all_, by, pair), Groups.groups)
        for by in ("pair", "enter_tag", "exit_reason")
        for pair in (None, PAIRS[1])
    },
    **{
        f"mix of {pair}": (lambda all_, pair=pair: RunningMixTags.of(all_, pair), RunningMixTags.views)
        for pair in (None, PAIRS[1])
    },
}


def bot_with(trades=()):
    return SimpleNamespace(
        book=SimpleNamespace(closed=ClosedTrades(trades)),
        wallets=SimpleNamespace(get_starting_balance=lambda: START),
    )


async def told(kept, bot, name):
    return await kept.derive(bot, name, *REPORTS[name])


@settings(deadline=None)
@given(st.lists(changes, max_size=6))
def test_after_whatever_happened_every_report_is_what_all_trades_summed_up_make(rounds):
    """Closes in order and late, corrections, deletions; some reports asked for in between, others not."""

    async def walk():
        kept, bot = StatisticsCache(), bot_with()
        for number, steps in enumerate(rounds):
            for step, trade in steps:
                closed_trades = bot.book.closed
                closed_trades.put(trade) if step == "put" else closed_trades.discard(trade.id)
            for name in sorted(REPORTS)[:: number % 3 + 1]:
                assert await told(kept, bot, name) == await told(StatisticsCache(), bot, name), name
        for name, (sum_up, tell) in REPORTS.items():
            afresh = ClosedTrades(bot.book.closed).columns()
            assert await told(kept, bot, name) == tell(sum_up(afresh)), name

    asyncio.run(walk())


@pytest.fixture
def summed(monkeypatch):
    """How many trades were summed up each time, and how many were added one by one."""
    seen = SimpleNamespace(at_once=[], one_by_one=0)
    whole, add = RunningStatistics.of, RunningStatistics.add

    def of(trades, direction=None):
        seen.at_once.append(trades.size)
        return whole(trades, direction)

    def counted(so_far, trade):
        seen.one_by_one += 1
        add(so_far, trade)

    monkeypatch.setattr(RunningStatistics, "of", of)
    monkeypatch.setattr(RunningStatistics, "add", counted)
    return seen


async def test_a_close_is_one_trade_more_however_many_there_are(summed):
    bot, kept = bot_with(closed(number, number) for number in range(1, 5001)), StatisticsCache()
    before = await kept.of(bot)
    for number in range(5001, 5004):
        bot.book.closed.add(closed(number, number))
        assert (await kept.of(bot)).count == number
    assert (before.count, summed.at_once, summed.one_by_one) == (5000, [5000], 3)
    assert await kept.of(bot) == await StatisticsCache().of(bot)


async def test_a_correction_sums_up_all_again_and_once(summed):
    bot, kept = bot_with(closed(number, number) for number in range(1, 101)), StatisticsCache()
    await kept.of(bot)
    bot.book.closed.put(closed(50, 50, profit=-7.0))
    bot.book.closed.discard(3)
    found = await asyncio.gather(*(kept.of(bot) for _ in range(10)))
    assert (found[0].count, summed.at_once, summed.one_by_one) == (99, [100, 99], 0)
    assert all(one is found[0] for one in found)


async def test_other_books_are_other_trades():
    kept, bot = StatisticsCache(), bot_with([closed(1)])
    assert (await kept.of(bot)).count == 1
    bot.book.closed = ClosedTrades([closed(1), closed(2)])
    assert (await kept.of(bot)).count == 2


async def test_who_asks_for_one_report_does_not_wait_for_another():
    bot, kept, may_go_on = (
        bot_with(closed(n, n) for n in range(1, 5001)),
        StatisticsCache(),
        threading.Event(),
    )

    def slow(trades):
        assert may_go_on.wait(60)
        return Groups.of(trades, "pair")

    waiting = asyncio.create_task(kept.derive(bot, "slow", slow, Groups.groups))
    try:
        assert (await kept.of(bot)).count == 5000
        assert not waiting.done()
    finally:
        may_go_on.set()
    assert len(await waiting) == 3


async def test_trades_that_close_while_others_are_summed_up_are_added():
    bot, kept, goes_on = bot_with(closed(n, n) for n in range(1, 5001)), StatisticsCache(), threading.Event()

    def slow(trades):
        assert goes_on.wait(60)
        return RunningStatistics.of(trades)

    asked = asyncio.create_task(kept.derive(bot, "slow", slow, lambda so_far: so_far.statistics(START)))
    await asyncio.sleep(0)
    bot.book.closed.add(closed(5001, 5001, profit=9.0))
    goes_on.set()
    assert await asked == await kept.of(bot)


async def test_what_is_kept_is_bounded_however_many_groups_there_are(monkeypatch):
    monkeypatch.setattr(statistics, "MOST_GROUPS", 100)
    bot = bot_with(closed(n, n, enter_tag=f"tag {n}", pair=f"C{n % 40}/USDT") for n in range(1, 400))
    kept = StatisticsCache()

    async def of_tags(pair):
        def sum_up(trades):
            return Groups.of(trades, "enter_tag", pair)

        return await kept.derive(bot, ("enter_tag", pair), sum_up, Groups.groups)

    assert len(await of_tags(None)) == 399
    for number in range(60):
        assert len(await of_tags(f"C{number}/USDT")) == (0 if number >= 40 else 9 if number == 0 else 10)
        assert sum(one.so_far.size + 1 for one in kept._cached.values()) <= 100
    assert not len(kept._turns)
