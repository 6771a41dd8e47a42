"""Send the page's pieces as they change, as server-sent events: plain HTTP, which any proxy passes on."""

from aiohttp import web

from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, logged_in
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.board import Board
from appliance.server.dashboard.session import Session

BEAT = 10.0
"""Seconds after which the stream says that it is alive; live.js calls 25 seconds of silence a loss."""

_STREAM_HEADERS = {
    **PAGE_HEADERS,
    "Content-Type": "text/event-stream; charset=utf-8",
    "X-Accel-Buffering": "no",  # nginx passes each event on at once
}


@logged_in
async def live(request: web.Request, session: Session) -> web.StreamResponse:
    """Stream the pieces; with `?once`, answer all of them. 205 asks for the whole page anew."""
    board = request.app[DASHBOARD].board
    if "once" in request.query:
        return await _all_pieces(request, board)
    if board.closed or not board.viewers.has_room_for(session.caller):
        return web.Response(status=503, headers={**PAGE_HEADERS, "Retry-After": "10"})
    stream = web.StreamResponse(headers=_STREAM_HEADERS)
    board.enter(session.caller)
    try:
        await stream.prepare(request)
        await _follow(request, session, stream, board)
    except ConnectionError:  # the page was closed
        pass
    finally:
        board.leave(session.caller)
    return stream


async def _all_pieces(request: web.Request, board: Board) -> web.Response:
    if request.app[BOT_SLOT].bot is None:
        return web.Response(status=205, headers=PAGE_HEADERS)
    await board.refresh()
    return web.Response(text=board.after(0)[1], content_type="text/html", headers=PAGE_HEADERS)


async def _follow(request: web.Request, session: Session, stream: web.StreamResponse, board: Board) -> None:
    """Send until the session ends, the server stops, or the bot is gone and its page with it."""
    slot = request.app[BOT_SLOT]
    number = 0
    await stream.write(_event("beat", "."))
    await board.refresh()
    while not board.closed and _lasts(request, session):
        if slot.bot is None:
            await stream.write(_event("reload", "."))
            return
        number, pieces = board.after(number)
        await stream.write(_event("pieces", pieces) if pieces else _event("beat", "."))
        await board.wait(number, BEAT)


def _lasts(request: web.Request, session: Session) -> bool:
    dashboard = request.app[DASHBOARD]
    if session.expires <= dashboard.clock() or session.id in dashboard.ended:
        return False
    return request.app[AUTHENTICATOR].is_still_valid(session.caller)


def _event(name: str, data: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in data.splitlines())
    return f"event: {name}\n{lines}\n".encode()
