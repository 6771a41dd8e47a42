"""Let in who may come in: user name and password, an API token, or a session that was given for these.

Passwords and websocket tokens are what people choose, so they can be guessed: an address that guesses has to
wait (`throttle`), and while it waits even the right password is refused, or the wait would be no hindrance.
Sessions and API tokens cannot be guessed: they open at any time, whatever others at the same address try.

A page of another site that is open in the operator's browser speaks from the operator's address, and the
browser may add a login that it remembers. Such a page changes nothing, and its guesses make only pages wait.
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
from appliance.server.auth.credentials import Caller, Credentials
from appliance.server.auth.origins import Page, page_of
from appliance.server.auth.session_tokens import BadToken, StaleToken, TokenKind
from appliance.server.auth.throttle import Throttle, origin
from appliance.server.connection import forget_caller, know_caller
from appliance.server.errors import Forbidden, TooManyAttempts, Unauthorized
from appliance.threads import for_logins

_BEARER = "Bearer"
_MOST_KEPT = 1024
_MOST_PROVING = 8
"""Logins that may wait for a hashed password to be checked, one by one: each takes 19 MiB and 40 ms."""
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_FOREIGN_PAGE = "A page of another site may not do this; api_server.CORS_origins names those that may"
_BAD_TOKEN = "The token is not valid (any more); log in again"
_BAD_LOGIN = "User name or password is wrong"


class _Admission(msgspec.Struct, frozen=True):
    """Remember who came in, until when; `guessable` is what waits while the address has to wait."""

    caller: Caller
    until: float
    guessable: bool = False


class Authenticator:
    """Check credentials against the settings of now: `settings` gives them, `clock` seconds since 1970.

    `ticks` gives seconds that nobody can set, for those who have to wait.
    """

    def __init__(
        self,
        settings: Callable[[], ApiServerSettings],
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._ticks = ticks
        self._proving = asyncio.Lock()
        self._waiting_for_proof = 0
        self._throttle = Throttle(LoginThrottle())
        self._api: ApiServerSettings
        self._credentials: Credentials
        self._take(settings())

    @property
    def credentials(self) -> Credentials:
        """Return who may come in now; a reload may have changed that."""
        api = self._settings()
        if api is not self._api:
            if api == self._api:
                self._api = api
            else:
                self._take(api)
        return self._credentials

    async def admit(self, request: web.BaseRequest, need: Role = Role.VIEWER) -> Caller:
        """Return who sent the request.

        Raises Unauthorized, Forbidden (the role is not enough, or a page of another site wants to change
        something) or TooManyAttempts.
        """
        given = request.headers.get("Authorization", "")
        if request.method not in _READS:
            self._refuse_foreign_page(request, given)
        key = self.credentials.digest(given)
        known = self._known.get(key)
        if known is None or not self._is_good_still(request, known):
            try:
                known = await self._identify(request, given)
            except (Unauthorized, TooManyAttempts):
                forget_caller(request)
                raise
            self._remember(key, known)
        know_caller(request, known.caller.credential)
        if known.caller.role < need:
            raise Forbidden(refusal(known.caller, need))
        return known.caller

    def remembers(self, request: web.BaseRequest) -> bool:
        """Tell, as fast as can be, whether a request shows what has opened before."""
        given = request.headers.get("Authorization")
        return given is not None and self.credentials.digest(given) in self._known

    async def admit_listener(self, request: web.BaseRequest) -> Caller:
        """Return who opens a websocket: the token is one of `ws_token`, an API token, or an access token.

        Raises Forbidden or TooManyAttempts.
        """
        caller = await self._listener(request)
        know_caller(request, caller.credential)
        return caller

    async def _listener(self, request: web.BaseRequest) -> Caller:
        token = request.query.get("token", "")
        try:
            return (await self._by_token(token, "access")).caller
        except StaleToken:
            raise Forbidden(_BAD_TOKEN) from None
        except BadToken:
            pass
        address = self._guesser(request)
        self._refuse_waiting(address)
        listener = self.credentials.listener(token)
        if listener is None:
            if token:
                self._throttle.failed(address, self.credentials.digest(token), self._ticks())
            raise Forbidden("The token is missing or wrong")
        return listener

    def admits_still(self, caller: Caller) -> bool:
        """Tell whether what `caller` showed is in the settings still, with the same role, and not expired."""
        return self.credentials.caller(caller.credential) == caller and caller.expires > self._clock()

    async def check_login(self, request: web.BaseRequest, user: str, password: str) -> Caller:
        """Return who logs in by name and password, for which an API token may stand.

        Raises Unauthorized or TooManyAttempts. A right password clears the address of its failures.
        """
        admission = await self._by_login(request, user, password)
        if admission.guessable:
            self._throttle.forgive(self._guesser(request))
        know_caller(request, admission.caller.credential)
        return admission.caller

    async def login(self, request: web.BaseRequest) -> tuple[str, str]:
        """Return an access and a refresh token for a request with user name and password."""
        given = request.headers.get("Authorization", "")
        if not given.lower().startswith("basic "):
            raise Unauthorized("Not authenticated", "Basic")
        allowed = self._api.CORS_origins
        if "*" not in allowed and page_of(request, allowed) is Page.FOREIGN:
            raise Forbidden(_FOREIGN_PAGE)
        caller = await self.check_login(request, *login_in(given))
        await session_tokens.load()
        return self.issue("access", caller), self.issue("refresh", caller)

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

    async def _identify(self, request: web.BaseRequest, given: str) -> _Admission:
        scheme, _, token = given.partition(" ")
        match scheme.lower():
            case "bearer":
                return await self._bearer(request, token.strip(), "access")
            case "basic":
                return await self._by_login(request, *login_in(given))
        raise Unauthorized("Unauthorized")

    async def _bearer(self, request: web.BaseRequest, token: str, kind: TokenKind) -> _Admission:
        try:
            return await self._by_token(token, kind)
        except StaleToken:
            pass
        except BadToken:
            self.count_guess(request, token)
        raise Unauthorized(_BAD_TOKEN, _BEARER)

    async def _by_token(self, token: str, kind: TokenKind) -> _Admission:
        """Admit by session, or by API token where an access token would do. Raises BadToken, StaleToken."""
        credentials, now = self.credentials, self._clock()
        if is_token(token):
            caller, until = credentials.holder(token), math.inf
            if kind != "access" or caller is None:
                raise BadToken
        else:
            await session_tokens.load()
            claims = session_tokens.verify(token, credentials.secret, kind, now)
            caller, until = credentials.caller(claims.credential), claims.exp
            if caller is None or claims.identity.u != caller.name:
                raise StaleToken
        if caller.expires <= now:
            raise StaleToken
        return _Admission(caller, min(until, caller.expires))

    async def _by_login(self, request: web.BaseRequest, user: str, password: str) -> _Admission:
        """Admit by name and password; with an API token for the password, whatever the name."""
        if is_token(password):
            try:
                return await self._by_token(password, "access")
            except StaleToken:
                raise Unauthorized(_BAD_LOGIN) from None
            except BadToken:
                pass  # perhaps a password that begins like one
        credentials, address = self.credentials, self._guesser(request)
        self._refuse_waiting(address)
        guess = credentials.digest(user, password)
        right = False
        if not self._throttle.has_failed(address, guess):
            known = credentials.knows(user, password)
            right = await self._prove(credentials, address, user, password) if known is None else known
        if not right or credentials.owner is None:
            self._throttle.failed(address, guess, self._ticks())
            raise Unauthorized(_BAD_LOGIN)
        return _Admission(credentials.owner, math.inf, guessable=True)

    async def _prove(self, credentials: Credentials, address: str, user: str, password: str) -> bool:
        """Check a login against the hashed password: in a thread, one at a time, since it takes memory."""
        if self._waiting_for_proof >= _MOST_PROVING:
            raise TooManyAttempts(1.0)
        self._waiting_for_proof += 1
        try:
            async with self._proving:
                self._refuse_waiting(address)  # of what was sent at once, some has failed by now
                known = credentials.knows(user, password)
                return await for_logins(credentials.prove, user, password) if known is None else known
        finally:
            self._waiting_for_proof -= 1

    def count_guess(self, request: web.BaseRequest, guess: str) -> None:
        """Count a token that was never ours. Raises TooManyAttempts for one too many."""
        address = self._guesser(request)
        self._refuse_waiting(address)
        self._throttle.failed(address, self.credentials.digest(guess), self._ticks())

    def _refuse_waiting(self, address: str) -> None:
        if wait := self._throttle.wait(address, self._ticks()):
            raise TooManyAttempts(wait)

    def _is_good_still(self, request: web.BaseRequest, known: _Admission) -> bool:
        if (
            known.guessable
            and len(self._throttle)
            and self._throttle.wait(self._guesser(request), self._ticks())
        ):
            return False
        return known.until > self._clock()

    def _remember(self, key: bytes, known: _Admission) -> None:
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[key] = known

    def address(self, request: web.BaseRequest) -> str:
        """Return from where a request comes, trusted proxies looked through."""
        return address_of(request, self._proxies)

    def _guesser(self, request: web.BaseRequest) -> str:
        """Return whose guesses count together: those of one address, apart from pages of other sites."""
        address = self.address(request)
        if page_of(request, self._api.CORS_origins) is Page.OURS:
            return address
        return f"{origin(address)} (a page of another site)"

    def _refuse_foreign_page(self, request: web.BaseRequest, given: str) -> None:
        """Refuse a page of another site. A token it must know; a name and password the browser may add."""
        page = page_of(request, self._api.CORS_origins)
        knows_token = given[:7].lower() == "bearer "
        if page is Page.OURS or (knows_token and (page is Page.STRANGE or "*" in self._api.CORS_origins)):
            return
        raise Forbidden(_FOREIGN_PAGE)

    def _take(self, api: ApiServerSettings) -> None:
        self._api = api
        self._credentials = Credentials(api)
        self._proxies = networks(api.trusted_proxies)
        self._throttle.rules = api.login_throttle
        self._known: dict[bytes, _Admission] = {}


def refusal(caller: Caller, need: Role) -> str:
    """Say why `caller` may not do what needs that role."""
    return f"This needs the role {need.word}; {caller.name} is {caller.role.word}"


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
