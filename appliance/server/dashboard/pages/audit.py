"""Show the audit log: each command with its outcome, filtered and paged in the address, without scripts.

`?verify` verifies every line, which `appliance audit verify` does too.
"""

from typing import cast
from urllib.parse import urlencode

from aiohttp import web
from msgspec import Struct

from appliance.domain.audit import AuditChoice, Ending
from appliance.queries import audit
from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import Page, page_number, paging, rendered, when_started
from appliance.server.dashboard.pages.period import Period, period_in
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.view import PAGE_ROWS
from appliance.server.routing.routes import find_route

LONGEST_TEXT = 100
ENDINGS = {"": "any", "done": "done", "refused": "not done", "open": "no outcome"}
_AUDIT = find_route("GET", "/audit")


class LinesChoice(Struct, frozen=True, kw_only=True):
    """Name which lines are shown; what is empty leaves all."""

    who: str = ""
    text: str = ""
    ending: str = ""
    period: Period = Period()

    @property
    def query(self) -> str:
        """The choice as the query of an address; empty for all lines."""
        values = {
            "who": self.who,
            "text": self.text,
            "ending": self.ending,
            "since": self.period.first,
            "until": self.period.last,
        }
        return urlencode({name: value for name, value in values.items() if value})


@when_started
async def show_audit(request: web.Request, session: Session) -> web.Response:
    """Show a page of the chosen lines."""
    if session.caller.role < _AUDIT.role:
        text = f"{refusal(session.caller, _AUDIT.role)}."
        refused = Page(
            template="page.html", place="audit", heading="Audit log", notice=text, closes_to="./", status=403
        )
        return await rendered(request, session, refused, {})
    slot, page, query = request.app[BOT_SLOT], page_number(request), request.query
    ending = query.get("ending", "")
    choice = LinesChoice(
        who=query.get("who", "")[:LONGEST_TEXT].strip(),
        text=query.get("text", "")[:LONGEST_TEXT].strip(),
        ending=ending if ending in ENDINGS else "",
        period=period_in(query),
    )
    wanted = AuditChoice(
        who=choice.who,
        text=choice.text,
        ending=cast("Ending", choice.ending),
        since=choice.period.since,
        until=choice.period.until,
    )
    verify = "verify" in query
    log = await audit.commands(slot, wanted, PAGE_ROWS, (page - 1) * PAGE_ROWS, verify=verify)
    # One that has just been verified does not verify itself again with every change.
    shown = Page(template="audit.html", place="audit", heading="Audit log", is_live=not verify)
    content = {"log": log, "choice": choice, "endings": ENDINGS, **paging(page, log.total)}
    return await rendered(request, session, shown, content)
