"""Enter a trade: the form, what it would cost and risk, and doing it."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from aiohttp import web

from appliance.domain.enums import TradeDirection, TradingMode
from appliance.domain.errors import Starting
from appliance.rules.exits import REASON_LENGTH
from appliance.rules.previews import EntryPreview
from appliance.rules.trade_requests import FORCED_ENTRY_TAG, EntryRequest
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, logged_in
from appliance.server.dashboard.actions import Unclear, commanding
from appliance.server.dashboard.forms.fields import Fields, number, order_type, words
from appliance.server.dashboard.forms.form_page import FormPage, form_for
from appliance.server.dashboard.page_response import page_response
from appliance.server.dashboard.session import Session
from appliance.server.routing.routes import find_route

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

_DIRECTIONS: Mapping[str, TradeDirection] = {"long": "long", "short": "short"}
_FIELDS = ("pair", "side", "price", "ordertype", "stake", "leverage", "tag")
_LONGEST = 300
_ENTER: Final = find_route("POST", "/forceenter")


@form_for("/forceenter")
async def show_entry(request: web.Request) -> FormPage:
    """Show the form, filled with what the address has, and its preview."""
    bot = request.app[BOT_SLOT].require_bot()
    given = {name: request.query.get(name, "")[:_LONGEST] for name in _FIELDS}
    content = {
        "given": given,
        "pairs": list(bot.whitelist),
        "is_futures": bot.settings.trading_mode is not TradingMode.SPOT,
        "default_tag": FORCED_ENTRY_TAG,
        "stake_currency": bot.settings.stake_currency,
        **await _previewed(bot, given),
    }
    return FormPage(
        template="forms/entry.html", heading="Enter a trade", place="trades", closes_to="./", content=content
    )


@logged_in
async def preview_entry(request: web.Request, session: Session) -> web.Response:
    """Answer what the form would do, as a piece of the page."""
    if session.caller.role < _ENTER.role:
        return web.Response(status=403, text="Viewers enter no trades.\n", headers=PAGE_HEADERS)
    try:
        bot = request.app[BOT_SLOT].require_bot()
    except Starting as error:
        return web.Response(status=503, text=f"{error}\n", headers=PAGE_HEADERS)
    given = {name: request.query.get(name, "")[:_LONGEST] for name in _FIELDS}
    content = {**await _previewed(bot, given), "stake_currency": bot.settings.stake_currency}
    return await page_response(request, "forms/entry_preview.html", content)


@commanding("/forceenter", once=True)
async def enter(bot: "Bot", fields: Fields) -> str:
    """Enter a trade."""
    request = entry_request(fields)
    trade = await bot.force_enter(request)
    order = next(iter(reversed(trade.orders)), None)
    state = ""
    if order is not None and order.ft_is_open:
        state = " Its order waits to be filled."
    return f"Trade {trade.id}: entering {trade.pair}, {request.side}.{state}"


def entry_request(fields: Fields) -> EntryRequest:
    """Return the entry that the fields state. Raises Unclear."""
    pair, side = fields.get("pair", "").strip(), _DIRECTIONS.get(fields.get("side") or "long")
    if not pair or side is None:
        raise Unclear("Name a pair, and a side: long or short.")
    kind, price = order_type(fields), number(fields, "price", "a rate")
    if kind == "market" and price is not None:
        raise Unclear("A market order has no rate: leave the rate empty, or choose limit.")
    return EntryRequest(
        pair=pair,
        side=side,
        price=price,
        stake=number(fields, "stake", "a stake"),
        order_type=kind,
        leverage=number(fields, "leverage", "a leverage"),
        tag=words(fields, "tag", REASON_LENGTH),
    )


async def _previewed(bot: "Bot", given: Fields) -> dict[str, object]:
    """Return what a template shows of a preview; nothing until a pair is named."""
    preview, unclear = None, ""
    if given["pair"].strip():
        try:
            preview = await bot.preview_entry(entry_request(given))
        except Unclear as error:
            unclear = str(error)
    return {"preview": preview, "unclear": unclear, "slots": _slots(preview)}


def _slots(preview: EntryPreview | None) -> str:
    """Say how many slots are taken."""
    if preview is None or preview.plan is None:
        return ""
    if not math.isfinite(preview.most):
        return f"{preview.open_trades} open, no limit"
    return f"{preview.open_trades} of {int(preview.most)} taken"
