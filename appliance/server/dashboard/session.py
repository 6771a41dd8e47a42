"""Say who is logged in: a sealed cookie, and the token that its forms carry.

A cookie reads `expires.id.seal`: the seal is an HMAC under a key made of JWT secret, name and password, so a
new password ends all sessions, and neither an API token nor a cookie passes for the other.
"""

import hashlib
import hmac
import secrets

import msgspec

from appliance.config.settings import ApiServerSettings

LASTS = 24 * 3600
"""Seconds that a session lasts after the last page."""


class Session(msgspec.Struct, frozen=True):
    """Name one browser's login. `expires` in seconds since 1970; `token` goes into forms and headers."""

    id: str
    expires: int
    token: str


def _key(api: ApiServerSettings) -> bytes:
    owner = f"dashboard\0{api.username}\0{api.password}"
    return hmac.digest(api.jwt_secret_key.encode(), owner.encode(), hashlib.sha256)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")  # a header may hold any bytes


def _seal(key: bytes, purpose: str, text: str) -> str:
    return hmac.digest(key, _bytes(f"{purpose}\0{text}"), hashlib.sha256).hex()


def cookie_name(api: ApiServerSettings) -> str:
    """Return a name of this bot's own: browsers share cookies between all ports of a host."""
    return f"appliance_{_seal(_key(api), 'name', '')[:8]}"


def new_session(api: ApiServerSettings, now: float) -> tuple[Session, str]:
    """Begin a session; return it with the text of its cookie."""
    return sealed_until(api, secrets.token_hex(16), int(now) + LASTS)


def sealed_until(api: ApiServerSettings, session_id: str, expires: int) -> tuple[Session, str]:
    """Seal the session of that id until `expires`; return it with the text of its cookie."""
    key = _key(api)
    claim = f"{expires}.{session_id}"
    session = Session(session_id, expires, _seal(key, "form", session_id))
    return session, f"{claim}.{_seal(key, 'cookie', claim)}"


def read_session(api: ApiServerSettings, cookie: str, now: float) -> Session | None:
    """Return the session of that cookie; None where it is forged, expired or no cookie of ours."""
    if not (api.username and api.password):  # nobody can log in, so nobody has
        return None
    claim, _, seal = cookie.rpartition(".")
    key = _key(api)
    if not claim or not same(seal, _seal(key, "cookie", claim)):
        return None
    expires, _, session_id = claim.partition(".")
    if int(expires) <= now:
        return None
    return Session(session_id, int(expires), _seal(key, "form", session_id))


def form_token(api: ApiServerSettings, visit: str) -> str:
    """Return the token of the login form, bound to the cookie `visit` of a browser not logged in yet."""
    return _seal(_key(api), "login form", visit)


def same(one: str, other: str) -> bool:
    """Compare two secrets without telling by the time it takes where they differ."""
    return hmac.compare_digest(_bytes(one), _bytes(other))
