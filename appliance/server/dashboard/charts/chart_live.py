"""Tell an open chart by server-sent events what is new: a closed candle, an order, the forming candle."""

from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, logged_in
from appliance.server.dashboard.app_state import DASHBOARD, Dashboard
from appliance.server.dashboard.charts.chart import Choice, choice_of
from appliance.server.dashboard.live import BEAT, STREAM_HEADERS, event, is_valid, orderly_end
from appliance.server.dashboard.session import Session

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.server.dashboard.charts.forming import Row

LOOK_SECONDS = 2.0
"""How often what is drawn is compared with what is known."""


@logged_in
async def live_chart(request: web.Request, session: Session) -> web.StreamResponse:
    """Stream `drawn` when the chart must be requested again, `forming` with the row of the forming candle.

    `beat` when nothing is new for a while, `reload` when the bot is gone.
    """
    dashboard = request.app[DASHBOARD]
    live_page = dashboard.live_page
    if live_page.closed or not live_page.viewers.has_room_for(session.caller):
        return web.Response(status=503, headers={**PAGE_HEADERS, "Retry-After": "10"})
    stream = web.StreamResponse(headers=STREAM_HEADERS)
    # Counted as a viewer, but without add_viewer(): nobody renders fragments for a chart.
    live_page.viewers.add(session.caller)
    try:
        with orderly_end(request, session):
            await stream.prepare(request)
            await _follow(request, session, stream, dashboard)
    finally:
        live_page.viewers.remove(session.caller)
    return stream


async def _follow(
    request: web.Request, session: Session, stream: web.StreamResponse, dashboard: Dashboard
) -> None:
    slot, choice = request.app[BOT_SLOT], choice_of(request.query)
    drawn: object = None
    shown: Row | None = None
    quiet = BEAT
    while not dashboard.live_page.closed and is_valid(request, session):
        bot = slot.bot
        if bot is None:
            await stream.write(event("reload", "."))
            return
        events = b""
        now = _seen(bot, choice)
        if drawn is not None and now != drawn:
            events += event("drawn", ".")
        drawn = now
        row = await dashboard.forming.of(bot, choice.pair, choice.timeframe)
        if row is not None and row != shown:
            events += event("forming", msgspec.json.encode(row).decode())
            shown = row
        if not events and quiet >= BEAT:
            events = event("beat", ".")
        if events:
            await stream.write(events)
            quiet = 0.0
        await dashboard.live_page.closing(LOOK_SECONDS)
        quiet += LOOK_SECONDS


def _seen(bot: "Bot", choice: Choice) -> object:
    """Return a value that changes whenever the chart would: its analysis, the trades of its pair."""
    analyzed = bot.frames.get((choice.pair, choice.timeframe))
    open_trades = [trade for trade in bot.book.open.values() if trade.pair == choice.pair]
    return (
        id(bot),
        analyzed.analyzed_at if analyzed else None,
        len(bot.book.closed),
        [(one.id, one.stop_loss, sum(order.safe_filled for order in one.orders)) for one in open_trades],
    )
