"""Issue and verify session tokens: JSON Web Tokens, signed with HMAC-SHA256 and nothing else.

PyJWT with its cryptography takes 0.1 s to import, so `load` imports it in a thread, when first needed.
"""

import asyncio
import importlib
import warnings
from typing import Literal

import msgspec

TokenKind = Literal["access", "refresh"]

LIFETIMES: dict[TokenKind, int] = {"access": 15 * 60, "refresh": 30 * 86_400}
"""Seconds from issue to expiry."""
_ALGORITHM = "HS256"
_LONGEST = 4096


class Identity(msgspec.Struct, frozen=True):
    u: str


class Claims(msgspec.Struct, frozen=True, omit_defaults=True):
    """Hold the claims of a token. `iat` (issued) and `exp` (expires) in seconds since 1970.

    `credential` is the fingerprint of the password or API token that it was issued for. Tokens issued by
    freqtrade have none, and are the configured user's.
    """

    identity: Identity
    iat: float
    exp: float
    type: str
    credential: str | None = None


class BadToken(Exception):
    """Say that a token was not issued here."""


class StaleToken(BadToken):
    """Say that a token was issued here, but has expired or is of the other kind: no guess."""


_loaded = False


async def load() -> None:
    """Import PyJWT in a thread; return at once if it is imported already."""
    global _loaded
    if not _loaded:
        library = await asyncio.to_thread(importlib.import_module, "jwt")
        # `appliance.config.validation.api_security` has warned at the start.
        warnings.simplefilter("ignore", library.InsecureKeyLengthWarning)
        _loaded = True


def issue(secret: str, user: str, kind: TokenKind, now: float, credential: str | None = None) -> str:
    """Return a token of `kind` for `user`, valid from `now` (seconds since 1970)."""
    import jwt

    issued = int(now)
    claims = Claims(Identity(user), issued, issued + LIFETIMES[kind], kind, credential)
    return jwt.encode(msgspec.to_builtins(claims), secret, algorithm=_ALGORITHM)


def verify(token: str, secret: str, kind: TokenKind, now: float) -> Claims:
    """Return the claims of a token that `secret` signed and that is of `kind` and valid at `now`.

    Raises StaleToken or BadToken. `now` is passed in, so PyJWT does not check times.
    """
    import jwt

    if not secret or len(token) > _LONGEST:
        raise BadToken
    try:
        stated = jwt.decode(
            token,
            secret,
            algorithms=[_ALGORITHM],
            options={
                "require": ["exp", "iat"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        claims = msgspec.convert(stated, Claims)
    except (jwt.PyJWTError, msgspec.ValidationError, ValueError) as error:
        raise BadToken from error
    if claims.type != kind or claims.exp <= now:
        raise StaleToken
    return claims
