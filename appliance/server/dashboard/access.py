"""Let only those who are logged in see a page, and only the dashboard's own pages act."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.auth.credentials import Credentials
from appliance.server.auth.origins import is_same_host
from appliance.server.connection import forget_caller, remember_caller
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.session import LASTS, Session, cookie_name, read_session, same
from appliance.server.middleware.fair_share import AWAITED, FAIR_SHARE
from appliance.server.middleware.request_limits import body_of
from appliance.threads import reader

Seen = Callable[[web.Request, Session], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TOKEN_HEADER: Final = "X-CSRF-Token"

PAGE_HEADERS: Final = {
    # Nothing but our own files, no script or style within a page, no page of ours within another's.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
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


def session_of(request: web.Request) -> Session | None:
    """Return who sent this request; None for somebody not logged in."""
    known, dashboard = credentials_of(request), request.app[DASHBOARD]
    session = read_session(known, request.cookies.get(cookie_name(known), ""), dashboard.clock())
    return None if session is None or session.id in dashboard.ended else session


def logged_in(handler: Seen) -> Handler:
    """Wrap a handler that only those logged in may reach; others are led to the login."""

    async def checked(request: web.Request) -> web.StreamResponse:
        session = session_of(request)
        if session is None:
            forget_caller(request)
            return to_login(request)
        who = session.caller.credential
        remember_caller(request, who)
        if request.method in ("GET", "HEAD"):
            turns = request.app[FAIR_SHARE]
            if not turns.may_start(who):
                await turns.wait(who)
            turns.charge(who, AWAITED)
            reader.set(who)
        return await handler(request, session)

    return checked


def acting(handler: Seen) -> Handler:
    """Wrap a handler that changes something: logged in, from a page of ours, with that session's token."""

    async def checked(request: web.Request, session: Session) -> web.StreamResponse:
        given = request.headers.get(TOKEN_HEADER) or (await form_of(request)).get("token", "")
        if not same_origin(request) or not same(given, session.token):
            return web.Response(
                status=403, text="Refused: this did not come from the dashboard. Reload the page.\n"
            )
        return await handler(request, session)

    return logged_in(checked)


def to_login(request: web.Request) -> web.Response:
    """Lead to the login: a page by redirection, htmx by its own header, a stream by its status.

    The login tells who wanted something done that it was not.
    """
    login = "/login" if request.method in ("GET", "HEAD") else "/login?refused"
    if "HX-Request" in request.headers:
        return web.Response(status=401, headers={**PAGE_HEADERS, "HX-Redirect": login})
    if "text/html" in request.headers.get("Accept", ""):
        return to(login)
    return web.Response(status=401, text="Log in first.\n", headers=PAGE_HEADERS)


def to(path: str) -> web.Response:
    """Lead to another page of ours."""
    return web.Response(status=303, headers={**PAGE_HEADERS, "Location": path})


def same_origin(request: web.Request) -> bool:
    """Tell whether a page of ours sent this request, by what browsers say and pages cannot forge.

    Without Sec-Fetch-Site (plain HTTP other than loopback) the origin's host must be the one asked for.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return is_same_host(request.headers.get("Origin", ""), request)


async def form_of(request: web.Request) -> dict[str, str]:
    """Return the fields of a form as sent by browsers; empty for any other body."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    try:
        return dict(parse_qsl((await body_of(request)).decode("utf-8", "replace"), max_num_fields=20))
    except ValueError:
        return {}


def is_secure(request: web.Request) -> bool:
    """Tell whether the browser came by https, to us or to the proxy before us."""
    return request.secure or request.headers.get("X-Forwarded-Proto", "").strip().lower() == "https"


def keep_cookie(
    request: web.Request, response: web.Response, name: str, text: str, lasts: int | None
) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send. `lasts` in seconds."""
    response.set_cookie(
        name, text, max_age=lasts, path="/", httponly=True, samesite="Strict", secure=is_secure(request)
    )


def keep_session(request: web.Request, response: web.Response, cookie: str) -> None:
    keep_cookie(request, response, cookie_name(credentials_of(request)), cookie, LASTS)
