"""Set up, renew and remove the codes of an authenticator app."""

import time

from aiohttp import web

from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import form_of, redirect
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.security.begin import commander
from appliance.server.dashboard.security.owner import NotNow, by_owner, check_password_and_code
from appliance.server.dashboard.security.page import ADDRESS, security_page
from appliance.server.dashboard.session import Session
from appliance.server.logins import codes
from appliance.server.logins.logins import LOGINS
from appliance.server.logins.session_book import mark_of
from appliance.threads import for_readers


@by_owner
async def offer(request: web.Request, session: Session) -> web.Response:
    """Show a new secret, once, as picture and as text; it counts only when a code of it was entered."""
    logins, now = request.app[LOGINS], request.app[DASHBOARD].clock()
    if (await logins.factors()).codes is not None:
        raise NotNow("Codes are set up already. Remove them first to use another app.", 409)
    secret = await for_readers(codes.new_secret)
    logins.offer(session.id, secret, now)
    return await _offered(request, session, secret)


async def _offered(
    request: web.Request, session: Session, secret: str, notice: str = "", status: int = 200
) -> web.Response:
    address = codes.address_for_app(secret, session.caller.name, request.app[BOT_SLOT].settings.bot_name)
    shown = {
        "picture": await for_readers(codes.picture_of, address),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "address": address,
    }
    return await security_page(request, session, notice, status, offer=shown)


@by_owner
async def set_up(request: web.Request, session: Session) -> web.Response:
    """Ask for codes from now on, if the first one is right; all other sessions end."""
    logins, now, fields = request.app[LOGINS], request.app[DASHBOARD].clock(), await form_of(request)
    secret = logins.offered(session.id, now)
    if secret is None:
        raise NotNow("This was not finished within ten minutes. Start again.", 409)
    async with logins.changing(commander(request, session.caller), "set up codes for logins") as outcome:
        recovery = await logins.change(logins.book.set_up_codes, secret, fields.get("code", ""), now)
        if recovery is None:
            outcome.said = "not done: the code was wrong"
    if recovery is None:
        text = "This code is wrong. Check the time of your phone, and enter the code that the app shows now."
        return await _offered(request, session, secret, text, 422)
    logins.forget_offer(session.id)
    for other in logins.sessions.of(session.caller.credential, now):
        if other.mark != mark_of(session.id):
            logins.sessions.end(other.mark)
    await logins.sessions.save()
    text = "Codes are asked for from now on, and your other sessions have ended."
    return await security_page(request, session, text, recovery=recovery)


@by_owner
async def renew_recovery(request: web.Request, session: Session) -> web.Response:
    """Replace the recovery codes, and show the new ones, once."""
    logins = request.app[LOGINS]
    await check_password_and_code(request, session)
    async with logins.changing(commander(request, session.caller), "renew recovery codes"):
        recovery = await logins.change(logins.book.renew_recovery_codes)
    return await security_page(request, session, "The earlier recovery codes are void.", recovery=recovery)


@by_owner
async def remove(request: web.Request, session: Session) -> web.Response:
    """Ask for no codes any more."""
    logins = request.app[LOGINS]
    await check_password_and_code(request, session)
    async with logins.changing(commander(request, session.caller), "remove codes for logins"):
        await logins.change(logins.book.remove_codes)
    return await security_page(request, session, "Codes are not asked for any more.")


@by_owner
async def ask_programs(request: web.Request, session: Session) -> web.Response:
    """Have the API ask for codes as well, or not any more."""
    logins = request.app[LOGINS]
    asks = "asks" in await form_of(request)
    if (await logins.factors()).codes is None:
        raise NotNow("Set up codes first.", 409)
    what = f"{'ask' if asks else 'do not ask'} programs for codes"
    async with logins.changing(commander(request, session.caller), what):
        await logins.change(logins.book.ask_programs, asks, time.time())
    request.app[AUTHENTICATOR].forget()
    return redirect(request, f"/{ADDRESS}")
