"""Tell what the account holds and what trading made of it."""

from typing import TYPE_CHECKING

from appliance.reports.balance import Balances, balances
from appliance.reports.profit import Profit
from appliance.reports.profit import profit as profit_of
from appliance.server.desk import Desk

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


def balance(bot: "Bot") -> Balances:
    """Show what the account holds."""
    return balances(
        bot.wallets.balances,
        bot.book.open.values(),
        stake_currency=bot.settings.stake_currency,
        available_stake=bot.wallets.get_available_stake_amount(),
        starting_capital=bot.wallets.get_starting_balance(),
        rate_in_stake=bot.rate_in_stake,
        dry_run=bot.settings.dry_run,
    )


async def profit(bot: "Bot", desk: Desk) -> Profit:
    """Report profit and the quality of trading."""
    closed = await desk.figures.of(bot)
    return profit_of(
        closed,
        list(bot.book.open.values()),
        bot.book.rates,
        balance=bot.wallets.get_total_stake_amount(),
        first_started=bot.first_started_at,
        now=bot.now(),
    )
