"""Cancel the orders of a trade, delete it, or reload it from the exchange: what each does, and doing it."""

from typing import TYPE_CHECKING

from aiohttp import web

from appliance.domain.trade import Trade
from appliance.queries import trades
from appliance.queries.trades import TradePath
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.actions import commanding
from appliance.server.dashboard.forms.fields import Fields, numbered
from appliance.server.dashboard.forms.form_page import FormPage, form_for, trade_of

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


@form_for("/trades/{tradeid}/open-order", "DELETE")
async def show_cancel(request: web.Request) -> FormPage:
    """Show which orders of a trade would be cancelled."""
    return await _confirmation(request, "cancel", "Cancel open orders")


@form_for("/trades/{tradeid}", "DELETE")
async def show_delete(request: web.Request) -> FormPage:
    """Show what deleting a trade means."""
    return await _confirmation(request, "delete", "Delete trade")


@form_for("/trades/{tradeid}/reload")
async def show_reload(request: web.Request) -> FormPage:
    """Show what reloading a trade does."""
    return await _confirmation(request, "reload", "Reload trade")


@commanding("/trades/{tradeid}/open-order", method="DELETE")
async def cancel(bot: "Bot", fields: Fields) -> str:
    """Cancel the open orders of a trade."""
    number = numbered(fields, "tradeid")
    before = bot.book.open.get(number)
    orders = len(before.all_open_orders) if before else 0
    await bot.interventions.cancel_open_orders(bot.state, number)
    gone = "its order is" if orders == 1 else f"its {orders} orders are"
    if await bot.trade(number) is None:
        return f"Trade {number} is removed: {gone} cancelled, and it had bought nothing."
    return f"Trade {number}: {gone} cancelled."


@commanding("/trades/{tradeid}", method="DELETE")
async def delete(bot: "Bot", fields: Fields) -> str:
    """Delete a trade."""
    return (await trades.delete_trade(bot, TradePath(numbered(fields, "tradeid")))).result_msg


@commanding("/trades/{tradeid}/reload")
async def reload(bot: "Bot", fields: Fields) -> str:
    """Fetch the orders of a trade from the exchange again."""
    number = numbered(fields, "tradeid")
    before = await bot.trade(number)
    was = _facts(before) if before else None
    await trades.reload_trade(bot, TradePath(number))
    after = await bot.trade(number)
    same = after is not None and _facts(after) == was
    return f"Trade {number} is as the exchange has it" + (
        ": nothing has changed." if same else ", and has changed."
    )


async def _confirmation(request: web.Request, command: str, heading: str) -> FormPage:
    trade = await trade_of(request)
    bot = request.app[BOT_SLOT].require_bot()
    rate = bot.book.rates.get(trade.pair)
    return FormPage(
        template=f"forms/{command}_trade.html",
        heading=f"{heading}: {trade.pair}, trade {trade.id}",
        place="trades",
        closes_to=f"trades/{trade.id}",
        content={
            "trade": trade,
            "orders": trade.all_open_orders,
            "worth": trade.amount * rate if rate and trade.is_open else None,
        },
    )


def _facts(trade: Trade) -> tuple[object, ...]:
    orders = [(order.order_id, order.status, order.safe_filled) for order in trade.orders]
    return trade.amount, trade.is_open, trade.open_rate, orders
