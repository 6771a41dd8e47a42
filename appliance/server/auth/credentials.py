"""Hold who may come in, as one state of the settings has it: the user, API tokens, websocket tokens."""

import hashlib
import hmac
import math
import secrets

import msgspec

from appliance.config import api_tokens, passwords
from appliance.config.sections.server import ApiServerSettings, ApiToken
from appliance.queries.roles import Role


class Caller(msgspec.Struct, frozen=True):
    """Name who came in, and what he may do.

    `credential` is a fingerprint of what he showed: with that gone from the settings, so is he. `expires` in
    seconds since 1970.
    """

    name: str
    role: Role
    credential: str
    expires: float = math.inf


class Credentials:
    """Check what people and programs show. All comparisons take the same time, wherever the texts differ.

    `secret` signs sessions. A new password, or a token revoked, makes another Credentials: what followed from
    the old one is worth nothing with it.
    """

    def __init__(self, api: ApiServerSettings) -> None:
        self.secret = api.jwt_secret_key or secrets.token_hex(32)
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
        known = (self.owner, *(one for _, one in self._holders), *(one for _, one in self._listeners))
        self._by_credential = {caller.credential: caller for caller in known if caller}

    def digest(self, *texts: str) -> bytes:
        """Return what stands for texts in memory: a hash under a key that this process alone has."""
        joined = "\0".join(f"{len(text)}:{text}" for text in texts).encode(errors="surrogatepass")
        return hashlib.blake2b(joined, key=self._salt, digest_size=16).digest()

    def knows(self, user: str, password: str) -> bool | None:
        """Tell whether this is the user's login; None where only `prove` can tell."""
        if self._login is None:
            return None if self._has_login else False
        return hmac.compare_digest(self.digest(user, password), self._login)

    def prove(self, user: str, password: str) -> bool:
        """Check a login against the hashed password, and know it from then on. Not for the event loop."""
        right = passwords.matches(password, self._password)
        if not (right and hmac.compare_digest(self.digest(user), self.digest(self._user))):
            return False
        self._login = self.digest(user, password)
        return True

    def holder(self, token: str) -> Caller | None:
        """Return whose API token this is."""
        given = api_tokens.hash_of(token)
        found = [caller for known, caller in self._holders if hmac.compare_digest(given, known)]
        return found[0] if found else None

    def listener(self, token: str) -> Caller | None:
        """Return the caller behind one of the websocket tokens."""
        given = self.digest(token)
        found = [caller for known, caller in self._listeners if hmac.compare_digest(given, known)]
        return found[0] if found else None

    def caller(self, credential: str | None) -> Caller | None:
        """Return who has that fingerprint; the user for None, which is what freqtrade's sessions say."""
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
