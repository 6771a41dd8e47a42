"""Ask for a code after the password, where the user has set that up.

Between the two steps there is no session: a sealed cookie says for five minutes that the password was right.
It is worth nothing without a code, and each code counts once.
"""

import secrets
from typing import Final

from aiohttp import web

from appliance.domain.errors import ConfigurationError
from appliance.server.auth.credentials import Caller
from appliance.server.dashboard.access import (
    address_of,
    credentials_of,
    form_of,
    redirect,
    same_origin,
    set_cookie_for,
)
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.page_response import page_response
from appliance.server.dashboard.security.begin import BY_PASSWORD, logged_in_as
from appliance.server.dashboard.session import cookie_name, form_token, read_claim, same, sealed_claim
from appliance.server.errors import TooManyAttempts
from appliance.server.logins.logins import LOGINS

SECONDS: Final = 300
"""For how long the code may follow the password."""
_PURPOSE: Final = "second step"


async def needs_code(request: web.Request, caller: Caller) -> bool:
    """Return whether the login of `caller` needs a code; API tokens do not. Raises ConfigurationError."""
    owner = credentials_of(request).owner
    if owner is None or caller.credential != owner.credential:
        return False
    return (await request.app[LOGINS].factors()).codes is not None


async def ask_code(request: web.Request, caller: Caller) -> web.Response:
    """Answer with the form for the code, after the right password."""
    credentials, nonce = credentials_of(request), secrets.token_hex(16)
    until = int(request.app[DASHBOARD].clock()) + SECONDS
    response = await _form(request, nonce)
    claim = sealed_claim(credentials, _PURPOSE, str(until), nonce, caller.credential)
    set_cookie_for(request, response, _step_name(request), claim, SECONDS)
    return response


async def check_code(request: web.Request) -> web.Response:
    """Check the code, and begin a session."""
    logins, fields, now = request.app[LOGINS], await form_of(request), request.app[DASHBOARD].clock()
    step = _step(request, now)
    if step is None:
        return redirect(request, "/login?ended")
    nonce, caller = step
    if not same_origin(request) or not same(
        fields.get("token", ""), form_token(credentials_of(request), nonce)
    ):
        return await _form(request, nonce, 403, "This form has expired. Please try again.")
    try:
        kind = await logins.take_code(fields.get("code", ""), now)
    except TooManyAttempts as error:
        problem = f"Too many wrong codes. Try again in {error.seconds} seconds."
        return await _form(request, nonce, 429, problem, {"Retry-After": str(error.seconds)})
    except ConfigurationError as error:
        return await _form(request, nonce, 503, str(error))
    if kind is None:
        await logins.journal.failed(
            f"dashboard {address_of(request)}", "wrong code after the right password", now
        )
        return await _form(request, nonce, 401, "This code is wrong, or was used before. Take the next one.")
    response = await logged_in_as(request, caller, f"{BY_PASSWORD} and {kind}")
    response.del_cookie(_step_name(request), path="/")
    return response


def _step(request: web.Request, now: float) -> tuple[str, Caller] | None:
    """Return the login that waits for a code; None if the password was not given, or too long ago."""
    credentials = credentials_of(request)
    parts = read_claim(credentials, _PURPOSE, request.cookies.get(_step_name(request), ""))
    if parts is None:
        return None
    until, nonce, credential = parts
    caller = credentials.caller(credential)
    return (nonce, caller) if caller is not None and now < int(until) else None


def _step_name(request: web.Request) -> str:
    return f"{cookie_name(credentials_of(request))}_step"


async def _form(
    request: web.Request,
    nonce: str,
    status: int = 200,
    problem: str = "",
    headers: dict[str, str] | None = None,
) -> web.Response:
    context = {"token": form_token(credentials_of(request), nonce), "problem": problem}
    return await page_response(request, "login_code.html", context, status, headers)
