"""Summarize balance and profit for the page. Money in stake currency, ratios 0.01 for 1 %."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.queries.account import profit
from appliance.queries.bot_slot import BotSlot
from appliance.reports.balance import Balances

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class BalanceSummary(Struct, frozen=True, kw_only=True):
    """Summarize the balance; `in_trades` includes what unfilled entries reserve.

    None if a price is not known.
    """

    total: float | None
    free: float
    in_trades: float | None
    start: float


class ProfitSummary(Struct, frozen=True, kw_only=True):
    """Summarize profit: of closed trades, of open ones if exited now, since midnight UTC, and of a week.

    `week` is today and the six days before.
    `growth` and `closed_ratio` are ratios of the starting capital. None if the price of a trade is not known.
    """

    closed: float
    closed_ratio: float
    open: float | None
    growth: float | None
    today: float
    today_count: int
    week: float
    week_count: int
    wins: int
    losses: int
    winrate: float


def balance_summary(found: Balances) -> BalanceSummary:
    stake = [held for held in found.currencies if held.currency == found.stake]
    traded = [held.est_stake for held in found.currencies if held.is_bot_managed and held not in stake]
    known = [worth for worth in traded if worth is not None]
    return BalanceSummary(
        total=found.total,
        free=sum(held.free for held in stake),
        in_trades=sum(known) + sum(held.used for held in stake) if len(known) == len(traded) else None,
        start=found.starting_capital,
    )


async def profit_summary(bot: "Bot", slot: BotSlot, now: datetime) -> ProfitSummary:
    found = await profit(bot, slot)
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    today = bot.book.closed.columns_since(midnight).numbers("close_profit_abs")
    week = bot.book.closed.columns_since(midnight - timedelta(days=6)).numbers("close_profit_abs")
    return ProfitSummary(
        closed=found.profit_closed_coin,
        closed_ratio=found.profit_closed_ratio,
        growth=found.profit_all_ratio,
        open=None if found.profit_all_coin is None else found.profit_all_coin - found.profit_closed_coin,
        today=float(today.sum()),
        today_count=len(today),
        week=float(week.sum()),
        week_count=len(week),
        wins=found.winning_trades,
        losses=found.losing_trades,
        winrate=found.winrate,
    )
