"""Sum up closed trades both ways, one by one and all at once, which have to agree to the last bit."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.closed_trades.table import ClosedTrades
from appliance.domain.enums import TradeDirection
from appliance.reports import performance as told
from appliance.reports.closed_statistics import ClosedStatistics, RunningStatistics
from appliance.reports.drawdown import Drawdown, Fall
from appliance.reports.measures import Returns, expectancy_of, sqn_of
from appliance.reports.mixed_tags import MixTag, RunningMixTags
from appliance.reports.outcomes import ProfitSum, Spread
from appliance.reports.performance import Entry, Exit, Groups, PerformanceEntry
from appliance.reports.periods import Days
from appliance.reports.stats import RunningStats, Stats

Trades = Iterable[ClosedTrade]


def closed_figures(trades: Trades, start: float, direction: TradeDirection | None = None) -> ClosedStatistics:
    closed = ClosedTrades(trades)
    at_once = RunningStatistics.of(closed.columns(), direction).statistics(start)
    assert _one_by_one(RunningStatistics(direction), closed).statistics(start) == at_once
    return at_once


def performance(trades: Trades) -> list[PerformanceEntry]:
    return told.performance_of(_groups(trades, "pair"))


def entries(trades: Trades, pair: str | None = None) -> list[Entry]:
    return told.entries_of(_groups(trades, "enter_tag", pair))


def exits(trades: Trades, pair: str | None = None) -> list[Exit]:
    return told.exits_of(_groups(trades, "exit_reason", pair))


def mix_tags(trades: Trades, pair: str | None = None) -> list[MixTag]:
    closed = ClosedTrades(trades)
    at_once = RunningMixTags.of(closed.columns(), pair).views()
    assert _one_by_one(RunningMixTags(pair), closed).views() == at_once
    return at_once


def stats(trades: Trades) -> Stats:
    closed = ClosedTrades(trades)
    at_once = RunningStats.of(closed.columns()).stats()
    assert _one_by_one(RunningStats(), closed).stats() == at_once
    return at_once


def made_by_day(trades: Trades) -> dict[date, ProfitSum]:
    closed = ClosedTrades(trades)
    at_once = Days.of(closed.columns()).made
    assert _one_by_one(Days(), closed).made == at_once
    return at_once


def expectancy(profits: Sequence[float]) -> tuple[float, float]:
    won, lost = ProfitSum(), ProfitSum()
    for profit in profits:
        if profit:
            (won if profit > 0 else lost).add(profit)
    return expectancy_of(won, lost, len(profits))


def spread(values: Iterable[float]) -> Spread:
    found = Spread()
    for value in values:
        found.add(value)
    return found


def returns(profits: Sequence[float], start: float) -> Returns:
    return Returns.of(sum(profits), spread(profits), spread(one for one in profits if one < 0), start)


def sqn(profits: Sequence[float]) -> float:
    return sqn_of(spread(profits))


def drawdown(results: Iterable[tuple[datetime, float]], start: float) -> Drawdown:
    fall = Fall()
    for moment, made in results:
        fall.add(moment, made)
    return fall.drawdown(start)


def _groups(trades: Trades, by: told.By, pair: str | None = None) -> list[told.Group]:
    closed = ClosedTrades(trades)
    at_once = Groups.of(closed.columns(), by, pair)
    one_by_one = _one_by_one(Groups(by, pair), closed)
    assert (one_by_one.groups(), one_by_one.best()) == (at_once.groups(), at_once.best())
    return at_once.groups()


def _one_by_one(so_far: Any, trades: Trades) -> Any:
    for trade in trades:
        so_far.add(trade)
    return so_far
