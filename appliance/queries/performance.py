"""Query profit by pair and tag, by day, week and month, and how trades ended."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, TypeVar

from msgspec import Meta, Struct

from appliance.queries.bot_slot import BotSlot
from appliance.reports import performance as reports
from appliance.reports.fiat import FiatPrice
from appliance.reports.mixed_tags import MixTag, RunningMixTags
from appliance.reports.performance import By, Entry, Exit, Group, Groups, PerformanceEntry
from appliance.reports.periods import DailyWeeklyMonthly, Days, Unit, periods
from appliance.reports.stats import RunningStats, Stats
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.domain.closed_trades.columns import Columns

T = TypeVar("T")


class PairQuery(Struct, frozen=True):
    pair: Annotated[str | None, Meta(description="Only trades of this pair.")] = None


class DaysQuery(Struct, frozen=True):
    timescale: Annotated[int, Meta(ge=1, description="How many days, back to 1970 at most.")] = 7


class WeeksQuery(Struct, frozen=True):
    timescale: Annotated[int, Meta(ge=1, description="How many weeks, back to 1970 at most.")] = 4


class MonthsQuery(Struct, frozen=True):
    timescale: Annotated[int, Meta(ge=1, description="How many months, back to 1970 at most.")] = 3


async def performance(bot: "Bot", slot: BotSlot) -> list[PerformanceEntry]:
    """Show profit by pair, the best first."""
    return await _grouped(bot, slot, "pair", None, reports.performance_of)


async def entries(bot: "Bot", slot: BotSlot, query: PairQuery) -> list[Entry]:
    """Show profit by enter tag, the best first."""
    return await _grouped(bot, slot, "enter_tag", query.pair, reports.entries_of)


async def exits(bot: "Bot", slot: BotSlot, query: PairQuery) -> list[Exit]:
    """Show profit by exit reason, the best first."""
    return await _grouped(bot, slot, "exit_reason", query.pair, reports.exits_of)


async def mix_tags(bot: "Bot", slot: BotSlot, query: PairQuery) -> list[MixTag]:
    """Show profit by enter tag and exit reason."""

    def sum_up(trades: "Columns") -> RunningMixTags:
        return RunningMixTags.of(trades, query.pair)

    return await slot.statistics.derive(bot, ("mixed", query.pair), sum_up, RunningMixTags.views)


async def stats(bot: "Bot", slot: BotSlot) -> Stats:
    """Show wins and losses by exit reason, and how long trades lasted."""
    return await slot.statistics.derive(bot, "stats", RunningStats.of, RunningStats.stats)


async def daily(bot: "Bot", slot: BotSlot, query: DaysQuery) -> DailyWeeklyMonthly:
    """Show profit of each of the last days, today first."""
    return await _periods(bot, slot, "days", query.timescale)


async def weekly(bot: "Bot", slot: BotSlot, query: WeeksQuery) -> DailyWeeklyMonthly:
    """Show profit of each of the last weeks, this one first."""
    return await _periods(bot, slot, "weeks", query.timescale)


async def monthly(bot: "Bot", slot: BotSlot, query: MonthsQuery) -> DailyWeeklyMonthly:
    """Show profit of each of the last months, this one first."""
    return await _periods(bot, slot, "months", query.timescale)


async def _grouped(
    bot: "Bot", slot: BotSlot, by: By, pair: str | None, report: Callable[[Iterable[Group]], list[T]]
) -> list[T]:
    def sum_up(trades: "Columns") -> Groups:
        return Groups.of(trades, by, pair)

    def report_all(groups: Groups) -> list[T]:
        return report(groups.groups())

    return await slot.statistics.derive(bot, (by, pair), sum_up, report_all)


async def _periods(bot: "Bot", slot: BotSlot, unit: Unit, count: int) -> DailyWeeklyMonthly:
    async with slot.statistics.summed_up(bot, "days", Days.of) as days:
        made = dict(days.made)  # a copy, so that the sums are not locked while a long list is made
    return await for_readers(
        periods,
        made,
        unit,
        count,
        today=bot.now().date(),
        balance=bot.wallets.get_total_stake_amount(),
        stake_currency=bot.settings.stake_currency,
        fiat=FiatPrice(bot.settings.fiat_display_currency, bot.fiat_rate),
    )
