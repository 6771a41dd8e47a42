"""Restrict pages to logged-in users, and commands to the dashboard's own pages."""

import re
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.auth.credentials import Credentials
from appliance.server.auth.origins import is_same_host
from appliance.server.connection import forget_caller, remember_caller
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.session import (
    SESSION_SECONDS,
    Session,
    cookie_name,
    read_session,
    same,
    sealed,
)
from appliance.server.logins.logins import LOGINS
from appliance.server.middleware.fair_share import AWAITED, FAIR_SHARE
from appliance.server.middleware.request_limits import body_of
from appliance.threads import reader

SessionHandler = Callable[[web.Request, Session], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PLAIN_PATH: Final = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,99}){1,5}")

TOKEN_HEADER: Final = "X-CSRF-Token"
PASSWORD_FIELD, PASSKEY_FIELD = "confirm_password", "confirm_passkey"
CONFIRMING: Final = (PASSWORD_FIELD, PASSKEY_FIELD)
"""Fields that confirm a command (`security/confirm.py`); they reach no handler and no audit line."""
CONFIRMED: Final = web.RequestKey("confirmed", bool)
"""Key of a request with which the password was given."""

PAGE_HEADERS: Final = {
    # Only our own files, no inline script or style, no embedding in other pages.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def credentials_of(request: web.Request) -> Credentials:
    return request.app[AUTHENTICATOR].credentials


def address_of(request: web.Request) -> str:
    return request.app[AUTHENTICATOR].address(request)


def session_of(request: web.Request) -> Session | None:
    """Return the session of this request; None if it is not logged in."""
    known, dashboard = credentials_of(request), request.app[DASHBOARD]
    session = read_session(known, request.cookies.get(cookie_name(known), ""), dashboard.clock())
    if session is None or request.app[LOGINS].sessions.find(session.id) is None:
        return None
    return session


def logged_in(handler: SessionHandler) -> Handler:
    """Wrap a handler for logged-in users; others are redirected to the login."""

    async def checked(request: web.Request) -> web.StreamResponse:
        session = session_of(request)
        if session is None:
            forget_caller(request)
            return to_login(request)
        who, sessions = session.caller.credential, request.app[LOGINS].sessions
        remember_caller(request, who)
        sessions.use(session.id, address_of(request), request.app[DASHBOARD].clock())
        if request.method not in ("GET", "HEAD"):
            return await handler(request, session)
        turns = request.app[FAIR_SHARE]
        if not turns.may_start(who):
            await turns.wait(who)
        turns.charge(who, AWAITED)
        reader.set(who)
        with sessions.reading(session.id):
            return await handler(request, session)

    return checked


def acting(handler: SessionHandler) -> Handler:
    """Wrap a handler of a command: logged in, from a page of ours, with the token of its session."""

    async def checked(request: web.Request, session: Session) -> web.StreamResponse:
        given = request.headers.get(TOKEN_HEADER) or (await form_of(request)).get("token", "")
        if not same_origin(request) or not same(given, session.token):
            return web.Response(
                status=403, text="Refused: this did not come from the dashboard. Reload the page.\n"
            )
        response = await handler(request, session)
        if CONFIRMED in request:  # the password came with this very command
            now = int(request.app[DASHBOARD].clock())
            renew(request, response, msgspec.structs.replace(session, confirmed=now))
        return response

    return logged_in(checked)


def to_login(request: web.Request) -> web.Response:
    """Redirect to the login: a page by its status, htmx by its own header, a stream by 401.

    After a command, the login page says that it was not carried out.
    """
    login = "/login" if request.method in ("GET", "HEAD") else "/login?refused"
    if "HX-Request" in request.headers:
        return web.Response(
            status=401, headers={**PAGE_HEADERS, "HX-Redirect": dashboard_path(request) + login}
        )
    if "text/html" in request.headers.get("Accept", ""):
        return redirect(request, login)
    return web.Response(status=401, text="Log in first.\n", headers=PAGE_HEADERS)


def redirect(request: web.Request, path: str) -> web.Response:
    """Redirect to another page of the dashboard; `path` begins with a slash."""
    return web.Response(status=303, headers={**PAGE_HEADERS, "Location": dashboard_path(request) + path})


def dashboard_path(request: web.Request) -> str:
    """Return the path of the dashboard as browsers see it, without a slash at its end."""
    return base_path(request) + request.app[DASHBOARD].below


def base_path(request: web.Request) -> str:
    """Return the path below which a proxy serves this server, without a slash at its end; mostly empty.

    A proxy that removes the path from requests names it in X-Forwarded-Prefix. Anybody may send that header,
    so only plain paths count, and only for the answer to this request.
    """
    prefix = request.headers.get("X-Forwarded-Prefix", "").strip().rstrip("/")
    return prefix if _PLAIN_PATH.fullmatch(prefix) else ""


def same_origin(request: web.Request) -> bool:
    """Return whether a page of ours sent this request, by headers that pages cannot forge.

    Without Sec-Fetch-Site (plain HTTP other than loopback) the origin's host must be that of the request.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return is_same_host(request.headers.get("Origin", ""), request)


async def form_of(request: web.Request) -> dict[str, str]:
    """Return the fields of a form as sent by browsers, without what confirms it; empty for any other body."""
    fields = await whole_form_of(request)
    return {name: text for name, text in fields.items() if name not in CONFIRMING}


async def whole_form_of(request: web.Request) -> dict[str, str]:
    """Return all fields of a form, also the password that confirms it: not for logs."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    try:
        return dict(parse_qsl((await body_of(request)).decode("utf-8", "replace"), max_num_fields=20))
    except ValueError:
        return {}


def is_secure(request: web.Request) -> bool:
    """Return whether the browser uses https, to the bot or to a proxy in front of it."""
    return request.secure or request.headers.get("X-Forwarded-Proto", "").strip().lower() == "https"


def set_cookie_for(
    request: web.Request, response: web.StreamResponse, name: str, text: str, seconds: int | None
) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send. `seconds`: until it expires."""
    response.set_cookie(
        name, text, max_age=seconds, path="/", httponly=True, samesite="Strict", secure=is_secure(request)
    )


def set_session_cookie(request: web.Request, response: web.StreamResponse, cookie: str) -> None:
    set_cookie_for(request, response, cookie_name(credentials_of(request)), cookie, SESSION_SECONDS)


def renew(request: web.Request, response: web.StreamResponse, session: Session) -> None:
    """Let the session last anew, from now on."""
    expires = int(request.app[DASHBOARD].clock()) + SESSION_SECONDS
    request.app[LOGINS].sessions.extend(session.id, expires)
    cookie = sealed(credentials_of(request), msgspec.structs.replace(session, expires=expires))
    set_session_cookie(request, response, cookie)
