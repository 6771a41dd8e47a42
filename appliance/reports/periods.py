"""Report the profit of closed trades by day, week and month (UTC)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.reports.fiat import NO_FIAT, FiatPrice
from appliance.reports.outcomes import ProfitSum

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Columns

Unit = Literal["days", "weeks", "months"]

EARLIEST = date(1970, 1, 1)
"""Nothing was traded before: longer lists end here, so that no request asks for millions of rows."""


class DailyWeeklyMonthlyRecord(Struct, frozen=True, kw_only=True):
    """Show one period from `date` on, in stake currency; `rel_profit` is a ratio of `starting_balance`.

    `fiat_value` is the profit in fiat currency, 0 while none is shown, null while its price is not known.
    """

    date: date
    abs_profit: float
    rel_profit: float
    starting_balance: float
    fiat_value: float | None
    trade_count: int


class DailyWeeklyMonthly(Struct, frozen=True, kw_only=True):
    """Show periods, the current one first."""

    data: list[DailyWeeklyMonthlyRecord]
    fiat_display_currency: str
    stake_currency: str


class Days:
    """Sum up closed trades, one by one, by the UTC day on which they closed."""

    def __init__(self) -> None:
        self.made: dict[date, ProfitSum] = defaultdict(ProfitSum)

    @classmethod
    def of(cls, trades: "Columns") -> "Days":
        """Sum up all trades of a table at once."""
        from appliance.domain.closed_trades.columns import Grouping  # numpy is loaded late, with the bot

        days, grouping = cls(), Grouping(trades.days())
        profits = grouping.sums(trades.numbers("close_profit_abs"))
        for day, profit, count in zip(grouping.keys, profits, grouping.counts, strict=True):
            days.made[EARLIEST + timedelta(days=day)] = ProfitSum(profit, count)
        return days

    @property
    def size(self) -> int:
        """The number of days."""
        return len(self.made)

    def add(self, trade: ClosedTrade) -> None:
        """Add one trade. The day's sum is replaced, not changed: a concurrent reader may hold the old one."""
        day = trade.close_date.astimezone(UTC).date()
        before = self.made[day]
        self.made[day] = ProfitSum(before.profit + trade.close_profit_abs, before.count + 1)


def periods(  # noqa: PLR0913 -- keyword-only options
    by_day: Mapping[date, ProfitSum],
    unit: Unit,
    count: int,
    *,
    today: date,
    balance: float,
    stake_currency: str,
    fiat: FiatPrice = NO_FIAT,
) -> DailyWeeklyMonthly:
    """Report the last `count` periods up to today's; weeks begin on Monday.

    Starting balances are calculated backwards from `balance`, what the bot may use now (stake currency): the
    balance of a period is that of the next one less the period's profit.
    """
    by_period: dict[date, ProfitSum] = defaultdict(ProfitSum)
    for day, made in by_day.items():
        period = by_period[_first_day(day, unit)]
        period.profit += made.profit
        period.count += made.count
    records: list[DailyWeeklyMonthlyRecord] = []
    first = _first_day(today, unit)
    while len(records) < count and first >= EARLIEST:
        made = by_period.get(first) or ProfitSum()
        balance -= made.profit
        records.append(
            DailyWeeklyMonthlyRecord(
                date=first,
                abs_profit=made.profit,
                rel_profit=round(made.profit / balance, 8) if balance > 0 else 0.0,
                starting_balance=balance,
                fiat_value=None if fiat.rate is None else made.profit * fiat.rate,
                trade_count=made.count,
            )
        )
        first = _first_day(first - timedelta(days=1), unit)
    return DailyWeeklyMonthly(
        data=records, fiat_display_currency=fiat.currency, stake_currency=stake_currency
    )


def _first_day(day: date, unit: Unit) -> date:
    """Return the first day of the period that `day` is in."""
    if unit == "weeks":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "months" else day
