"""Answer with pages inside the dashboard's frame: navigation, notices, paging."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from msgspec import Struct

from appliance import __version__
from appliance.domain.enums import State
from appliance.domain.errors import NotFound, Starting, WrongMode
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, Handler, SessionHandler, logged_in, redirect
from appliance.server.dashboard.page_response import page_response
from appliance.server.dashboard.panels.health import health_view
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.view import PAGE_ROWS, BotFacts, bot_facts
from appliance.server.logins.session_book import mark_of

if TYPE_CHECKING:
    from appliance.queries.bot_slot import BotSlot

LAST_VIEW: Final = "X-Last-View"
"""Header of pages that browsers may keep for a while (service-worker.js): a mark of the login."""
NEVER_KEPT: Final = ("settings", "chart", "research")


def when_started(handler: SessionHandler) -> Handler:
    """Wrap a page: before the bot has started, or without one, redirect to the overview."""

    async def checked(request: web.Request, session: Session) -> web.StreamResponse:
        try:
            return await handler(request, session)
        except (Starting, WrongMode):
            return redirect(request, "/")
        except NotFound as error:  # which `problem.py` shows in the frame
            return web.Response(status=404, text=f"{error}\n", headers=PAGE_HEADERS)

    return logged_in(checked)


def paging(page: int, total: int) -> dict[str, int]:
    return {"page": page, "pages": max(1, math.ceil(total / PAGE_ROWS))}


class Page(Struct, frozen=True, kw_only=True):
    """Describe a page: its template, its place in the navigation, and a notice that closes to an address.

    A live page requests itself again when the bot has changed, but not while somebody types, selects text or
    has something open in it (refreshing.js); fields with an id keep what was entered.
    """

    template: str
    place: str
    heading: str
    notice: str = ""
    closes_to: str = ""
    status: int = 200
    is_live: bool = False
    stream: str = "changes"
    """The query of the stream that it follows."""


async def rendered(
    request: web.Request, session: Session, page: Page, content: dict[str, Any]
) -> web.Response:
    caller, slot = session.caller, request.app[BOT_SLOT]
    context = {
        "bot": _facts(slot),
        "troubles": health_view(slot.bot).troubles if slot.bot else [],
        "is_stopped": slot.bot is not None and slot.bot.state is State.STOPPED,
        "here": page.place,
        "heading": page.heading,
        "token": session.token,
        "caller": caller.name,
        "role": caller.role.word,
        "notice": page.notice[:1].upper() + page.notice[1:],
        "closes_to": page.closes_to,
        "is_live": page.is_live,
        "stream": page.stream,
        "notice_kind": "good" if page.status < 400 else "bad",
        **content,
    }
    headers = {LAST_VIEW: mark_of(session.id)[:32]} if may_be_kept(page, content) else {}
    return await page_response(request, page.template, context, page.status, headers)


def may_be_kept(page: Page, content: Mapping[str, Any]) -> bool:
    """Return whether a browser may keep a page, to show it as old while it is offline.

    Not forms, what came of them, settings and research; charts are drawn by scripts that need the bot.
    """
    shown_once = page.notice or "ticket" in content
    return page.status == 200 and page.place not in NEVER_KEPT and not shown_once


class ServerFacts(Struct, frozen=True):
    """Describe the server where there is no bot, for the frame of a page."""

    name: str
    version: str
    stake_currency: str
    has_bot: bool = False


def _facts(slot: "BotSlot") -> BotFacts | ServerFacts:
    """Return what the frame shows of the bot. Raises Starting before it has started."""
    if slot.bot is None and slot.workbench is not None:
        name = slot.settings.bot_name or "appliance"
        return ServerFacts(name, __version__, slot.settings.stake_currency)
    return bot_facts(slot.require_bot())


def page_number(request: web.Request) -> int:
    """Return the requested page of a list; 1 if it is no valid number."""
    asked = request.query.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1
