"""Send the page's fragments as they change, as server-sent events: plain HTTP, which any proxy forwards."""

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, logged_in
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.live_page import LivePage
from appliance.server.dashboard.research.job_rows import jobs_fingerprint
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.view import fingerprint
from appliance.server.logins.logins import LOGINS
from appliance.server.other_bots.watch import OTHER_BOTS

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

BEAT = 10.0
"""Seconds after which the stream sends a heartbeat; after 25 seconds without one, live.js reconnects."""
LEAST_BETWEEN_CHANGES = 2.0
"""Seconds between two notices of a change, each of which makes a page request itself again."""

STREAM_HEADERS = {
    **PAGE_HEADERS,
    "Content-Type": "text/event-stream; charset=utf-8",
    "X-Accel-Buffering": "no",  # nginx forwards each event at once
}


@logged_in
async def live(request: web.Request, session: Session) -> web.StreamResponse:
    """Stream the fragments, or with `?changes` only that something has changed, for other pages.

    With `?once`, answer all fragments, or nothing. 205 requests a reload of the whole page.
    """
    live_page = request.app[DASHBOARD].live_page
    if "once" in request.query:
        return await _all_fragments(request, live_page)
    if live_page.closed or not live_page.viewers.has_room_for(session.caller):
        return web.Response(status=503, headers={**PAGE_HEADERS, "Retry-After": "10"})
    stream = web.StreamResponse(headers=STREAM_HEADERS)
    live_page.add_viewer(session.caller)
    try:
        await stream.prepare(request)
        follow = _watch if "changes" in request.query else _follow
        await follow(request, session, stream, live_page)
    except ConnectionError:  # the page was closed
        pass
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or is_valid(request, session):
            raise
        task.uncancel()  # the session was ended: so is the stream, in an orderly way
    finally:
        live_page.remove_viewer(session.caller)
    return stream


async def _all_fragments(request: web.Request, live_page: LivePage) -> web.Response:
    if request.app[BOT_SLOT].bot is None and not _is_research(request):
        return web.Response(status=205, headers=PAGE_HEADERS)
    if "changes" in request.query:
        return web.Response(status=204, headers=PAGE_HEADERS)
    await live_page.refresh()
    return web.Response(text=live_page.after(0)[1], content_type="text/html", headers=PAGE_HEADERS)


async def _follow(
    request: web.Request, session: Session, stream: web.StreamResponse, live_page: LivePage
) -> None:
    """Send until the session ends, the server stops, or the bot is gone."""
    slot = request.app[BOT_SLOT]
    number = 0
    await stream.write(event("beat", "."))
    await live_page.refresh()
    while not live_page.closed and is_valid(request, session):
        if slot.bot is None:
            await stream.write(event("reload", "."))
            return
        number, fragments = live_page.after(number)
        await stream.write(event("pieces", fragments) if fragments else event("beat", "."))
        await live_page.wait(number, BEAT)


async def _watch(
    request: web.Request, session: Session, stream: web.StreamResponse, live_page: LivePage
) -> None:
    """Send that something has changed, at most every two seconds, until the session or the bot ends."""
    slot, seen, beaten = request.app[BOT_SLOT], None, -BEAT
    while not live_page.closed and is_valid(request, session):
        if slot.bot is None and not _is_research(request):
            await stream.write(event("reload", "."))
            return
        now, found = asyncio.get_running_loop().time(), _what_pages_show(request, slot.bot)
        if seen is not None and found != seen:
            await stream.write(event("changed", "."))
            beaten = now
        elif now - beaten >= BEAT:
            await stream.write(event("beat", "."))
            beaten = now
        seen = found
        await live_page.closing(LEAST_BETWEEN_CHANGES)


def _is_research(request: web.Request) -> bool:
    """Say whether the page shows research of a server without a bot."""
    return "changes" in request.query and request.app[BOT_SLOT].workbench is not None


def _what_pages_show(request: web.Request, bot: "Bot | None") -> object:
    """Return a value that changes whenever the page would: of the bot, with `?jobs` of the jobs.

    With `?bots` it is also for the page of other bots.
    """
    slot = request.app[BOT_SLOT]
    if "jobs" in request.query or bot is None:
        return jobs_fingerprint(slot.workbench)
    found = fingerprint(bot, slot.logs)
    if "bots" not in request.query:
        return found
    others = request.app[OTHER_BOTS]
    others.ask_soon()
    return found, others.revision


def is_valid(request: web.Request, session: Session) -> bool:
    """Return whether a stream may go on: the session neither expired nor ended, its login still there."""
    dashboard = request.app[DASHBOARD]
    if session.expires <= dashboard.clock() or request.app[LOGINS].sessions.find(session.id) is None:
        return False
    return request.app[AUTHENTICATOR].is_still_valid(session.caller)


def event(name: str, data: str) -> bytes:
    """Encode a server-sent event."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines())
    return f"event: {name}\n{lines}\n".encode()
