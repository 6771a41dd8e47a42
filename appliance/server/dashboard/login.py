"""Log in and out."""

import secrets

from aiohttp import web

from appliance.domain.errors import ConfigurationError
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import (
    acting,
    address_of,
    credentials_of,
    form_of,
    redirect,
    session_of,
    set_cookie_for,
)
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.page_response import page_response
from appliance.server.dashboard.security.begin import commander, logged_in_as, way_of
from appliance.server.dashboard.security.login_code import ask_code, needs_code
from appliance.server.dashboard.security.passkey_answer import is_our_visitor, visit_name
from appliance.server.dashboard.session import Session, cookie_name, form_token
from appliance.server.errors import TooManyAttempts, Unauthorized
from appliance.server.logins.logins import LOGINS
from appliance.server.logins.session_book import mark_of


async def show_login(request: web.Request) -> web.Response:
    """Show the form; redirect logged-in users to the dashboard."""
    if session_of(request) is not None:
        return redirect(request, "/")
    return await _form(request)


async def log_in(request: web.Request) -> web.Response:
    """Check the form and start a session. Guessing is throttled."""
    fields = await form_of(request)
    username, password = fields.get("username", "")[:256], fields.get("password", "")
    if not is_our_visitor(request, fields):
        return await _form(request, 403, "This form has expired. Please try again.", username)
    authenticator = request.app[AUTHENTICATOR]
    try:
        caller = await authenticator.check_login(request, username, password)
    except TooManyAttempts as error:
        problem = f"Too many failed attempts. Try again in {error.seconds} seconds."
        return await _form(request, 429, problem, username, {"Retry-After": str(error.seconds)})
    except Unauthorized:
        now = request.app[DASHBOARD].clock()
        await request.app[LOGINS].journal.failed(f"dashboard {address_of(request)}", "login failed", now)
        return await _form(request, 401, "Username or password is wrong.", username)
    try:
        if await needs_code(request, caller):
            return await ask_code(request, caller)
    except ConfigurationError as error:
        return await _form(request, 503, str(error), username)
    response = await logged_in_as(request, caller, way_of(password))
    response.del_cookie(visit_name(request), path="/")
    return response


@acting
async def log_out(request: web.Request, session: Session) -> web.Response:
    """End the session, also for copies of its cookie."""
    logins = request.app[LOGINS]
    logins.sessions.end(mark_of(session.id))
    await logins.sessions.save()
    await logins.journal.note(commander(request, session.caller), "logged out")
    response = redirect(request, "/login")
    response.del_cookie(cookie_name(credentials_of(request)), path="/")
    return response


async def _form(
    request: web.Request,
    status: int = 200,
    problem: str = "",
    username: str = "",
    headers: dict[str, str] | None = None,
) -> web.Response:
    """Answer with a new form, its token bound to a cookie, so that no other site can submit it."""
    visit = secrets.token_hex(16)
    try:
        has_passkeys = bool((await request.app[LOGINS].factors()).passkeys)
    except ConfigurationError:
        has_passkeys = False
    context = {
        "has_passkeys": has_passkeys,
        "bot_name": request.app[BOT_SLOT].settings.bot_name,
        "token": form_token(credentials_of(request), visit),
        "problem": problem,
        "ended": next((word for word in ("refused", "ended", "passkey") if word in request.query), ""),
        "username": username,
    }
    response = await page_response(request, "login.html", context, status, headers)
    set_cookie_for(request, response, visit_name(request), visit, None)
    return response
