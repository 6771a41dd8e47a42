"""Exit a trade or a part of it: the form, what it would make, and doing it."""

from typing import TYPE_CHECKING, Final

from aiohttp import web

from appliance.domain.errors import NotFound, Starting
from appliance.domain.trade import Trade
from appliance.reports.number_format import amount as shown_amount
from appliance.rules.trade_requests import ExitRequest
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, logged_in
from appliance.server.dashboard.actions import Unclear, commanding
from appliance.server.dashboard.forms.fields import Fields, number, numbered, order_type
from appliance.server.dashboard.forms.form_page import FormPage, form_for, trade_of
from appliance.server.dashboard.page_response import page_response
from appliance.server.dashboard.panels.open_trades import open_trades
from appliance.server.dashboard.session import Session
from appliance.server.routing.routes import find_route

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

_FIELDS = ("part", "size", "unit", "ordertype", "price")
_LONGEST = 64
_EXIT: Final = find_route("POST", "/forceexit")
_PARTS = ("25", "50", "75")


@form_for("/forceexit")
async def show_exit(request: web.Request) -> FormPage:
    """Show the form of one trade, filled with what the address has, and its preview."""
    bot, trade = request.app[BOT_SLOT].require_bot(), await trade_of(request)
    given = _given(request)
    content = {
        "given": given,
        "trade": trade,
        "parts": _PARTS,
        "stake_currency": bot.settings.stake_currency,
        **await _previewed(bot, trade, given),
    }
    return FormPage(
        template="forms/exit.html",
        heading=f"Exit {trade.pair}, trade {trade.id}",
        place="trades",
        closes_to=f"trades/{trade.id}",
        content=content,
    )


@logged_in
async def preview_exit(request: web.Request, session: Session) -> web.Response:
    """Answer what the form would do, as a piece of the page."""
    if session.caller.role < _EXIT.role:
        return web.Response(status=403, text="Viewers exit no trades.\n", headers=PAGE_HEADERS)
    try:
        bot, trade = request.app[BOT_SLOT].require_bot(), await trade_of(request)
    except (Starting, NotFound) as error:
        return web.Response(status=error.http_status, text=f"{error}\n", headers=PAGE_HEADERS)
    content = {
        "trade": trade,
        "stake_currency": bot.settings.stake_currency,
        **await _previewed(bot, trade, _given(request)),
    }
    return await page_response(request, "forms/exit_preview.html", content)


@commanding("/forceexit", once=True)
async def exit_trade(bot: "Bot", fields: Fields) -> str:
    """Exit a trade, or a part of it."""
    trade = bot.book.open.get(numbered(fields, "tradeid"))
    if trade is None:
        raise NotFound(f"Trade {fields['tradeid']} is not open any more")
    request = exit_request(trade, fields)
    said = await bot.force_exit(request)
    if await bot.trade(trade.id) is None:
        return f"Trade {trade.id} is removed: its order is cancelled, and it had bought nothing."
    if request.amount is None:
        return said
    return f"{said[:-1]}: {shown_amount(request.amount)} {trade.safe_base_currency} of it."


@form_for("/forceexit")
async def show_exit_all(request: web.Request) -> FormPage:
    """Show what exiting all open trades would make."""
    bot = request.app[BOT_SLOT].require_bot()
    await bot.refresh_prices()
    rows = open_trades(bot, bot.now()).rows
    known = [row.profit for row in rows if row.profit is not None]
    content = {
        "rows": rows,
        "profit": sum(known),
        "unknown": sum(row.filled for row in rows) - len(known),
        "orders": sum(len(trade.all_open_orders) for trade in bot.book.open.values()),
    }
    return FormPage(
        template="forms/exit_all.html",
        heading="Exit all trades",
        place="trades",
        closes_to="./",
        content=content,
    )


@commanding("/forceexit", once=True)
async def exit_all(bot: "Bot", fields: Fields) -> str:
    """Exit all open trades."""
    return await bot.force_exit(ExitRequest(trade_id="all", order_type=order_type(fields)))


def exit_request(trade: Trade, fields: Fields) -> ExitRequest:
    """Return the exit of `trade` that the fields state. Raises Unclear."""
    kind, price = order_type(fields), number(fields, "price", "a rate")
    if kind == "market" and price is not None:
        raise Unclear("A market order has no rate: leave the rate empty, or choose limit.")
    return ExitRequest(trade_id=str(trade.id), amount=_amount(trade, fields), price=price, order_type=kind)


def _amount(trade: Trade, fields: Fields) -> float | None:
    """Return the amount (base currency) to exit; None for all."""
    part = fields.get("part", "all")
    if part == "all":
        return None
    if part in _PARTS:
        return trade.amount * int(part) / 100
    size = number(fields, "size", "an amount")
    if size is None:
        raise Unclear("Enter how much to exit.")
    if fields.get("unit") != "percent":
        return size
    if size > 100:
        raise Unclear("More than 100 % cannot be exited.")
    return None if size == 100 else trade.amount * size / 100


def _given(request: web.Request) -> dict[str, str]:
    given = {name: request.query.get(name, "")[:_LONGEST] for name in _FIELDS}
    return given | {"part": given["part"] or "all", "unit": given["unit"] or "percent"}


async def _previewed(bot: "Bot", trade: Trade, given: Fields) -> dict[str, object]:
    try:
        return {"preview": await bot.preview_exit(trade, exit_request(trade, given)), "unclear": ""}
    except Unclear as error:
        return {"preview": None, "unclear": str(error)}
