"""Show where profit came from: by time, pair, tag, reason, duration, and how it is distributed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiohttp import web
from msgspec import Struct

from appliance.queries import account, performance
from appliance.reports.mixed_tags import MixTag
from appliance.reports.patterns import Share, patterns
from appliance.reports.performance import Entry, Exit, PerformanceEntry
from appliance.reports.periods import DailyWeeklyMonthlyRecord
from appliance.reports.profit import Profit
from appliance.reports.streaks import Streaks, streaks
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.drawing import WIDTH, Scale, Tick, bars
from appliance.server.dashboard.equity import EquityPicture, equity_picture
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.panels.holding import (
    HoldingPicture,
    holding_picture,
    known_candles,
    traded_pairs,
)
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.summary import balance_summary, profit_summary
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.queries.bot_slot import BotSlot

HEIGHT = 160
BEST_AND_WORST = 30
"""Of more groups than twice as many, so many of the best and of the worst are shown."""
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


class Group(Struct, frozen=True, kw_only=True):
    """Show one group of trades. `start` and `width`: its bar, of a picture `drawing.WIDTH` wide, 0 inside."""

    name: str
    profit: float
    ratio: float
    count: int
    start: float
    width: float


class Groups(Struct, frozen=True, kw_only=True):
    """List groups, the best first. `total`: how many there are; `zero`: where their bars begin."""

    rows: list[Group]
    total: int
    zero: float


class PerformanceView(Struct, frozen=True, kw_only=True):
    """Hold what the page shows."""

    period: str
    profit: Profit
    streaks: Streaks
    equity: EquityPicture
    holding: HoldingPicture | None
    periods: Bars
    hours: Bars
    weekdays: Bars
    durations: Bars
    ratios: Bars
    pairs: Groups
    tags: Groups
    reasons: Groups
    mixed: Groups


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
    now, pair = bot.now(), performance.PairQuery()
    balance = balance_summary(await account.balance(bot))
    profit = await profit_summary(bot, slot, now)
    closed = bot.book.closed.columns()
    found, runs = await for_readers(lambda: (patterns(closed), streaks(closed)))
    held = await for_readers(
        holding_picture,
        closed,
        known_candles(bot),
        traded=traded_pairs(bot),
        stake=bot.settings.stake_currency,
        timeframe=bot.resolved.timeframe,
        start=balance.start,
        open_profit=profit.open or 0.0,
        first_started=bot.first_started_at,
        now=now,
    )
    records = (await report(bot, slot, query)).data[::-1]  # type: ignore[operator]
    return PerformanceView(
        period=period,
        profit=await account.profit(bot, slot),
        streaks=runs,
        equity=equity_picture(bot, balance, profit, now),
        holding=held,
        periods=_period_bars(records, form),
        hours=_bars(found.hours, "profit"),
        weekdays=_bars(found.weekdays, "profit"),
        durations=_bars(found.durations, "profit"),
        ratios=_bars(found.ratios, "count"),
        pairs=groups(await performance.performance(bot, slot), "pair"),
        tags=groups(await performance.entries(bot, slot, pair), "enter_tag"),
        reasons=groups(await performance.exits(bot, slot, pair), "exit_reason"),
        mixed=groups(await performance.mix_tags(bot, slot, pair), "mix_tag"),
    )


def groups(entries: Sequence[PerformanceEntry | Entry | Exit | MixTag], name: str) -> Groups:
    """Show groups with a bar each, the best first; of many, the best and the worst."""
    ordered = sorted(entries, key=lambda entry: -entry.profit_abs)
    shown = (
        ordered
        if len(ordered) <= 2 * BEST_AND_WORST
        else [*ordered[:BEST_AND_WORST], *ordered[-BEST_AND_WORST:]]
    )
    low = min(0.0, *(entry.profit_abs for entry in shown)) if shown else 0.0
    high = max(0.0, *(entry.profit_abs for entry in shown)) if shown else 0.0
    unit = WIDTH / ((high - low) or 1.0)
    rows = [
        Group(
            name=getattr(entry, name),
            profit=entry.profit_abs,
            ratio=entry.profit_ratio,
            count=entry.count,
            start=round((min(entry.profit_abs, 0.0) - low) * unit, 1),
            width=round(abs(entry.profit_abs) * unit, 1),
        )
        for entry in shown
    ]
    return Groups(rows=rows, total=len(ordered), zero=round(-low * unit, 1))


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
