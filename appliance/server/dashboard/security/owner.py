"""Let only the user of the configuration change what a login needs, and say what came of it."""

from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web

from appliance.domain.errors import ApplianceError
from appliance.server.dashboard.access import CONFIRMED, Handler, acting, form_of
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.page_response import status_of
from appliance.server.dashboard.security.begin import commander
from appliance.server.dashboard.security.confirm import check_password, unconfirmed
from appliance.server.dashboard.security.page import is_owner, security_page
from appliance.server.dashboard.session import Session
from appliance.server.errors import TooManyAttempts, Unauthorized
from appliance.server.logins.logins import LOGINS

Change = Callable[[web.Request, Session], Awaitable[web.Response]]


class NotNow(Exception):
    """Say why a change is not made; `status` of the answer."""

    def __init__(self, text: str, status: int = 422) -> None:
        super().__init__(text)
        self.status = status


def by_owner(change: Change) -> Handler:
    """Wrap a change: a command of the user's own session, with the password given lately."""

    @acting
    @wraps(change)
    async def checked(request: web.Request, session: Session) -> web.StreamResponse:
        if not is_owner(request, session):
            text = "Not allowed: only the user of the configuration may do this, not an API token."
            return await security_page(request, session, text, 403)
        if asked := await unconfirmed(request, session):
            return asked
        try:
            return await change(request, session)
        except NotNow as error:
            return await security_page(request, session, str(error), error.status)
        except ApplianceError as error:
            return await security_page(request, session, f"Not done: {error}.", status_of(error))

    return checked


async def check_password_and_code(request: web.Request, session: Session) -> None:
    """Check both as they stand in the form, however lately they were given. Raises NotNow."""
    fields, logins, now = await form_of(request), request.app[LOGINS], request.app[DASHBOARD].clock()
    try:
        await check_password(request, session, fields.get("password", ""))
        if await logins.take_code(fields.get("code", ""), now) is None:
            raise Unauthorized("wrong code")
    except TooManyAttempts as error:
        raise NotNow(f"Too many failed attempts. Try again in {error.seconds} seconds.", 429) from None
    except Unauthorized:
        by = commander(request, session.caller)
        await logins.journal.failed(by.origin, f"wrong password or code in a session of {by.who}", now)
        if logins.sessions.count_wrong(session.id):
            await logins.journal.note(by, "session ended after too many wrong passwords")
        raise NotNow("Password or code is wrong, or the code was used before. Nothing was changed.") from None
    request[CONFIRMED] = True
