"""Show the page about logins: sessions, codes, passkeys; and end sessions."""

from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web
from msgspec import Struct

from appliance.domain.errors import ConfigurationError
from appliance.queries.commands import RELOAD_CONFIG
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.dashboard.access import acting, credentials_of, redirect
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.security.begin import commander
from appliance.server.dashboard.session import Session
from appliance.server.logins.factor_book import Factors, Passkey
from appliance.server.logins.logins import LOGINS
from appliance.server.logins.session_book import LoginSession, mark_of

ADDRESS: Final = "settings/security"
SEES_ALL: Final = RELOAD_CONFIG.role
"""Who sees the sessions of others, and may end them: those who decide who may log in."""


class SessionRow(Struct, frozen=True, kw_only=True):
    """Show a session."""

    mark: str
    browser: str
    address: str
    name: str
    way: str
    began: datetime
    seen: datetime
    is_own: bool


class PasskeyRow(Struct, frozen=True, kw_only=True):
    """Show a passkey."""

    id: str
    name: str
    host: str
    added: datetime
    used: datetime | None


@when_started
async def show_security(request: web.Request, session: Session) -> web.Response:
    """Show the page."""
    return await security_page(request, session)


async def security_page(
    request: web.Request, session: Session, notice: str = "", status: int = 200, **more: Any
) -> web.Response:
    """Answer with the page, a notice, and what is shown only once."""
    known, problem = Factors(), ""
    try:
        known = await request.app[LOGINS].factors()
    except ConfigurationError as error:
        problem = str(error)
    content = {
        "is_owner": is_owner(request, session),
        "known": known,
        "codes_since": known.codes and datetime.fromtimestamp(known.codes.since, UTC),
        "passkeys": [_passkey_row(one) for one in known.passkeys],
        "problem": problem,
        "offer": None,
        "recovery": (),
        "sessions": [_row(one, session) for one in _visible(request, session)],
        "sees_all": session.caller.role >= SEES_ALL,
        **more,
    }
    page = Page(
        template="security.html",
        place="settings",
        heading="Security",
        notice=notice,
        closes_to=ADDRESS,
        status=status,
    )
    return await rendered(request, session, page, content)


def is_owner(request: web.Request, session: Session) -> bool:
    """Return whether this is the session of the user of the configuration, not of an API token."""
    owner = credentials_of(request).owner
    return owner is not None and session.caller.credential == owner.credential


@acting
async def end_session(request: web.Request, session: Session) -> web.StreamResponse:
    """End one session, with its open pages, at once."""
    mark, logins = request.match_info["mark"], request.app[LOGINS]
    found = next((one for one in _visible(request, session) if one.mark == mark), None)
    if found is None:
        return redirect(request, f"/{ADDRESS}")
    logins.sessions.end(mark)
    return await _ended(request, session, f"ended the session of {found.name}: {found.browser}")


@acting
async def end_others(request: web.Request, session: Session) -> web.StreamResponse:
    """End all other sessions of this login."""
    sessions, own = request.app[LOGINS].sessions, mark_of(session.id)
    now = request.app[DASHBOARD].clock()
    others = [one for one in sessions.of(session.caller.credential, now) if one.mark != own]
    for one in others:
        sessions.end(one.mark)
    return await _ended(request, session, f"ended {len(others)} other sessions")


async def _ended(request: web.Request, session: Session, what: str) -> web.StreamResponse:
    """Save and note that sessions were ended; the page says if that lasts only until a restart."""
    logins = request.app[LOGINS]
    is_saved = await logins.sessions.save()
    await logins.journal.note(commander(request, session.caller), what)
    if is_saved:
        return redirect(request, f"/{ADDRESS}")
    text = (
        "Ended, but this could not be saved (see the log): after a restart the sessions would be valid "
        "again. Change the password to rule that out."
    )
    return await security_page(request, session, text, 500)


def _visible(request: web.Request, session: Session) -> list[LoginSession]:
    """Return the sessions that this one may see, without those of a former password or token."""
    credential = None if session.caller.role >= SEES_ALL else session.caller.credential
    found = request.app[LOGINS].sessions.of(credential, request.app[DASHBOARD].clock())
    known = request.app[AUTHENTICATOR].credentials
    return [one for one in found if known.caller(one.credential) is not None]


def _passkey_row(one: Passkey) -> PasskeyRow:
    used = datetime.fromtimestamp(one.used, UTC) if one.used else None
    return PasskeyRow(
        id=one.id, name=one.name, host=one.host, added=datetime.fromtimestamp(one.added, UTC), used=used
    )


def _row(one: LoginSession, session: Session) -> SessionRow:
    return SessionRow(
        mark=one.mark,
        browser=one.browser,
        address=one.address,
        name=one.name,
        way=one.way,
        began=datetime.fromtimestamp(one.began, UTC),
        seen=datetime.fromtimestamp(one.seen, UTC),
        is_own=one.mark == mark_of(session.id),
    )
