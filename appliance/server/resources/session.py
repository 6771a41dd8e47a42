"""Log in, and renew sessions."""

import time

from aiohttp import web
from msgspec import Struct

from appliance.domain.audit import Commander
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.errors import Unauthorized
from appliance.server.logins.logins import LOGINS


class AccessAndRefreshToken(Struct, frozen=True):
    access_token: str
    refresh_token: str


class AccessToken(Struct, frozen=True):
    access_token: str


async def login(request: web.Request) -> AccessAndRefreshToken:
    """Issue tokens for user name and password."""
    journal, origin = request.app[LOGINS].journal, f"REST {request.app[AUTHENTICATOR].address(request)}"
    try:
        caller, access, refresh = await request.app[AUTHENTICATOR].login(request)
    except Unauthorized:
        await journal.failed(origin, "login failed", time.time())
        raise
    await journal.note_hourly(Commander(caller.name, origin), "logged in at /token/login", time.time())
    return AccessAndRefreshToken(access, refresh)


async def refresh(request: web.Request) -> AccessToken:
    """Issue a new access token for a refresh token."""
    return AccessToken(await request.app[AUTHENTICATOR].refresh(request))
