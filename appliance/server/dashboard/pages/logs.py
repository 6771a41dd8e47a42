"""Show the newest log lines, of a level or above, and with a text in them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiohttp import web
from msgspec import Struct

from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import Page, page_number, rendered, when_started
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.view import LogLine
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.config.logs.setup import LogLine as Record

LINES = 100
LONGEST_TEXT = 200
LEVELS = {"": 0, "info": 20, "warning": 30, "error": 40}
"""What can be chosen, and the least number of a level that is shown then."""
_NUMBERS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}


class LogView(Struct, frozen=True, kw_only=True):
    """Hold a page of lines, newest first."""

    level: str
    text: str
    lines: list[LogLine]
    found: int
    page: int
    pages: int


@when_started
async def show_log(request: web.Request, session: Session) -> web.Response:
    """Show the log that is in memory; the file of the log has more."""
    query, records = request.query, request.app[BOT_SLOT].logs.records
    level = query.get("level", "")
    text = query.get("text", "")[:LONGEST_TEXT]
    view = await for_readers(log_view, records, level if level in LEVELS else "", text, page_number(request))
    return await rendered(
        request, session, Page(template="logs.html", place="logs", heading="Log"), {"view": view}
    )


def log_view(records: "Sequence[Record]", level: str, text: str, page: int) -> LogView:
    """Choose lines: those whose text or source has `text`, whatever its case."""
    least, wanted = LEVELS[level], text.casefold()
    found = [
        LogLine(time=at, level=name, text=line)
        for at, _, source, name, line in reversed(records)
        if _NUMBERS.get(name, 50) >= least and (not wanted or wanted in f"{source} {line}".casefold())
    ]
    pages = max(1, -(-len(found) // LINES))
    page = min(page, pages)
    lines = found[(page - 1) * LINES : page * LINES]
    return LogView(level=level, text=text, lines=lines, found=len(found), page=page, pages=pages)
