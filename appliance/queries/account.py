"""Query the balance of the account, and the profit of trading."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from appliance.domain.enums import TradeDirection, TradingMode
from appliance.domain.errors import Refused
from appliance.domain.futures import Position
from appliance.queries.bot_slot import BotSlot
from appliance.reports.balance import Account, Balances, balances
from appliance.reports.closed_statistics import RunningStatistics
from appliance.reports.fiat import FiatPrice
from appliance.reports.profit import Profit, ProfitAll
from appliance.reports.profit import profit as profit_of
from appliance.reports.views.wallet_history import WalletHistoryResponse, wallet_history_shown
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


async def balance(bot: "Bot") -> Balances:
    """Show the balance of the account, and its current value."""
    await bot.refresh_account()
    account = Account(
        held=bot.wallets.balances,
        stake_currency=bot.settings.stake_currency,
        available_stake=bot.wallets.get_available_stake_amount(),
        starting_capital=bot.wallets.get_starting_balance(),
        dry_run=bot.settings.dry_run,
        positions=_positions(bot),
    )
    fiat = FiatPrice(bot.settings.fiat_display_currency, bot.fiat_rate)
    return balances(account, bot.book.open.values(), bot.rate_in_stake, fiat)


def _positions(bot: "Bot") -> Mapping[str, Position] | None:
    if bot.settings.trading_mode is not TradingMode.FUTURES:
        return None
    return bot.wallets.get_all_positions()


async def profit(bot: "Bot", slot: BotSlot) -> Profit:
    """Report profit and trading statistics."""
    return await profit_within(bot, slot)


async def profit_all(bot: "Bot", slot: BotSlot) -> ProfitAll:
    """Report profit of all trades, and of longs and shorts if the market has both."""
    if bot.settings.trading_mode is TradingMode.SPOT:
        return ProfitAll(all=await profit_within(bot, slot))
    return ProfitAll(
        all=await profit_within(bot, slot),
        long=await profit_within(bot, slot, "long"),
        short=await profit_within(bot, slot, "short"),
    )


async def historic_balance(bot: "Bot") -> WalletHistoryResponse:
    """Show the value of the bot's holdings, day by day."""
    records, began = await bot.balance_history()
    return wallet_history_shown(records, began)


def edge() -> None:
    """Refuse: Edge, which freqtrade has removed, is not supported. Raises Refused."""
    raise Refused("Edge is not enabled.")


async def profit_within(
    bot: "Bot", slot: BotSlot, direction: TradeDirection | None = None, since: datetime | None = None
) -> Profit:
    """Report profit of trades of one direction, and of those that are open or closed after `since`."""
    await bot.refresh_prices()
    if since is None:
        closed = await slot.statistics.of(bot, direction)
    else:
        trades, start = bot.book.closed.columns_since(since), bot.wallets.get_starting_balance()
        closed = (await for_readers(RunningStatistics.of, trades, direction)).statistics(start)
    still_open = bot.book.open.values()
    return profit_of(
        closed,
        [trade for trade in still_open if direction in (None, trade.trade_direction)],
        bot.book.rates,
        balance=bot.wallets.get_total_stake_amount(),
        first_started=bot.first_started_at,
        now=bot.now(),
        fiat_rate=bot.fiat_rate,
    )
