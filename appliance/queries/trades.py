"""Show open and closed trades."""

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from appliance.domain.enums import State
from appliance.domain.errors import NotFound, Refused
from appliance.queries.bot_slot import BotSlot
from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.reports.views.count import Count
from appliance.reports.views.count import count as counted
from appliance.reports.views.trade import OpenTradeView, open_trade_view
from appliance.reports.views.trade import status as status_of

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.domain.trade import Trade


class TradesQuery(Struct, frozen=True):
    limit: Annotated[
        int, Meta(ge=1, description="Most trades of the answer; 500 for whoever asks for more.")
    ] = 500
    offset: Annotated[int, Meta(ge=0, description="How many to leave out first.")] = 0
    order_by_id: Annotated[bool, Meta(description="By id, else the last closed first.")] = True


class TradePath(Struct, frozen=True):
    tradeid: int


class DeleteTrade(Struct, frozen=True):
    """Say that a trade was deleted, and how many of its orders were cancelled."""

    cancel_order_count: int
    result: str
    result_msg: str
    trade_id: int


async def status(bot: "Bot", slot: BotSlot) -> EncodedAnswer:
    """List the open trades at present rates, the oldest first."""
    await bot.renew_prices()
    return await slot.open_trades.body(bot.book, bot.fiat_rate)


async def open_trades(bot: "Bot") -> list[OpenTradeView]:
    """Return what `status` shows."""
    await bot.renew_prices()
    return status_of(bot.book.open, bot.book.rates, bot.fiat_rate)


def count(bot: "Bot") -> Count:
    """Count the open trades. Raises Refused while the bot is stopped."""
    if bot.state is State.STOPPED:
        raise Refused("The bot is stopped")
    return counted(bot.book.open.values(), bot.max_open_trades)


async def trades(bot: "Bot", slot: BotSlot, query: TradesQuery) -> EncodedAnswer:
    """List closed trades, page by page."""
    return await slot.closed_trades.page(bot, query.limit, query.offset, newest_first=not query.order_by_id)


async def trade(bot: "Bot", path: TradePath) -> OpenTradeView:
    """Show one trade, open or closed. Raises NotFound."""
    found = await bot.trade(path.tradeid)
    if found is None:
        raise NotFound(f"There is no trade with the id {path.tradeid}")
    return await _shown(bot, found)


async def delete_trade(bot: "Bot", path: TradePath) -> DeleteTrade:
    """Forget a trade; what it holds on the exchange is the user's own affair from then on. Raises Refused."""
    cancelled = await bot.interventions.delete_trade(path.tradeid)
    told = f"Trade {path.tradeid} is deleted, and {cancelled} open orders of it are cancelled."
    return DeleteTrade(cancelled, "success", told, path.tradeid)


async def cancel_open_order(bot: "Bot", path: TradePath) -> OpenTradeView:
    """Cancel the open orders of a trade. Raises Refused, also when the trade went with them."""
    await bot.interventions.cancel_open_orders(bot.state, path.tradeid)
    found = await bot.trade(path.tradeid)
    if found is None:
        raise Refused(f"the order is cancelled, and with it trade {path.tradeid}, which had bought nothing")
    return await _shown(bot, found)


async def reload_trade(bot: "Bot", path: TradePath) -> OpenTradeView:
    """Ask the exchange about a trade's orders. Raises Refused."""
    await bot.interventions.reload_trade(path.tradeid)
    return await trade(bot, path)


async def _shown(bot: "Bot", trade: "Trade") -> OpenTradeView:
    if trade.is_open:
        await bot.renew_prices()
    return open_trade_view(trade, bot.book.rates.get(trade.pair), bot.fiat_rate)
