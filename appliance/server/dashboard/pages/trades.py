"""Show closed trades: filtered, sorted, page by page, and as CSV. All of it is in the address."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web
from msgspec import Struct

from appliance.domain.errors import Starting
from appliance.reports.trade_choice import (
    ORDERS,
    OUTCOMES,
    TradeChoice,
    as_csv,
    chosen_places,
    names_in,
)
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, logged_in
from appliance.server.dashboard.pages.frame import Page, page_number, rendered, when_started
from appliance.server.dashboard.panels.open_trades import OpenTrades, open_trades
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.view import PAGE_ROWS, ClosedRow, closed_row
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Columns, Ints

LONGEST_NAME = 200
"""Characters of a filter that are read; no pair, tag or reason is longer."""
MOST_CSV = 100_000
"""Trades in one CSV file, the first ones in the chosen order."""


class TradesView(Struct, frozen=True, kw_only=True):
    """Hold what the page shows. `profit` is that of all trades found, in stake currency."""

    choice: TradeChoice
    open: OpenTrades
    rows: list[ClosedRow]
    found: int
    profit: float
    page: int
    pages: int
    pairs: list[str]
    tags: list[str]
    reasons: list[str]

    @property
    def is_filtered(self) -> bool:
        choice = self.choice
        return bool(choice.pair or choice.tag or choice.reason or choice.outcome)


@when_started
async def show_trades(request: web.Request, session: Session) -> web.Response:
    """Show the open trades, and a page of the closed ones that were chosen."""
    bot = request.app[BOT_SLOT].require_bot()
    choice = choice_in(request.query)
    closed = bot.book.closed
    columns = closed.columns()
    places, pairs, tags, reasons, profit = await for_readers(_looked_up, columns, choice)
    pages = max(1, math.ceil(len(places) / PAGE_ROWS))
    page = min(page_number(request), pages)
    shown = places[(page - 1) * PAGE_ROWS : page * PAGE_ROWS].tolist()
    view = TradesView(
        choice=choice,
        open=open_trades(bot, bot.now()),
        rows=[closed_row(closed[place]) for place in shown if place < len(closed)],
        found=len(places),
        profit=profit,
        page=page,
        pages=pages,
        pairs=pairs,
        tags=tags,
        reasons=reasons,
    )
    content = {"view": view, "address": address_of}
    shown = Page(template="trades.html", place="trades", heading="Trades", is_live=True)
    return await rendered(request, session, shown, content)


@logged_in
async def download_trades(request: web.Request, _: Session) -> web.Response:
    """Answer the chosen trades as a CSV file."""
    try:
        closed = request.app[BOT_SLOT].require_bot().book.closed
    except Starting as error:
        return web.Response(status=503, text=f"{error}\n", headers=PAGE_HEADERS)
    choice = choice_in(request.query)
    places = await for_readers(chosen_places, closed.columns(), choice)
    trades = [closed[place] for place in places[:MOST_CSV].tolist() if place < len(closed)]
    headers = {**PAGE_HEADERS, "Content-Disposition": 'attachment; filename="trades.csv"'}
    return web.Response(text=await for_readers(as_csv, trades), content_type="text/csv", headers=headers)


def choice_in(query: Mapping[str, str]) -> TradeChoice:
    """Return the choice that an address makes; what is none of the possible values is left out."""
    outcomes = [one for one in OUTCOMES if one == query.get("outcome")]
    orders = [one for one in ORDERS if one == query.get("order")]
    return TradeChoice(
        pair=query.get("pair", "")[:LONGEST_NAME],
        tag=query.get("tag", "")[:LONGEST_NAME],
        reason=query.get("reason", "")[:LONGEST_NAME],
        outcome=outcomes[0] if outcomes else "",
        order=orders[0] if orders else "closed",
        ascending=query.get("ascending") == "1",
    )


def address_of(choice: TradeChoice, path: str = "trades", page: int = 1, order: str = "") -> str:
    """Return the address of a choice; with `order` sorted by that, or turned round if it is already."""
    ascending = choice.ascending
    if order:
        ascending = not choice.ascending if order == choice.order else False
    values = {
        "pair": choice.pair,
        "tag": choice.tag,
        "reason": choice.reason,
        "outcome": choice.outcome,
        "order": (order or choice.order) if (order or choice.order) != "closed" else "",
        "ascending": "1" if ascending else "",
        "page": str(page) if page > 1 else "",
    }
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{path}?{query}" if query else path


def _looked_up(
    columns: "Columns", choice: TradeChoice
) -> "tuple[Ints, list[str], list[str], list[str], float]":
    places = chosen_places(columns, choice)
    profit = float(columns.numbers("close_profit_abs")[places].sum())
    names = [names_in(columns, column) for column in ("pair", "enter_tag", "exit_reason")]
    return places, *names, profit  # type: ignore[return-value]
