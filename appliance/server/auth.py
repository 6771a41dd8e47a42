"""Let in who may come in: user name and password, or a token that these were given for."""

import binascii
import hmac
import time
from base64 import b64decode
from collections.abc import Callable

from aiohttp import web

from appliance.config.settings import ApiServerSettings
from appliance.server import tokens
from appliance.server.errors import Unauthorized
from appliance.server.tokens import BadToken, TokenKind

_BEARER = "Bearer"
_MOST_KEPT = 1024
_BAD_TOKEN = "The token is not valid (any more); log in again"
_BAD_LOGIN = "User name or password is wrong"


class Doorkeeper:
    """Check credentials against the settings, in constant time; `clock` gives seconds since 1970."""

    def __init__(self, settings: ApiServerSettings, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock
        self._known: dict[str, float] = {}

    def admit(self, request: web.BaseRequest) -> None:
        """Return if the request brings a good access token or a good login; raise Unauthorized otherwise."""
        given = request.headers.get("Authorization", "")
        scheme, _, credentials = given.partition(" ")
        if scheme == _BEARER or scheme.lower() == "bearer":
            self._admit_token(credentials.strip())
        elif not self.knows(*login_in(given)):
            raise Unauthorized("Unauthorized")

    def knows(self, user: str, password: str) -> bool:
        """Tell whether user name and password are the configured ones."""
        same_user = _same(user, self._settings.username)
        same_password = _same(password, self._settings.password)
        return same_user and same_password and bool(self._settings.username and self._settings.password)

    def issue(self, kind: TokenKind) -> str:
        """Return a new token for the configured user."""
        return tokens.issue(self._settings.jwt_secret_key, self._settings.username, kind, self._clock())

    def is_valid(self, token: str, kind: TokenKind = "access") -> bool:
        """Tell whether `token` is one of ours, of that kind, and has not expired."""
        try:
            self._verify(token, kind)
        except BadToken:
            return False
        return True

    def login(self, request: web.BaseRequest) -> tuple[str, str]:
        """Return an access and a refresh token for a request with user name and password."""
        given = request.headers.get("Authorization", "")
        if not given.lower().startswith("basic "):
            raise Unauthorized("Not authenticated", "Basic")
        if not self.knows(*login_in(given)):
            raise Unauthorized(_BAD_LOGIN)
        return self.issue("access"), self.issue("refresh")

    def refresh(self, request: web.BaseRequest) -> str:
        """Return a new access token for a request with a refresh token."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized("Not authenticated", _BEARER)
        if not self.is_valid(token.strip(), "refresh"):
            raise Unauthorized(_BAD_TOKEN, _BEARER)
        return self.issue("access")

    def admits_listener(self, token: str) -> bool:
        """Tell whether `token` opens the websocket: one of `ws_token`, or an access token."""
        matches = [_same(token, known) for known in self._settings.ws_tokens]
        return any(matches) or self.is_valid(token)

    def _admit_token(self, token: str) -> None:
        """Pass a token; one that was good is only looked up until it expires."""
        if self._known.get(token, 0.0) > self._clock():
            return
        try:
            expires = self._verify(token, "access")
        except BadToken:
            raise Unauthorized(_BAD_TOKEN, _BEARER) from None
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[token] = expires

    def _verify(self, token: str, kind: TokenKind) -> float:
        claims = tokens.verify(token, self._settings.jwt_secret_key, kind, self._clock())
        if not _same(claims.identity.u, self._settings.username):
            raise BadToken
        return claims.exp


def login_in(header: str) -> tuple[str, str]:
    """Return user name and password of a Basic header; two empty texts if it has none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    return user, password


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(errors="surrogatepass"), wanted.encode())


DOORKEEPER = web.AppKey("doorkeeper", Doorkeeper)
