"""Add and remove passkeys, log in by one, and confirm commands by one."""

from typing import Final

from aiohttp import web

from appliance.domain.errors import ConfigurationError, Refused
from appliance.server.dashboard.access import (
    PAGE_HEADERS,
    acting,
    address_of,
    credentials_of,
    form_of,
    redirect,
)
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.security.begin import commander, logged_in_as
from appliance.server.dashboard.security.owner import NotNow, by_owner
from appliance.server.dashboard.security.page import ADDRESS, is_owner
from appliance.server.dashboard.security.passkey_answer import (
    BY_PASSKEY,
    CONFIRMS,
    LOGS_IN,
    check_answer,
    is_our_visitor,
    visit_of,
)
from appliance.server.dashboard.session import Session
from appliance.server.logins import passkeys
from appliance.server.logins.logins import LOGINS
from appliance.server.logins.passkeys import BadPasskey
from appliance.threads import for_logins

_ADDS: Final = "add"
_NO_HOST: Final = (
    "Passkeys work only where the dashboard is opened by a name over https, or at http://localhost. "
    "Numbers such as 192.168.1.5 are no names."
)


@by_owner
async def add_options(request: web.Request, session: Session) -> web.Response:
    """Answer what the browser needs to make a passkey."""
    logins, now = request.app[LOGINS], request.app[DASHBOARD].clock()
    host = passkeys.host_of(request.headers.get("Origin", ""))
    if host is None:
        raise NotNow(_NO_HOST)
    handle = await logins.change(logins.book.handle)
    challenge = logins.challenges.new(_ADDS, session.id, now)
    known = (await logins.factors()).passkeys
    options = await for_logins(
        passkeys.registration_options, host, session.caller.name, handle, challenge, known
    )
    return web.Response(text=options, content_type="application/json", headers=PAGE_HEADERS)


@by_owner
async def add(request: web.Request, session: Session) -> web.Response:
    """Add the passkey that the browser has made, under the name given."""
    logins, now, fields = request.app[LOGINS], request.app[DASHBOARD].clock(), await form_of(request)
    name, answer = fields.get("name", "").strip()[:64], fields.get("answer", "")
    if not name:
        raise NotNow("Give the passkey a name.")
    try:
        challenge = await for_logins(passkeys.challenge_in, answer)
        if not logins.challenges.use(challenge, _ADDS, session.id, now):
            raise BadPasskey("the challenge has expired")
        key = await for_logins(passkeys.registered, answer, challenge, name, now)
    except BadPasskey as error:
        raise NotNow(f"This passkey cannot be used: {error}. Try again.") from None
    async with logins.changing(commander(request, session.caller), f'add passkey "{name}" for {key.host}'):
        if not await logins.change(logins.book.add_passkey, key):
            raise Refused("there is a passkey of that name or device already; choose another name")
    return redirect(request, f"/{ADDRESS}")


@by_owner
async def remove(request: web.Request, session: Session) -> web.Response:
    """Remove a passkey."""
    logins, key_id = request.app[LOGINS], (await form_of(request)).get("id", "")
    found = next((one for one in (await logins.factors()).passkeys if one.id == key_id), None)
    if found is None:
        raise NotNow("There is no such passkey; it may have been removed meanwhile.", 404)
    async with logins.changing(commander(request, session.caller), f'remove passkey "{found.name}"'):
        await logins.change(logins.book.remove_passkey, key_id)
    return redirect(request, f"/{ADDRESS}")


async def login_options(request: web.Request) -> web.Response:
    """Answer what the browser of a visitor needs to use a passkey."""
    if not is_our_visitor(request, await form_of(request)):
        return web.Response(status=403, text="This page has expired. Load it again.\n", headers=PAGE_HEADERS)
    return await _options(request, LOGS_IN, visit_of(request))


@acting
async def confirm_options(request: web.Request, session: Session) -> web.StreamResponse:
    """Answer what the browser needs to confirm a command by a passkey."""
    if not is_owner(request, session):
        return web.Response(status=403, text="Only the user has passkeys.\n", headers=PAGE_HEADERS)
    return await _options(request, CONFIRMS, session.id)


async def _options(request: web.Request, purpose: str, bound_to: str) -> web.Response:
    host = passkeys.host_of(request.headers.get("Origin", ""))
    if host is None:
        return web.Response(status=422, text=f"{_NO_HOST}\n", headers=PAGE_HEADERS)
    challenge = request.app[LOGINS].challenges.new(purpose, bound_to, request.app[DASHBOARD].clock())
    options = await for_logins(passkeys.login_options, host, challenge)
    return web.Response(text=options, content_type="application/json", headers=PAGE_HEADERS)


async def log_in(request: web.Request) -> web.Response:
    """Begin a session for somebody who has used a passkey: no password and no code is asked for."""
    fields, logins, owner = await form_of(request), request.app[LOGINS], credentials_of(request).owner
    if not is_our_visitor(request, fields) or owner is None:
        return redirect(request, "/login?ended")
    now = request.app[DASHBOARD].clock()
    try:
        name = await check_answer(request, LOGS_IN, visit_of(request), fields.get("answer", ""))
    except (BadPasskey, ConfigurationError) as error:
        origin = f"dashboard {address_of(request)}"
        await logins.journal.failed(origin, f"login by passkey failed: {error}", now)
        return redirect(request, "/login?passkey")
    return await logged_in_as(request, owner, f'{BY_PASSKEY} "{name}"')
