"""Define login sessions: a sealed cookie, and the token of its forms.

A cookie reads `expires.id.credential.confirmed.seal`: the seal is an HMAC under a key derived from the JWT
secret, so a session token is never valid as a cookie, nor the reverse. `credential` is the fingerprint of the
password or API token of the login; once that is removed from the settings, the session is invalid.

`confirmed` is when the password was last given in this session. It is in the cookie, not in the book of
sessions, so that a cookie that was copied before gains nothing when its owner gives the password again.
"""

import hashlib
import hmac
import secrets

import msgspec

from appliance.server.auth.credentials import Caller, Credentials

SESSION_SECONDS = 24 * 3600
"""Seconds that a session lasts after the last page."""


class Session(msgspec.Struct, frozen=True):
    """Hold one browser's login. Times in seconds since 1970; `token` is sent with forms and headers."""

    id: str
    expires: int
    token: str
    caller: Caller
    confirmed: int


def _key(credentials: Credentials) -> bytes:
    return hmac.digest(credentials.secret.encode(), b"dashboard", hashlib.sha256)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")  # a header may contain any bytes


def _seal(key: bytes, purpose: str, text: str) -> str:
    return hmac.digest(key, _bytes(f"{purpose}\0{text}"), hashlib.sha256).hex()


def cookie_name(credentials: Credentials) -> str:
    """Return a name specific to this bot: browsers share cookies between all ports of a host."""
    return f"appliance_{bot_mark(credentials)}"


def bot_mark(credentials: Credentials) -> str:
    """Return what tells this bot apart from others of the same machine: it follows from secret and port."""
    return _seal(_key(credentials), "name", str(credentials.port))[:8]


def new_session(credentials: Credentials, caller: Caller, now: float) -> tuple[Session, str]:
    """Start a session; return it with the text of its cookie."""
    session_id, expires = secrets.token_hex(16), int(now) + SESSION_SECONDS
    session = Session(session_id, expires, _seal(_key(credentials), "form", session_id), caller, int(now))
    return session, sealed(credentials, session)


def sealed(credentials: Credentials, session: Session) -> str:
    """Return the text of the cookie of a session."""
    claim = f"{session.expires}.{session.id}.{session.caller.credential}.{session.confirmed}"
    return f"{claim}.{_seal(_key(credentials), 'session', claim)}"


def read_session(credentials: Credentials, cookie: str, now: float) -> Session | None:
    """Return the session of a cookie; None if it is forged, expired, revoked or not ours."""
    claim, _, seal = cookie.rpartition(".")
    key = _key(credentials)
    if not claim or not same(seal, _seal(key, "session", claim)):
        return None
    expires, session_id, credential, confirmed = claim.split(".")
    caller = credentials.caller(credential)
    if caller is None or min(int(expires), caller.expires) <= now:
        return None
    return Session(session_id, int(expires), _seal(key, "form", session_id), caller, int(confirmed))


def sealed_claim(credentials: Credentials, purpose: str, *parts: str) -> str:
    """Return parts of one purpose with their seal, for a cookie; no part has a dot."""
    claim = ".".join(parts)
    return f"{claim}.{_seal(_key(credentials), purpose, claim)}"


def read_claim(credentials: Credentials, purpose: str, text: str) -> list[str] | None:
    """Return the parts of a sealed claim; None if it is forged or of another purpose."""
    claim, _, seal = text.rpartition(".")
    if not claim or not same(seal, _seal(_key(credentials), purpose, claim)):
        return None
    return claim.split(".")


def form_token(credentials: Credentials, visit: str) -> str:
    """Return the token of the login form, bound to the cookie `visit` of a browser not logged in yet."""
    return _seal(_key(credentials), "login form", visit)


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(_bytes(one), _bytes(other))
