"""Codes of an authenticator app (TOTP, RFC 6238), and recovery codes for a phone that is lost.

Six digits for 30 seconds, SHA-1, as every app supports. The clock of the phone may be off by one step. A
code counts once: not again, and none of an earlier step. Recovery codes have 79 random bits, so one round of
SHA-256 hides them well enough; each is forgotten when it is used.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

STEP: Final = 30
"""Seconds of one code."""
SKEW: Final = 1
"""Steps by which the clock of the phone may be off."""
RECOVERY_CODES: Final = 10
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # without signs that look alike; 4.95 bits each
_SIGNS: Final = 16


def new_secret() -> str:
    """Return 160 random bits in base 32."""
    import pyotp  # late: only for codes

    return pyotp.random_base32()


def code_at(secret: str, step: int) -> str:
    """Return the code of a step: seconds since 1970 by 30."""
    import pyotp  # late: only for codes

    return pyotp.TOTP(secret).at(step * STEP)


def address_for_app(secret: str, user: str, bot: str) -> str:
    """Return the `otpauth:` address that an app reads from the picture."""
    import pyotp  # late: only for codes

    return pyotp.TOTP(secret).provisioning_uri(name=user or "trader", issuer_name=bot or "appliance")


def picture_of(address: str) -> str:
    """Return a QR code as SVG, without any style of its own."""
    import segno  # late: only for codes

    code = segno.make(address, error="m", micro=False)
    picture: str = code.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True)
    return picture


def accepted_step(secret: str, code: str, now: float, last_step: int) -> int | None:
    """Return the step of a code that is right now and later than the last one used; None for any other."""
    current = int(now) // STEP
    for step in range(max(current - SKEW, last_step + 1), current + SKEW + 1):
        if hmac.compare_digest(code_at(secret, step), code):
            return step
    return None


def is_app_code(text: str) -> bool:
    """Return whether a text looks like a code of an app."""
    return len(text) == 6 and text.isascii() and text.isdecimal()


def plain(text: str) -> str:
    """Return what was typed without spaces and hyphens, in small letters."""
    return "".join(text.split()).replace("-", "").lower()[:64]


def new_recovery_codes() -> list[str]:
    """Return new codes in groups of four signs, as they are shown."""
    drawn = ["".join(secrets.choice(_ALPHABET) for _ in range(_SIGNS)) for _ in range(RECOVERY_CODES)]
    return ["-".join(code[at : at + 4] for at in range(0, _SIGNS, 4)) for code in drawn]


def hash_of(code: str) -> str:
    """Return the hash of a recovery code."""
    return hashlib.sha256(plain(code).encode()).hexdigest()


def without(code: str, hashes: Sequence[str]) -> list[str] | None:
    """Return the other hashes if this is the code of one of them; else None."""
    given = hash_of(code)
    left = [known for known in hashes if not hmac.compare_digest(known, given)]
    return left if len(left) < len(hashes) else None
