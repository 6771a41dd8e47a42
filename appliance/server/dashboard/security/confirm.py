"""Ask for the password again before a command that moves money, or that changes who may log in.

A browser that is left open, or a cookie that is stolen, is thereby not enough. A command that is refused for
this reason has had no effect; the same request with the password carries it out. Scripts repeat it from a
dialog (`web/static/confirm.js`); without scripts, a page repeats the form.
"""

from collections.abc import Mapping
from functools import wraps
from typing import Final

from aiohttp import web

from appliance.domain.errors import ConfigurationError
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.dashboard.access import (
    CONFIRMED,
    CONFIRMING,
    PASSKEY_FIELD,
    PASSWORD_FIELD,
    SessionHandler,
    credentials_of,
    form_of,
    to_login,
    whole_form_of,
)
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.page_response import page_response
from appliance.server.dashboard.security.begin import commander
from appliance.server.dashboard.security.passkey_answer import CONFIRMS, check_answer
from appliance.server.dashboard.session import Session
from appliance.server.errors import TooManyAttempts, Unauthorized
from appliance.server.logins.logins import LOGINS
from appliance.server.logins.passkeys import BadPasskey

CONFIRMED_SECONDS: Final = 15 * 60
"""For how long the password counts as given."""
HEADER: Final = "X-Password-Again"
"""Header of an answer that asks for the password; scripts recognize it."""


def confirmed(handler: SessionHandler) -> SessionHandler:
    """Wrap a handler inside `acting`: it runs only if the password was given within 15 minutes."""

    @wraps(handler)
    async def checked(request: web.Request, session: Session) -> web.StreamResponse:
        return await unconfirmed(request, session) or await handler(request, session)

    return checked


def is_fresh(session: Session, now: float) -> bool:
    """Return whether the password was given lately; a time to come (a clock set back) does not count."""
    return 0 <= now - session.confirmed < CONFIRMED_SECONDS


async def unconfirmed(request: web.Request, session: Session) -> web.Response | None:
    """Return the answer that asks for the password; None if it was given lately, or with this request."""
    if is_fresh(session, request.app[DASHBOARD].clock()):
        return None
    given = await whole_form_of(request)
    if not any(given.get(name) for name in CONFIRMING):
        return await _ask(request, session)
    try:
        await _check(request, session, given)
    except TooManyAttempts as error:
        problem = f"Too many failed attempts. Try again in {error.seconds} seconds."
        return await _ask(request, session, problem, 429, {"Retry-After": str(error.seconds)})
    except Unauthorized:
        return await _refused(request, session)
    request[CONFIRMED] = True
    return None


async def _check(request: web.Request, session: Session, given: Mapping[str, str]) -> None:
    """Check what confirms a command. Raises Unauthorized or TooManyAttempts."""
    if not (answer := given.get(PASSKEY_FIELD)):
        await check_password(request, session, given.get(PASSWORD_FIELD, ""))
        return
    owner = credentials_of(request).owner
    if owner is None or session.caller.credential != owner.credential:
        raise Unauthorized("Only the user has passkeys")
    try:
        await check_answer(request, CONFIRMS, session.id, answer)
    except (BadPasskey, ConfigurationError) as error:
        raise Unauthorized(str(error)) from None


async def check_password(request: web.Request, session: Session, password: str) -> None:
    """Check that this is the password, or API token, of the session. Raises Unauthorized, TooManyAttempts."""
    authenticator = request.app[AUTHENTICATOR]
    caller = await authenticator.check_login(request, session.caller.name, password)
    if caller.credential != session.caller.credential:
        authenticator.count_guess(request, password)
        raise Unauthorized("This is the login of somebody else")


async def _refused(request: web.Request, session: Session) -> web.Response:
    """Answer a wrong password; after too many within a session, from whatever addresses, it ends."""
    logins, by = request.app[LOGINS], commander(request, session.caller)
    now = request.app[DASHBOARD].clock()
    is_over = logins.sessions.count_wrong(session.id)
    await logins.journal.failed(by.origin, f"wrong password in a session of {by.who}", now)
    if not is_over:
        return await _ask(request, session, "Password or passkey is wrong. Nothing was done.")
    await logins.sessions.save()
    await logins.journal.note(by, "session ended after too many wrong passwords")
    return to_login(request)


async def _ask(
    request: web.Request,
    session: Session,
    problem: str = "",
    status: int = 403,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Answer with the dialog, or with a page that has the fields of the command."""
    is_piece, known = "HX-Request" in request.headers, request.app[LOGINS].known
    owner = credentials_of(request).owner
    context = {
        "is_owner": session.caller == owner,
        "has_passkeys": bool(known.passkeys) and session.caller == owner,
        "passkey_field": PASSKEY_FIELD,
        "fields": {} if is_piece else {**await form_of(request), "token": session.token},
        "token": session.token,
        "problem": problem,
        "caller": session.caller.name,
        "password_field": PASSWORD_FIELD,
    }
    template = "fragments/confirm.html" if is_piece else "confirm.html"
    return await page_response(request, template, context, status, {HEADER: "1", **(headers or {})})
