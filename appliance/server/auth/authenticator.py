"""Authenticate requests: by user name and password, an API token, or a session that was issued for these.

Passwords and websocket tokens are chosen by people, so they can be guessed: an address that guesses has to
wait (`throttle`). While it waits even the right password is refused, or guessing could continue meanwhile.
Sessions and API tokens cannot be guessed: they are always accepted, whatever else comes from the same
address.

A page of another site that is open in the operator's browser sends from the operator's address, and the
browser may add a login that it has stored. Such a page can change nothing, and its guesses throttle only
such pages.
"""

import asyncio
import binascii
import math
import time
from base64 import b64decode
from collections.abc import Callable

import msgspec
from aiohttp import web

from appliance.config.api_tokens import is_token
from appliance.config.sections.server import ApiServerSettings, LoginThrottle
from appliance.queries.roles import Role
from appliance.server.auth import session_tokens
from appliance.server.auth.client_address import address_of, networks
from appliance.server.auth.codes import CODE_DIGITS, NEEDS_CODE, Codes
from appliance.server.auth.credentials import Caller, Credentials
from appliance.server.auth.origins import Page, page_of
from appliance.server.auth.session_tokens import BadToken, StaleToken, TokenKind
from appliance.server.auth.throttle import Throttle, origin
from appliance.server.connection import forget_caller, remember_caller
from appliance.server.errors import Forbidden, TooManyAttempts, Unauthorized
from appliance.threads import for_logins

_BEARER = "Bearer"
_MOST_CACHED = 1024
_MOST_CHECKS = 8
"""Logins that may wait for the check of a hashed password, one at a time: each takes 19 MiB and 40 ms."""
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_FOREIGN_PAGE = "A page of another site may not do this; api_server.CORS_origins names those that may"
_BAD_TOKEN = "The token is not valid (any more); log in again"
_BAD_LOGIN = "User name or password is wrong"


class _Authentication(msgspec.Struct, frozen=True):
    """Cache who was authenticated, until when. `guessable`: refused while the address has to wait."""

    caller: Caller
    until: float
    guessable: bool = False


class Authenticator:
    """Check credentials against the current settings. `clock` returns seconds since 1970.

    `monotonic` returns seconds of a clock that cannot be set, for waits.
    """

    def __init__(
        self,
        settings: Callable[[], ApiServerSettings],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._monotonic = monotonic
        self._checking = asyncio.Lock()
        self._waiting_checks = 0
        self.codes: Codes | None = None
        self._throttle = Throttle(LoginThrottle())
        self._api: ApiServerSettings
        self._credentials: Credentials
        self._apply(settings())

    @property
    def credentials(self) -> Credentials:
        """Return the credentials of the current settings; a reload may have changed them."""
        api = self._settings()
        if api is not self._api:
            if api == self._api:
                self._api = api
            else:
                self._apply(api)
        return self._credentials

    async def authenticate(self, request: web.BaseRequest, role: Role = Role.VIEWER) -> Caller:
        """Return who sent the request.

        Raises Unauthorized, Forbidden (the role is not enough, or a page of another site tries to change
        something) or TooManyAttempts.
        """
        given = request.headers.get("Authorization", "")
        if request.method not in _READS:
            self._refuse_foreign_page(request, given)
        key = self.credentials.digest(given)
        known = self._cached.get(key)
        if known is None or not self._is_still_good(request, known):
            try:
                known = await self._identify(request, given)
            except (Unauthorized, TooManyAttempts):
                forget_caller(request)
                raise
            self._remember(key, known)
        remember_caller(request, known.caller.credential)
        if known.caller.role < role:
            raise Forbidden(refusal(known.caller, role))
        return known.caller

    def has_cached(self, request: web.BaseRequest) -> bool:
        """Return, as fast as possible, whether the request has credentials that were accepted before."""
        given = request.headers.get("Authorization")
        return given is not None and self.credentials.digest(given) in self._cached

    async def authenticate_websocket(self, request: web.BaseRequest) -> Caller:
        """Return who opens a websocket, by one of `ws_token`, an API token, or an access token.

        Raises Forbidden or TooManyAttempts.
        """
        caller = await self._websocket_caller(request)
        remember_caller(request, caller.credential)
        return caller

    async def _websocket_caller(self, request: web.BaseRequest) -> Caller:
        token = request.query.get("token", "")
        try:
            return (await self._by_token(token, "access")).caller
        except StaleToken:
            raise Forbidden(_BAD_TOKEN) from None
        except BadToken:
            pass
        address = self._throttle_key(request)
        self._refuse_waiting(address)
        listener = self.credentials.listener(token)
        if listener is None:
            if token:
                self._throttle.failed(address, self.credentials.digest(token), self._monotonic())
            raise Forbidden("The token is missing or wrong")
        return listener

    def is_still_valid(self, caller: Caller) -> bool:
        """Return whether the credential of `caller` is still valid, with the same role."""
        return self.credentials.caller(caller.credential) == caller and caller.expires > self._clock()

    async def check_login(self, request: web.BaseRequest, user: str, password: str) -> Caller:
        """Return who logs in by name and password; an API token may be used as the password.

        Raises Unauthorized or TooManyAttempts. A right password forgives the failures of the address.
        """
        authentication = await self._by_login(request, user, password)
        if authentication.guessable:
            self._throttle.forgive(self._throttle_key(request))
        remember_caller(request, authentication.caller.credential)
        return authentication.caller

    async def login(self, request: web.BaseRequest) -> tuple[Caller, str, str]:
        """Return who logs in by name and password, with an access and a refresh token.

        Where a code is asked for, its six digits follow the password: clients have no field for it.
        """
        given = request.headers.get("Authorization", "")
        if not given.lower().startswith("basic "):
            raise Unauthorized("Not authenticated", "Basic")
        allowed = self._api.CORS_origins
        if "*" not in allowed and page_of(request, allowed) is Page.FOREIGN:
            raise Forbidden(_FOREIGN_PAGE)
        user, password = login_in(given)
        asks_code = self._asks_code and not is_token(password)
        if asks_code:
            password, code = password[:-CODE_DIGITS], password[-CODE_DIGITS:]
        caller = await self.check_login(request, user, password)
        if asks_code and (self.codes is None or await self.codes.take_code(code, self._clock()) is None):
            raise Unauthorized(f"{_BAD_LOGIN}, or the code behind the password")
        await session_tokens.load()
        return caller, self.issue("access", caller), self.issue("refresh", caller)

    async def refresh(self, request: web.BaseRequest) -> str:
        """Return a new access token for a request with a refresh token."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized("Not authenticated", _BEARER)
        return self.issue("access", (await self._bearer(request, token.strip(), "refresh")).caller)

    def issue(self, kind: TokenKind, caller: Caller) -> str:
        """Return a new session token for `caller`. PyJWT must have been loaded."""
        secret, now = self._credentials.secret, self._clock()
        return session_tokens.issue(secret, caller.name, kind, now, caller.credential)

    async def _identify(self, request: web.BaseRequest, given: str) -> _Authentication:
        scheme, _, token = given.partition(" ")
        match scheme.lower():
            case "bearer":
                return await self._bearer(request, token.strip(), "access")
            case "basic":
                user, password = login_in(given)
                if self._asks_code and not is_token(password):
                    raise Unauthorized(NEEDS_CODE)
                return await self._by_login(request, user, password)
        raise Unauthorized("Unauthorized")

    async def _bearer(self, request: web.BaseRequest, token: str, kind: TokenKind) -> _Authentication:
        try:
            return await self._by_token(token, kind)
        except StaleToken:
            pass
        except BadToken:
            self.count_guess(request, token)
        raise Unauthorized(_BAD_TOKEN, _BEARER)

    async def _by_token(self, token: str, kind: TokenKind) -> _Authentication:
        """Authenticate by session, or by API token for an access token. Raises BadToken, StaleToken."""
        credentials, now = self.credentials, self._clock()
        if is_token(token):
            caller, until = credentials.holder(token), math.inf
            if kind != "access" or caller is None:
                raise BadToken
        else:
            await session_tokens.load()
            claims = session_tokens.verify(token, credentials.secret, kind, now)
            if self.codes is not None and claims.iat < self.codes.sessions_since:
                raise StaleToken
            caller, until = credentials.caller(claims.credential), claims.exp
            if caller is None or claims.identity.u != caller.name:
                raise StaleToken
        if caller.expires <= now:
            raise StaleToken
        return _Authentication(caller, min(until, caller.expires))

    async def _by_login(self, request: web.BaseRequest, user: str, password: str) -> _Authentication:
        """Authenticate by name and password, or by an API token as the password, with any name."""
        if is_token(password):
            try:
                return await self._by_token(password, "access")
            except StaleToken:
                raise Unauthorized(_BAD_LOGIN) from None
            except BadToken:
                pass  # perhaps a password that starts like a token
        credentials, address = self.credentials, self._throttle_key(request)
        self._refuse_waiting(address)
        guess = credentials.digest(user, password)
        right = False
        if not self._throttle.has_failed(address, guess):
            known = credentials.matches(user, password)
            right = await self._check_hashed(credentials, address, user, password) if known is None else known
        if not right or credentials.owner is None:
            self._throttle.failed(address, guess, self._monotonic())
            raise Unauthorized(_BAD_LOGIN)
        return _Authentication(credentials.owner, math.inf, guessable=True)

    async def _check_hashed(self, credentials: Credentials, address: str, user: str, password: str) -> bool:
        """Check a login against the hashed password: in a thread, one at a time, since each takes 19 MiB."""
        if self._waiting_checks >= _MOST_CHECKS:
            raise TooManyAttempts(1.0)
        self._waiting_checks += 1
        try:
            async with self._checking:
                self._refuse_waiting(address)  # other attempts may have failed meanwhile
                known = credentials.matches(user, password)
                return await for_logins(credentials.check_hashed, user, password) if known is None else known
        finally:
            self._waiting_checks -= 1

    def count_guess(self, request: web.BaseRequest, guess: str) -> None:
        """Count a token that is not ours as a guess. Raises TooManyAttempts."""
        address = self._throttle_key(request)
        self._refuse_waiting(address)
        self._throttle.failed(address, self.credentials.digest(guess), self._monotonic())

    def _refuse_waiting(self, address: str) -> None:
        if wait := self._throttle.wait(address, self._monotonic()):
            raise TooManyAttempts(wait)

    @property
    def _asks_code(self) -> bool:
        return self.codes is not None and self.codes.asks_programs

    def forget(self) -> None:
        """Forget who was authenticated: what a login needs has changed."""
        self._cached.clear()

    def _is_still_good(self, request: web.BaseRequest, known: _Authentication) -> bool:
        if known.guessable and self._asks_code:
            return False
        if (
            known.guessable
            and len(self._throttle)
            and self._throttle.wait(self._throttle_key(request), self._monotonic())
        ):
            return False
        return known.until > self._clock()

    def _remember(self, key: bytes, known: _Authentication) -> None:
        if len(self._cached) >= _MOST_CACHED:
            self._cached.clear()
        self._cached[key] = known

    def address(self, request: web.BaseRequest) -> str:
        """Return the client address of a request, behind trusted proxies."""
        return address_of(request, self._proxies)

    def _throttle_key(self, request: web.BaseRequest) -> str:
        """Return the key by which guesses are counted: the address, separately for pages of other sites."""
        address = self.address(request)
        if page_of(request, self._api.CORS_origins) is Page.OWN:
            return address
        return f"{origin(address)} (a page of another site)"

    def _refuse_foreign_page(self, request: web.BaseRequest, given: str) -> None:
        """Refuse a page of another site, except with a bearer token, which no browser adds by itself."""
        page = page_of(request, self._api.CORS_origins)
        has_token = given[:7].lower() == "bearer "
        if page is Page.OWN or (has_token and (page is Page.OTHER_HOST or "*" in self._api.CORS_origins)):
            return
        raise Forbidden(_FOREIGN_PAGE)

    def _apply(self, api: ApiServerSettings) -> None:
        self._api = api
        self._credentials = Credentials(api)
        self._proxies = networks(api.trusted_proxies)
        self._throttle.rules = api.login_throttle
        self._cached: dict[bytes, _Authentication] = {}


def refusal(caller: Caller, needed: Role) -> str:
    """Return why `caller` may not do what needs that role."""
    has = f'"{caller.name}" has the role {caller.role.word}'
    return f"Not allowed: this needs the role {needed.word}, and {has}"


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


AUTHENTICATOR = web.AppKey("authenticator", Authenticator)
