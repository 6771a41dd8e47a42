"""Open and renew sessions."""

from aiohttp import web
from msgspec import Struct

from appliance.server.auth import DOORKEEPER


class AccessAndRefreshToken(Struct, frozen=True):
    access_token: str
    refresh_token: str


class AccessToken(Struct, frozen=True):
    access_token: str


def login(request: web.Request) -> AccessAndRefreshToken:
    """Give tokens for user name and password."""
    access, refresh = request.app[DOORKEEPER].login(request)
    return AccessAndRefreshToken(access, refresh)


def refresh(request: web.Request) -> AccessToken:
    """Give a new access token for a refresh token."""
    return AccessToken(request.app[DOORKEEPER].refresh(request))
