"""Pick from the reports the few figures that the page shows. Money in stake currency, ratios 0.01 for 1 %."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.queries.account import balance, profit
from appliance.queries.bot_slot import BotSlot

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class BalanceFigures(Struct, frozen=True, kw_only=True):
    """State what the account is worth; `in_trades` with what unfilled entries keep back.

    None where the price of something is not known.
    """

    total: float | None
    free: float
    in_trades: float | None
    start: float


class ProfitFigures(Struct, frozen=True, kw_only=True):
    """State what the bot made: by closed trades, by open ones if exited now, and since midnight UTC.

    `growth` and `closed_ratio` are of the starting capital. None where the price of a trade is not known.
    """

    closed: float
    closed_ratio: float
    open: float | None
    growth: float | None
    today: float
    today_count: int
    wins: int
    losses: int
    winrate: float


async def balance_figures(bot: "Bot") -> BalanceFigures:
    told = await balance(bot)
    stake = [held for held in told.currencies if held.currency == told.stake]
    traded = [held.est_stake for held in told.currencies if held.is_bot_managed and held not in stake]
    known = [worth for worth in traded if worth is not None]
    return BalanceFigures(
        total=told.total,
        free=sum(held.free for held in stake),
        in_trades=sum(known) + sum(held.used for held in stake) if len(known) == len(traded) else None,
        start=told.starting_capital,
    )


async def profit_figures(bot: "Bot", slot: BotSlot, now: datetime) -> ProfitFigures:
    told = await profit(bot, slot)
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    today = bot.book.closed.columns_since(midnight).numbers("close_profit_abs")
    return ProfitFigures(
        closed=told.profit_closed_coin,
        closed_ratio=told.profit_closed_ratio,
        growth=told.profit_all_ratio,
        open=None if told.profit_all_coin is None else told.profit_all_coin - told.profit_closed_coin,
        today=float(today.sum()),
        today_count=len(today),
        wins=told.winning_trades,
        losses=told.losing_trades,
        winrate=told.winrate,
    )
