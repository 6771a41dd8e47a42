"""Show open and closed trades."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from appliance.domain.enums import State
from appliance.domain.errors import NotFound, Refused
from appliance.reports.count import Count
from appliance.reports.count import count as counted
from appliance.reports.trade_record import trades_page
from appliance.reports.trade_view import OpenTradeView, open_trade_view
from appliance.reports.trade_view import status as status_of

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.domain.trade import Trade


class TradesQuery(Struct, frozen=True):
    limit: Annotated[int, Meta(ge=1, description="Most trades of the answer.")] = 500
    offset: Annotated[int, Meta(ge=0, description="How many to leave out first.")] = 0
    order_by_id: Annotated[bool, Meta(description="By id, else the last closed first.")] = True


class TradePath(Struct, frozen=True):
    tradeid: int


def status(bot: "Bot") -> list[OpenTradeView]:
    """List the open trades at present rates, the oldest first."""
    return status_of(bot.book.open, bot.book.rates)


def count(bot: "Bot") -> Count:
    """Count the open trades. Raises Refused while the bot is stopped."""
    if bot.state is State.STOPPED:
        raise Refused("The bot is stopped")
    return counted(bot.book.open.values(), bot.max_open_trades)


async def trades(bot: "Bot", query: TradesQuery) -> msgspec.Raw:
    """List closed trades, page by page."""
    found, total = await bot.trades_page(query.limit, query.offset, not query.order_by_id)
    return await asyncio.to_thread(_encoded_page, found, query.offset, total)


async def trade(bot: "Bot", path: TradePath) -> OpenTradeView:
    """Show one trade, open or closed. Raises NotFound."""
    found = await bot.trade(path.tradeid)
    if found is None:
        raise NotFound(f"There is no trade with the id {path.tradeid}")
    return open_trade_view(found, bot.book.rates.get(found.pair))


def _encoded_page(found: "list[Trade]", offset: int, total: int) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(trades_page(found, offset, total)))
