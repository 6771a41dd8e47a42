"""Show what went wrong inside the dashboard's frame, to browsers that are logged in and asked for a page."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from appliance.domain.errors import ApplianceError, Starting
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import session_of
from appliance.server.dashboard.pages.frame import Page, rendered
from appliance.server.dashboard.session import Session
from appliance.server.errors import Forbidden
from appliance.server.routing.routes import API

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADINGS = {
    403: "Not allowed",
    404: "Nothing is here",
    405: "Nothing is here",
    409: "Refused",
    422: "Not understood",
    500: "This page failed",
    502: "The exchange did not answer",
    503: "Not ready yet",
}
_ADVICE = {
    403: "Log out, and log in as somebody who may do this; or open the page again, if it was open for long.",
    404: "What was at this address may have been deleted, or the address is not complete.",
    405: "What was at this address may have been deleted, or the address is not complete.",
    500: "Trading goes on: pages only read what the bot knows. The log says what went wrong.",
    502: "The bot keeps trying. Open the page again in a moment.",
    503: "The bot is starting, or its server is busy. Open the page again in a moment.",
}
_USUAL = "Go back, and try again with other values."
_FAILED = "An error inside the program kept this page from being made."


@web.middleware
async def show_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn errors and answers of plain text into pages; all other requests are left to `answer_errors`."""
    if not _wants_page(request):
        return await handler(request)
    try:
        answer = await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return await _shown(request, error.status, "", error)
    except (ApplianceError, Forbidden) as error:
        status = error.http_status if isinstance(error, ApplianceError) else 403
        return await _shown(request, status, str(error), error)
    except ConnectionError:  # the browser has gone
        raise
    except Exception as error:  # the edge: a page that fails must not look like a bot that is dead
        log.exception("Showing %s failed", request.path)
        return await _shown(request, 500, _FAILED, error)
    if isinstance(answer, web.Response) and answer.status >= 400 and answer.content_type == "text/plain":
        return await _shown(request, answer.status, answer.text or "", answer)
    return answer


def _wants_page(request: web.Request) -> bool:
    if "HX-Request" in request.headers or "text/html" not in request.headers.get("Accept", ""):
        return False
    return not request.path.startswith((f"{API}/", "/static/"))


async def _shown(
    request: web.Request, status: int, text: str, otherwise: Exception | web.Response
) -> web.StreamResponse:
    """Return the page; without a session or a bot, which it needs, the error or answer goes on as it came."""
    session, slot = session_of(request), request.app[BOT_SLOT]
    has_frame = slot.bot is not None or slot.workbench is not None
    if session is not None and has_frame and not isinstance(otherwise, Starting):
        return await problem_page(request, session, status, text)
    if isinstance(otherwise, Exception):  # HTTPException is a Response besides
        raise otherwise
    return otherwise


async def problem_page(request: web.Request, session: Session, status: int, text: str) -> web.Response:
    """Return a page that says what went wrong, and what to do."""
    text = text.strip()
    content = {
        "text": text[:1].upper() + text[1:],
        "advice": _ADVICE.get(status, _USUAL),
        "code": status,
    }
    heading = _HEADINGS.get(status, "That did not work")
    page = Page(template="problem.html", place="", heading=heading, status=status)
    return await rendered(request, session, page, content)
