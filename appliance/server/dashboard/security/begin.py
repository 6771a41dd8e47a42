"""Begin a session, and note it."""

from typing import Final

from aiohttp import web

from appliance.config.api_tokens import is_token
from appliance.domain.audit import Commander
from appliance.server.auth.credentials import Caller
from appliance.server.dashboard.access import (
    address_of,
    credentials_of,
    redirect,
    session_of,
    set_session_cookie,
)
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.session import new_session
from appliance.server.logins.browsers import in_words
from appliance.server.logins.logins import LOGINS
from appliance.server.logins.session_book import LoginSession, mark_of

BY_PASSWORD: Final = "password"
BY_TOKEN: Final = "API token"


def way_of(password: str) -> str:
    """Return how somebody logged in who gave that as the password."""
    return BY_TOKEN if is_token(password) else BY_PASSWORD


async def logged_in_as(request: web.Request, caller: Caller, way: str) -> web.Response:
    """Begin a new session, in place of any that this browser has, and redirect to the dashboard."""
    logins, now = request.app[LOGINS], request.app[DASHBOARD].clock()
    if (earlier := session_of(request)) is not None:
        logins.sessions.end(mark_of(earlier.id))
    session, cookie = new_session(credentials_of(request), caller, now)
    known = LoginSession(
        mark="",
        credential=caller.credential,
        name=caller.name,
        way=way,
        browser=in_words(request.headers.get("User-Agent", "")),
        address=address_of(request),
        began=int(now),
        seen=int(now),
        until=session.expires,
    )
    logins.sessions.begin(session.id, known)
    await logins.sessions.save()
    await logins.journal.note(commander(request, caller), f"logged in by {way}: {known.browser}")
    response = redirect(request, "/")
    set_session_cookie(request, response, cookie)
    return response


def commander(request: web.Request, caller: Caller) -> Commander:
    """Return who `caller` is in the audit log, when it uses the dashboard."""
    return Commander(caller.name, f"dashboard {address_of(request)}")
