"""Show where profit came from: by time, pair, tag, reason, duration, and how it is distributed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiohttp import web
from msgspec import Struct

from appliance.queries import performance
from appliance.reports.patterns import Share, patterns
from appliance.reports.performance import Entry, Exit, PerformanceEntry
from appliance.reports.periods import DailyWeeklyMonthlyRecord
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.drawing import Scale, Tick, bars
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.session import Session
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.queries.bot_slot import BotSlot

HEIGHT = 160
_PERIODS = {
    "day": (performance.daily, performance.DaysQuery(30), "%d %b"),
    "week": (performance.weekly, performance.WeeksQuery(26), "%d %b"),
    "month": (performance.monthly, performance.MonthsQuery(24), "%b %Y"),
}


class Bar(Struct, frozen=True, kw_only=True):
    """Draw one group: the path of its bar, and what it says."""

    path: str
    name: str
    profit: float
    count: int
    winrate: float | None = None


class Bars(Struct, frozen=True, kw_only=True):
    """Draw groups side by side. `value`: what the bars are as high as, profit or the number of trades."""

    value: str
    height: int
    zero: float
    ticks: list[Tick]
    bars: list[Bar]

    @property
    def is_empty(self) -> bool:
        return not any(bar.count for bar in self.bars)


class PerformanceView(Struct, frozen=True, kw_only=True):
    """Hold what the page shows."""

    period: str
    periods: Bars
    hours: Bars
    weekdays: Bars
    durations: Bars
    ratios: Bars
    pairs: list[PerformanceEntry]
    tags: list[Entry]
    reasons: list[Exit]


@when_started
async def show_performance(request: web.Request, session: Session) -> web.Response:
    """Show the performance of closed trades; `?by=` chooses days, weeks or months."""
    slot = request.app[BOT_SLOT]
    view = await performance_view(slot.require_bot(), slot, request.query.get("by", "day"))
    shown = Page(template="performance.html", place="performance", heading="Performance", is_live=True)
    return await rendered(request, session, shown, {"view": view})


async def performance_view(bot: "Bot", slot: "BotSlot", period: str) -> PerformanceView:
    """Gather the page; an unknown period is `day`."""
    period = period if period in _PERIODS else "day"
    report, query, form = _PERIODS[period]
    found = await for_readers(patterns, bot.book.closed.columns())
    records = (await report(bot, slot, query)).data[::-1]  # type: ignore[operator]
    return PerformanceView(
        period=period,
        periods=_period_bars(records, form),
        hours=_bars(found.hours, "profit"),
        weekdays=_bars(found.weekdays, "profit"),
        durations=_bars(found.durations, "profit"),
        ratios=_bars(found.ratios, "count"),
        pairs=await performance.performance(bot, slot),
        tags=await performance.entries(bot, slot, performance.PairQuery()),
        reasons=await performance.exits(bot, slot, performance.PairQuery()),
    )


def _period_bars(records: Sequence[DailyWeeklyMonthlyRecord], form: str) -> Bars:
    shares = [
        Share(name=f"{one.date:{form}}", profit=one.abs_profit, count=one.trade_count, wins=0)
        for one in records
    ]
    return _bars(shares, "profit", knows_wins=False)


def _bars(shares: Sequence[Share], value: str, *, knows_wins: bool = True) -> Bars:
    values = [getattr(share, value) for share in shares]
    scale = Scale.of([0.0, *values], HEIGHT)
    return Bars(
        value=value,
        height=HEIGHT,
        zero=scale.y(0.0),
        ticks=scale.lines(3),
        bars=[
            Bar(
                path=path,
                name=share.name,
                profit=share.profit,
                count=share.count,
                winrate=share.winrate if knows_wins and share.count else None,
            )
            for share, path in zip(shares, bars(values, scale), strict=True)
        ],
    )
