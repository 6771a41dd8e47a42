"""Pick from the reports the few figures that the page shows. Money in stake currency, ratios 0.01 for 1 %."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class BalanceFigures(Struct, frozen=True, kw_only=True):
    """State what the bot has; `growth` is the ratio to what it started with."""

    total: float
    free: float
    in_trades: float
    start: float
    growth: float | None


class ProfitFigures(Struct, frozen=True, kw_only=True):
    """State what the bot made: by closed trades, by open ones if exited now, and since midnight UTC."""

    closed: float
    closed_ratio: float | None
    open: float
    today: float
    today_count: int
    wins: int
    losses: int
    winrate: float


def balance_figures(bot: "Bot") -> BalanceFigures:
    worths = {
        name: balance.total * (bot.rate_in_stake(name) or 0.0)
        for name, balance in bot.wallets.balances.items()
    }
    currency = bot.settings.stake_currency
    total, start = sum(worths.values()), bot.wallets.get_starting_balance()
    return BalanceFigures(
        total=total,
        free=bot.wallets.get_free(currency),
        in_trades=total - worths.get(currency, 0.0),
        start=start,
        growth=total / start - 1 if start else None,
    )


def profit_figures(bot: "Bot", now: datetime) -> ProfitFigures:
    closed = bot.book.closed
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    today = [trade for trade in closed if trade.close_date >= midnight]
    rates = bot.book.rates
    start = bot.wallets.get_starting_balance()
    wins = sum(trade.close_profit > 0 for trade in closed)
    losses = sum(trade.close_profit < 0 for trade in closed)
    open_profit = sum(
        trade.calculate_profit(rates[trade.pair]).total_profit
        for trade in bot.book.open.values()
        if trade.amount and trade.pair in rates
    )
    return ProfitFigures(
        closed=bot.book.closed_profit,
        closed_ratio=bot.book.closed_profit / start if start else None,
        open=open_profit,
        today=sum(trade.realized_profit for trade in today),
        today_count=len(today),
        wins=wins,
        losses=losses,
        winrate=wins / len(closed) if closed else 0.0,
    )
