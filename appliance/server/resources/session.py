"""Log in, and renew sessions."""

from aiohttp import web
from msgspec import Struct

from appliance.server.auth.authenticator import AUTHENTICATOR


class AccessAndRefreshToken(Struct, frozen=True):
    access_token: str
    refresh_token: str


class AccessToken(Struct, frozen=True):
    access_token: str


async def login(request: web.Request) -> AccessAndRefreshToken:
    """Issue tokens for user name and password."""
    access, refresh = await request.app[AUTHENTICATOR].login(request)
    return AccessAndRefreshToken(access, refresh)


async def refresh(request: web.Request) -> AccessToken:
    """Issue a new access token for a refresh token."""
    return AccessToken(await request.app[AUTHENTICATOR].refresh(request))
