"""Break profits down by the period in which trades closed."""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import numpy as np

from appliance.domain.timeframe import to_ms
from appliance.research.backtest.options import Period
from appliance.research.results.statistics.columns import (
    MS_PER_DAY,
    Floats,
    Ints,
    TradeColumns,
    total,
)

PERIODS: tuple[Period, ...] = get_args(Period)

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EPOCH = date(1970, 1, 1)
_ROUNDED = 10


def breakdown(closed: Ints, profits: Floats, period: Period) -> list[dict[str, Any]]:
    """Return a line for each period from the first to the last, those without a trade included.

    closed: ms since 1970 (UTC); profits: stake currency. A period is named by its last day, and a week ends
    on Monday, as freqtrade has it; of days of the week, only those with trades have a line.
    """
    if not len(closed):
        return []
    days = closed // MS_PER_DAY
    if period == "weekday":
        of_week = (days + 3) % 7  # 1970-01-01 was a Thursday
        return [
            {"date": _WEEKDAYS[day], "date_ts": day, **_sums(profits[of_week == day])}
            for day in sorted(set(of_week.tolist()))
        ]
    last_day_of = _LAST_DAY[period]
    known = {day: last_day_of(_EPOCH + timedelta(days=day)) for day in set(days.tolist())}
    ends = np.array([known[day].toordinal() for day in days.tolist()])
    order = np.argsort(ends, kind="stable")
    ends, profits = ends[order], profits[order]
    lines = []
    for end in _periods(min(known.values()), max(known.values()), last_day_of):
        first, last = np.searchsorted(ends, (end.toordinal(), end.toordinal() + 1))
        begins = to_ms(datetime(end.year, end.month, end.day, tzinfo=UTC))
        sums = _sums(profits[first:last])
        lines.append({"date": end.strftime("%d/%m/%Y"), "date_ts": begins, **sums})
    return lines


def daily(trades: TradeColumns) -> dict[str, Any]:
    """Return the best and the worst day, counts of days, and the profit of each, by freqtrade's names."""
    if not len(trades):
        nothing = ("backtest_best_day", "backtest_worst_day", "backtest_best_day_abs")
        more = ("backtest_worst_day_abs", "winning_days", "draw_days", "losing_days")
        return dict.fromkeys((*nothing, *more), 0) | {"daily_profit_list": []}
    days = (trades.closed // MS_PER_DAY).tolist()
    first, last = min(days), max(days)
    profits: list[list[float]] = [[] for _ in range(first, last + 1)]
    ratios: list[list[float]] = [[] for _ in range(first, last + 1)]
    for day, profit, ratio in zip(days, trades.profit.tolist(), trades.ratio.tolist(), strict=True):
        profits[day - first].append(profit)
        ratios[day - first].append(ratio)
    of_stakes = [math.fsum(of_day) for of_day in ratios]
    made = [float(np.round(math.fsum(of_day), _ROUNDED)) for of_day in profits]
    dates = [str(_EPOCH + timedelta(days=day)) for day in range(first, last + 1)]
    return {
        "backtest_best_day": max(of_stakes),
        "backtest_worst_day": min(of_stakes),
        "backtest_best_day_abs": max(made),
        "backtest_worst_day_abs": min(made),
        "winning_days": sum(profit > 0 for profit in made),
        "draw_days": sum(profit == 0 for profit in made),
        "losing_days": sum(profit < 0 for profit in made),
        "daily_profit": list(zip(dates, made, strict=True)),
    }


def _sums(profits: Floats) -> dict[str, Any]:
    won, lost = profits[profits > 0], profits[profits < 0]
    gained, given = total(won), total(lost)
    return {
        "profit_abs": float(np.round(profits.sum(), _ROUNDED)),
        "wins": len(won),
        "draws": int((profits == 0).sum()),
        "losses": len(lost),
        "trades": len(profits),
        "profit_factor": round(gained / abs(given), 8) if given else 0.0,
    }


def _periods(first: date, last: date, last_day_of: Callable[[date], date]) -> Iterator[date]:
    end = first
    while end <= last:
        yield end
        end = last_day_of(end + timedelta(days=1))


def _monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _end_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


_LAST_DAY: dict[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": _monday,
    "month": _end_of_month,
    "year": lambda day: date(day.year, 12, 31),
}
