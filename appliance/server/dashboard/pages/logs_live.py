"""Send new lines of the log to the page that shows it, chosen and rendered here, by server-sent events."""

import msgspec
from aiohttp import web

from appliance.config.logs.setup import LogBuffer
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, logged_in
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.live import BEAT, STREAM_HEADERS, event, is_valid, orderly_end
from appliance.server.dashboard.pages.logs import LINES, LogChoice, choice_in, chosen, counted
from appliance.server.dashboard.session import Session
from appliance.threads import for_readers

LOOK_SECONDS = 1.0


@logged_in
async def live_log(request: web.Request, session: Session) -> web.StreamResponse:
    """Stream `lines` after the number `?after=` (or the one a reconnecting browser names), with their id.

    `counts` has the numbers of errors and warnings in memory; `reload` when the numbers have begun anew.
    """
    live_page = request.app[DASHBOARD].live_page
    if live_page.closed or not live_page.viewers.has_room_for(session.caller):
        return web.Response(status=503, headers={**PAGE_HEADERS, "Retry-After": "10"})
    stream = web.StreamResponse(headers=STREAM_HEADERS)
    # Counted as a viewer, but without add_viewer(): nobody renders fragments for a log.
    live_page.viewers.add(session.caller)
    try:
        with orderly_end(request, session):
            await stream.prepare(request)
            await _follow(request, session, stream)
    finally:
        live_page.viewers.remove(session.caller)
    return stream


async def _follow(request: web.Request, session: Session, stream: web.StreamResponse) -> None:
    dashboard, logs = request.app[DASHBOARD], request.app[BOT_SLOT].logs
    choice, number, quiet = choice_in(request.query), _number(request), BEAT
    if number > logs.added:
        await stream.write(event("reload", "."))
        return
    while not dashboard.live_page.closed and is_valid(request, session):
        if logs.added > number:
            events, number = await _news(request, logs, choice, number)
            await stream.write(events)
            quiet = 0.0
        elif quiet >= BEAT:
            await stream.write(event("beat", "."))
            quiet = 0.0
        await dashboard.live_page.closing(LOOK_SECONDS)
        quiet += LOOK_SECONDS


async def _news(request: web.Request, logs: LogBuffer, choice: LogChoice, number: int) -> tuple[bytes, int]:
    """Return the events about lines after a number, and the number of the newest one."""
    records, last = logs.after(number)
    lines = (await for_readers(chosen, records, choice))[-LINES:]
    counts = event("counts", msgspec.json.encode(counted(logs.records)).decode())
    if not lines:
        return counts, last
    html = await request.app[DASHBOARD].templates.render("fragments/log_lines.html", {"lines": lines})
    return counts + f"id: {last}\n".encode() + event("lines", html), last


def _number(request: web.Request) -> int:
    asked = request.headers.get("Last-Event-ID") or request.query.get("after", "0")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else 0
