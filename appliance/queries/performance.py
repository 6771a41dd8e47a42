"""Tell what trading made: by pair and tag, by day, week and month, and how trades ended."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, TypeVar

from msgspec import Meta, Struct

from appliance.queries.bot_slot import BotSlot
from appliance.reports import performance as told
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
    """Tell what each pair made, the best first."""
    return await _grouped(bot, slot, "pair", None, told.performance_of)


async def entries(bot: "Bot", slot: BotSlot, query: PairQuery) -> list[Entry]:
    """Tell what trades of each enter tag made, the best first."""
    return await _grouped(bot, slot, "enter_tag", query.pair, told.entries_of)


async def exits(bot: "Bot", slot: BotSlot, query: PairQuery) -> list[Exit]:
    """Tell what trades of each exit reason made, the best first."""
    return await _grouped(bot, slot, "exit_reason", query.pair, told.exits_of)


async def mix_tags(bot: "Bot", slot: BotSlot, query: PairQuery) -> list[MixTag]:
    """Tell what trades of each enter tag and exit reason made."""

    def sum_up(trades: "Columns") -> RunningMixTags:
        return RunningMixTags.of(trades, query.pair)

    return await slot.figures.told(bot, ("mixed", query.pair), sum_up, RunningMixTags.views)


async def stats(bot: "Bot", slot: BotSlot) -> Stats:
    """Count how trades ended, and tell how long they took."""
    return await slot.figures.told(bot, "stats", RunningStats.of, RunningStats.stats)


async def daily(bot: "Bot", slot: BotSlot, query: DaysQuery) -> DailyWeeklyMonthly:
    """Tell what each of the last days made, today first."""
    return await _periods(bot, slot, "days", query.timescale)


async def weekly(bot: "Bot", slot: BotSlot, query: WeeksQuery) -> DailyWeeklyMonthly:
    """Tell what each of the last weeks made, this one first."""
    return await _periods(bot, slot, "weeks", query.timescale)


async def monthly(bot: "Bot", slot: BotSlot, query: MonthsQuery) -> DailyWeeklyMonthly:
    """Tell what each of the last months made, this one first."""
    return await _periods(bot, slot, "months", query.timescale)


async def _grouped(
    bot: "Bot", slot: BotSlot, by: By, pair: str | None, tell: Callable[[Iterable[Group]], list[T]]
) -> list[T]:
    def sum_up(trades: "Columns") -> Groups:
        return Groups.of(trades, by, pair)

    def tell_all(groups: Groups) -> list[T]:
        return tell(groups.groups())

    return await slot.figures.told(bot, (by, pair), sum_up, tell_all)


async def _periods(bot: "Bot", slot: BotSlot, unit: Unit, count: int) -> DailyWeeklyMonthly:
    async with slot.figures.summed_up(bot, "days", Days.of) as days:
        made = dict(days.made)  # so that nobody waits meanwhile: a long list takes a while
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
