"""Check what a browser answers with a passkey, for a login or to confirm a command."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from appliance.domain.errors import ConfigurationError
from appliance.server.dashboard.access import credentials_of, same_origin
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.session import cookie_name, form_token, same
from appliance.server.logins import passkeys
from appliance.server.logins.logins import LOGINS
from appliance.server.logins.passkeys import BadPasskey
from appliance.threads import for_logins

BY_PASSKEY: Final = "passkey"
LOGS_IN, CONFIRMS = "log in", "confirm"
_LONGEST: Final = 20_000


def visit_name(request: web.Request) -> str:
    """Return the name of the cookie that a visitor has before the login."""
    return f"{cookie_name(credentials_of(request))}_visit"


def visit_of(request: web.Request) -> str:
    return request.cookies.get(visit_name(request), "")


def is_our_visitor(request: web.Request, fields: Mapping[str, str]) -> bool:
    """Return whether a form of our login page was sent, by the browser that it was shown to."""
    visit, token = visit_of(request), fields.get("token", "")
    return same_origin(request) and bool(visit) and same(token, form_token(credentials_of(request), visit))


async def check_answer(request: web.Request, purpose: str, bound_to: str, answer: str) -> str:
    """Return the name of the passkey that was used. Raises BadPasskey, ConfigurationError.

    Each challenge is answered once. Where the counter cannot be written (a full disk), the key counts
    nevertheless: somebody has to be able to stop the bot.
    """
    logins, now = request.app[LOGINS], request.app[DASHBOARD].clock()
    if not answer or len(answer) > _LONGEST:
        raise BadPasskey("there is no answer")
    known = (await logins.factors()).passkeys
    challenge = await for_logins(passkeys.challenge_in, answer)
    if not logins.challenges.use(challenge, purpose, bound_to, now):
        raise BadPasskey("the challenge is not ours, has expired, or was answered before")
    try:
        key = passkeys.key_of(answer, known)
        counter = await for_logins(passkeys.checked, answer, challenge, key)
    except BadPasskey:
        logins.challenges.give_back(challenge)
        raise
    try:
        is_newest = await logins.change(logins.book.count_passkey, key.id, counter, now)
    except ConfigurationError:
        is_newest = True
    if not is_newest:
        raise BadPasskey("it was removed, or its counter has not grown: it may have been copied")
    return key.name
