"""Show the log that is in memory, the newest lines at the end; new ones are appended as they come.

`?level=` is the least level, `?logger=` the beginning of a logger's name, `?text=` a text, whatever its case.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web
from msgspec import Struct

from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import Page, page_number, rendered, when_started
from appliance.server.dashboard.session import Session
from appliance.threads import for_readers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appliance.config.logs.setup import LogLine as Record

LINES = 200
LONGEST_TEXT = 200
MOST_LOGGERS = 100
LEVELS = {"": "all", "info": "info and above", "warning": "warnings and errors", "error": "errors"}
_LEAST = {"": 0, "info": 20, "warning": 30, "error": 40}
_NUMBERS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}


class LogChoice(Struct, frozen=True, kw_only=True):
    """Name which lines are shown."""

    level: str = ""
    logger: str = ""
    text: str = ""

    @property
    def query(self) -> str:
        """The choice as the query of an address; empty for all lines."""
        values = {"level": self.level, "logger": self.logger, "text": self.text}
        return urlencode({name: value for name, value in values.items() if value})


class ShownLine(Struct, frozen=True, kw_only=True):
    """Show a line; `more` is what follows its first line, such as a traceback, and `more_lines` counts it."""

    time: str
    logger: str
    level: str
    text: str
    more: str = ""
    more_lines: int = 0


class LogView(Struct, frozen=True, kw_only=True):
    """Hold a page of lines, newest last. `last` is the number of the newest line of all."""

    choice: LogChoice
    lines: list[ShownLine]
    found: int
    page: int
    pages: int
    loggers: list[str]
    errors: int
    warnings: int
    last: int


@when_started
async def show_log(request: web.Request, session: Session) -> web.Response:
    """Show the newest lines that were chosen; the file of the log has more."""
    records, last = request.app[BOT_SLOT].logs.after(0)
    view = await for_readers(log_view, records, choice_in(request.query), page_number(request), last)
    page = Page(template="logs.html", place="logs", heading="Log")
    return await rendered(request, session, page, {"view": view, "levels": LEVELS})


def choice_in(query: "Mapping[str, str]") -> LogChoice:
    """Return the choice that an address makes; an unknown level is none."""
    level = query.get("level", "")
    return LogChoice(
        level=level if level in LEVELS else "",
        logger=query.get("logger", "")[:LONGEST_TEXT].strip(),
        text=query.get("text", "")[:LONGEST_TEXT],
    )


def log_view(records: "Sequence[Record]", choice: LogChoice, page: int, last: int) -> LogView:
    """Choose lines; page 1 has the newest ones."""
    found = chosen(records, choice)
    pages = max(1, -(-len(found) // LINES))
    page = min(page, pages)
    end = len(found) - (page - 1) * LINES
    errors, warnings = counted(records)
    return LogView(
        choice=choice,
        lines=found[max(0, end - LINES) : end],
        found=len(found),
        page=page,
        pages=pages,
        loggers=sorted({name for _, _, name, _, _ in records})[:MOST_LOGGERS],
        errors=errors,
        warnings=warnings,
        last=last,
    )


def chosen(records: "Iterable[Record]", choice: LogChoice) -> list[ShownLine]:
    """Return the lines that fit: by level, by logger, and with the text in logger or message."""
    least, wanted = _LEAST[choice.level], choice.text.casefold()
    return [
        _shown(at, name, level, text)
        for at, _, name, level, text in records
        if _NUMBERS.get(level, 50) >= least
        and (not choice.logger or f"{name}.".startswith(f"{choice.logger}."))
        and (not wanted or wanted in f"{name} {text}".casefold())
    ]


def counted(records: "Iterable[Record]") -> tuple[int, int]:
    """Return how many errors there are, and how many warnings."""
    levels = [_NUMBERS.get(level, 50) for _, _, _, level, _ in records]
    return sum(level >= _LEAST["error"] for level in levels), levels.count(_LEAST["warning"])


def _shown(at: str, name: str, level: str, text: str) -> ShownLine:
    first, _, more = text.partition("\n")
    return ShownLine(
        time=at,
        logger=name,
        level=level.lower(),
        text=first,
        more=more,
        more_lines=more.count("\n") + 1 if more else 0,
    )
