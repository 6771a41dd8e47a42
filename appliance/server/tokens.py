"""Make and check session tokens: JSON Web Tokens, signed with HMAC-SHA256 and nothing else.

Written out on the standard library: one algorithm is all that is allowed here, so a token's own word on its
algorithm is only ever compared, never followed; and a JWT library would load 0.1 s of cryptography first.
Source: RFC 7515 (compact serialization), RFC 7519 (claims).
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Literal

import msgspec

TokenKind = Literal["access", "refresh"]

LIFETIMES: dict[TokenKind, int] = {"access": 15 * 60, "refresh": 30 * 86_400}
"""Seconds from issue to expiry."""


class Identity(msgspec.Struct, frozen=True):
    u: str


class Claims(msgspec.Struct, frozen=True):
    """What a token states. `iat` (issued) and `exp` (expires) in seconds since 1970."""

    identity: Identity
    iat: float
    exp: float
    type: str


class BadToken(Exception):
    """Say that a token is not ours, not of the kind asked for, or no longer valid."""


class _Header(msgspec.Struct, frozen=True):
    alg: str
    typ: str = "JWT"


_read_header = msgspec.json.Decoder(_Header).decode
_read_claims = msgspec.json.Decoder(Claims).decode
_LONGEST = 4096


def issue(secret: str, user: str, kind: TokenKind, now: float) -> str:
    """Return a token of `kind` for `user`, valid from `now` (seconds since 1970)."""
    issued = int(now)
    claims = Claims(Identity(user), issued, issued + LIFETIMES[kind], kind)
    signed = _encoded(msgspec.json.encode(_Header("HS256"))) + "." + _encoded(msgspec.json.encode(claims))
    return f"{signed}.{_encoded(_signature(secret, signed))}"


def verify(token: str, secret: str, kind: TokenKind, now: float) -> Claims:
    """Return the claims of a token that `secret` signed and that is of `kind` and valid at `now`.

    Raises BadToken, without saying what is wrong: whoever holds a bad token needs a new one.
    """
    try:
        signed, _, signature = token[:_LONGEST].rpartition(".")
        header, _, claims = signed.partition(".")
        if not secret or not hmac.compare_digest(_decoded(signature), _signature(secret, signed)):
            raise BadToken
        if _read_header(_decoded(header)).alg != "HS256":
            raise BadToken
        stated = _read_claims(_decoded(claims))
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise BadToken from error
    if stated.type != kind or stated.exp <= now:
        raise BadToken
    return stated


def _signature(secret: str, signed: str) -> bytes:
    return hmac.digest(secret.encode(), signed.encode(), "sha256")


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
