"""Tell what trading made: by pair and tag, by day, week and month, and how trades ended."""

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from appliance.reports import performance as told
from appliance.reports.performance import Entry, Exit, MixTag, PerformanceEntry
from appliance.reports.periods import DailyWeeklyMonthly, Unit, made_by_day, periods
from appliance.reports.stats import Stats
from appliance.reports.stats import stats as stats_of
from appliance.server.desk import Desk
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class PairQuery(Struct, frozen=True):
    pair: Annotated[str | None, Meta(description="Only trades of this pair.")] = None


class DaysQuery(Struct, frozen=True):
    timescale: Annotated[int, Meta(ge=1, description="How many days, back to 1970 at most.")] = 7


class WeeksQuery(Struct, frozen=True):
    timescale: Annotated[int, Meta(ge=1, description="How many weeks, back to 1970 at most.")] = 4


class MonthsQuery(Struct, frozen=True):
    timescale: Annotated[int, Meta(ge=1, description="How many months, back to 1970 at most.")] = 3


async def performance(bot: "Bot", desk: Desk) -> list[PerformanceEntry]:
    """Tell what each pair made, the best first."""
    return await desk.figures.told(bot, "performance", told.performance)


async def entries(bot: "Bot", desk: Desk, query: PairQuery) -> list[Entry]:
    """Tell what trades of each enter tag made, the best first."""
    if query.pair is None:
        return await desk.figures.told(bot, "entries", told.entries)
    return told.entries(told.of_pair(bot.book.closed, query.pair))


async def exits(bot: "Bot", desk: Desk, query: PairQuery) -> list[Exit]:
    """Tell what trades of each exit reason made, the best first."""
    if query.pair is None:
        return await desk.figures.told(bot, "exits", told.exits)
    return told.exits(told.of_pair(bot.book.closed, query.pair))


async def mix_tags(bot: "Bot", desk: Desk, query: PairQuery) -> list[MixTag]:
    """Tell what trades of each enter tag and exit reason made."""
    if query.pair is None:
        return await desk.figures.told(bot, "mix_tags", told.mix_tags)
    return told.mix_tags(told.of_pair(bot.book.closed, query.pair))


async def stats(bot: "Bot", desk: Desk) -> Stats:
    """Count how trades ended, and tell how long they took."""
    return await desk.figures.told(bot, "stats", stats_of)


async def daily(bot: "Bot", desk: Desk, query: DaysQuery) -> DailyWeeklyMonthly:
    """Tell what each of the last days made, today first."""
    return await _periods(bot, desk, "days", query.timescale)


async def weekly(bot: "Bot", desk: Desk, query: WeeksQuery) -> DailyWeeklyMonthly:
    """Tell what each of the last weeks made, this one first."""
    return await _periods(bot, desk, "weeks", query.timescale)


async def monthly(bot: "Bot", desk: Desk, query: MonthsQuery) -> DailyWeeklyMonthly:
    """Tell what each of the last months made, this one first."""
    return await _periods(bot, desk, "months", query.timescale)


async def _periods(bot: "Bot", desk: Desk, unit: Unit, count: int) -> DailyWeeklyMonthly:
    by_day = await desk.figures.told(bot, "days", made_by_day)
    return await for_readers(
        periods,
        by_day,
        unit,
        count,
        today=bot.now().date(),
        balance=bot.wallets.get_total_stake_amount(),
        stake_currency=bot.settings.stake_currency,
        fiat_currency=bot.settings.fiat_display_currency,
        fiat_rate=bot.fiat_rate,
    )
