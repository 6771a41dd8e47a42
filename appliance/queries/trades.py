"""Query open and closed trades; delete, reload or cancel orders of one."""

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
    limit: Annotated[int, Meta(ge=1, description="Maximum number of trades, at most 500.")] = 500
    offset: Annotated[int, Meta(ge=0, description="How many to skip first.")] = 0
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
    """List the open trades at current rates, the oldest first."""
    await bot.refresh_prices()
    return await slot.open_trades.body(bot.book, bot.fiat_rate)


async def open_trades(bot: "Bot") -> list[OpenTradeView]:
    """Return what `status` shows."""
    await bot.refresh_prices()
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
    """Delete a trade; its holdings on the exchange are no longer managed. Raises Refused."""
    cancelled = await bot.interventions.delete_trade(path.tradeid)
    orders = "1 open order of it is" if cancelled == 1 else f"{cancelled} open orders of it are"
    text = f"Trade {path.tradeid} is deleted, and {orders} cancelled."
    return DeleteTrade(cancelled, "success", text, path.tradeid)


async def cancel_open_order(bot: "Bot", path: TradePath) -> OpenTradeView:
    """Cancel the open orders of a trade. Raises Refused, also if the trade was removed with them."""
    await bot.interventions.cancel_open_orders(bot.state, path.tradeid)
    found = await bot.trade(path.tradeid)
    if found is None:
        raise Refused(
            f"the order is cancelled and trade {path.tradeid}, which had bought nothing, is removed"
        )
    return await _shown(bot, found)


async def reload_trade(bot: "Bot", path: TradePath) -> OpenTradeView:
    """Fetch a trade's orders from the exchange again. Raises Refused."""
    await bot.interventions.reload_trade(path.tradeid)
    return await trade(bot, path)


async def _shown(bot: "Bot", trade: "Trade") -> OpenTradeView:
    if trade.is_open:
        await bot.refresh_prices()
    return open_trade_view(trade, bot.book.rates.get(trade.pair), bot.fiat_rate)
