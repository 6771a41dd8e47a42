"""Hold the credentials of the settings: the user, API tokens, websocket tokens."""

import hashlib
import hmac
import math
import secrets

import msgspec

from appliance.config import api_tokens, passwords
from appliance.config.sections.server import ApiServerSettings, ApiToken
from appliance.queries.roles import Role


class Caller(msgspec.Struct, frozen=True):
    """Name an authenticated client and its role.

    `credential` is a fingerprint of the password or token: once that is removed from the settings, the
    caller is no longer valid. `expires` in seconds since 1970.
    """

    name: str
    role: Role
    credential: str
    expires: float = math.inf


class Credentials:
    """Check passwords and tokens. All comparisons take the same time, wherever the texts differ.

    `secret` signs sessions. Changed settings make new Credentials; sessions of a removed password or token
    are invalid with them.
    """

    def __init__(self, api: ApiServerSettings) -> None:
        self.secret = api.jwt_secret_key or secrets.token_hex(32)
        self.port = api.listen_port
        self._salt = secrets.token_bytes(32)
        self._user, self._password = api.username, api.password
        self.owner = self._caller("user", api.username, Role.ADMIN, api.password) if self._has_login else None
        hashed = passwords.is_hash(api.password)
        self._login = self.digest(self._user, self._password) if self._has_login and not hashed else None
        self._holders = [(token.hash, self._holder(token)) for token in api.tokens]
        self._listeners = [
            (self.digest(token), self._caller("websocket", "websocket", Role.VIEWER, token))
            for token in api.ws_tokens
        ]
        known = (self.owner, *(caller for _, caller in (*self._holders, *self._listeners)))
        self._by_credential = {caller.credential: caller for caller in known if caller}

    def digest(self, *texts: str) -> bytes:
        """Return a hash of texts for use in memory, under a key that only this process has."""
        joined = "\0".join(f"{len(text)}:{text}" for text in texts).encode(errors="surrogatepass")
        return hashlib.blake2b(joined, key=self._salt, digest_size=16).digest()

    def matches(self, user: str, password: str) -> bool | None:
        """Return whether this is the user's login; None if only `check_hashed` can decide."""
        if self._login is None:
            return None if self._has_login else False
        return hmac.compare_digest(self.digest(user, password), self._login)

    def check_hashed(self, user: str, password: str) -> bool:
        """Check a login against the hashed password, and cache a right one. Blocks for 40 ms."""
        right = passwords.matches(password, self._password)
        if not (right and hmac.compare_digest(self.digest(user), self.digest(self._user))):
            return False
        self._login = self.digest(user, password)
        return True

    def holder(self, token: str) -> Caller | None:
        """Return the caller of an API token."""
        given = api_tokens.hash_of(token)
        found = [caller for known, caller in self._holders if hmac.compare_digest(given, known)]
        return found[0] if found else None

    def listener(self, token: str) -> Caller | None:
        """Return the caller of a websocket token."""
        given = self.digest(token)
        found = [caller for known, caller in self._listeners if hmac.compare_digest(given, known)]
        return found[0] if found else None

    def caller(self, credential: str | None) -> Caller | None:
        """Return the caller of a fingerprint; the user for None, as in sessions issued by freqtrade."""
        return self.owner if credential is None else self._by_credential.get(credential)

    @property
    def _has_login(self) -> bool:
        return bool(self._user and self._password)

    def _holder(self, token: ApiToken) -> Caller:
        expires = token.expires.timestamp() if token.expires else math.inf
        return self._caller("token", token.name, Role[token.role.upper()], token.hash, expires)

    def _caller(self, kind: str, name: str, role: Role, stored: str, expires: float = math.inf) -> Caller:
        text = f"{kind}\0{name}\0{stored}".encode()
        credential = hmac.digest(self.secret.encode(), text, hashlib.sha256).hex()[:32]
        return Caller(name, role, credential, expires)
