"""Prepare what the page shows without a script: months, the distribution of profits, counts of signals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from appliance.domain.trade import Trade
from appliance.research.backtest.outcome import Outcome
from appliance.research.report.equity import Account
from appliance.research.report.histogram import Bin, histogram
from appliance.research.report.months import Month, month_of, monthly_returns, yearly_returns

_STRONGEST = 35
"""The largest share of colour (percent) in a cell, with which text is still easy to read."""
_EVERY = 5
"""Bars from one label to the next."""


class Cell(NamedTuple):
    """Show one month: what it made (stake currency, ratio), trades closed in it, strength of its colour."""

    change: float
    ratio: float | None
    trades: int
    strength: int


@dataclass(frozen=True)
class Year:
    """Show one year: a cell for each month (None: not tested), and what it made."""

    year: int
    months: list[Cell | None]
    change: float
    ratio: float | None


@dataclass(frozen=True)
class Bar:
    """Show the trades of one bin: height in percent of the highest bar, and a label below, mostly empty."""

    height: float
    tone: str
    title: str
    label: str


def calendar_of(account: Account, trades: Sequence[Trade]) -> list[Year]:
    """Return the years of a backtest, oldest first."""
    months = monthly_returns(account.opened, account.equity, account.starting_balance)
    closed = Counter(month_of(trade.close_date) for trade in trades if trade.close_date)
    largest = max((abs(month.ratio or 0.0) for month in months), default=0.0) or 1.0

    def cell(month: Month) -> Cell:
        strength = round(_STRONGEST * abs(month.ratio or 0.0) / largest)
        return Cell(month.change, month.ratio, closed[month.year, month.month], strength)

    cells = {(month.year, month.month): cell(month) for month in months}
    return [
        Year(year, [cells.get((year, number)) for number in range(1, 13)], change, ratio)
        for year, (change, ratio) in yearly_returns(months).items()
    ]


def bars_of(trades: Sequence[Trade]) -> list[Bar]:
    """Return how many trades made how much, in percent of their stakes."""
    ratios = np.array([trade.close_profit or 0.0 for trade in trades])
    bins = histogram(ratios)
    highest = max((one.size for one in bins), default=1)
    first = next((place for place, one in enumerate(bins) if one.start == 0), 0)
    return [
        Bar(
            height=round(100 * one.size / highest, 2),
            tone="down" if place < first else "up",
            title=f"{_span(one)}: {one.size} trade{'' if one.size == 1 else 's'}",
            label=_percent(one.start) if one.start is not None and (place - first) % _EVERY == 0 else "",
        )
        for place, one in enumerate(bins)
    ]


def _span(one: Bin) -> str:
    if one.start is None:
        return f"below {_percent(one.end)}"
    if one.end is None:
        return f"{_percent(one.start)} or more"
    return f"{_percent(one.start)} to {_percent(one.end)}"


def _percent(ratio: float | None) -> str:
    return f"{round((ratio or 0.0) * 100, 6) + 0.0:g} %".replace("-", "−")


def signal_counts(outcome: Outcome) -> list[tuple[str, int]]:
    """Return what became of signals and orders that did not lead to a trade as they were; without zeros."""
    counters = outcome.counters
    counts = [
        ("Entry signals without a free slot", counters.rejected_signals or len(outcome.rejected)),
        ("Entry orders timed out", counters.timedout_entry_orders),
        ("Exit orders timed out", counters.timedout_exit_orders),
        ("Trades cancelled before their entry", counters.canceled_trade_entries),
        ("Entry orders cancelled", counters.canceled_entry_orders),
        ("Entry orders replaced", counters.replaced_entry_orders),
        ("Exit orders cancelled", counters.canceled_exit_orders),
        ("Exit orders replaced", counters.replaced_exit_orders),
        ("Entries reduced to the volume cap", counters.entries_cut_by_volume),
        ("Entries left out for want of volume", counters.entries_without_volume),
        ("Exits beyond the volume cap", counters.exits_beyond_volume),
        ("Locks", len(outcome.locks)),
    ]
    return [(label, count) for label, count in counts if count]
