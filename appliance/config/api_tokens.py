"""Make API tokens and know them again by their hash.

A token is 256 random bits, so one round of SHA-256 keeps it: nobody can try all of them, however fast the
hash. Slow hashes are for passwords, which people choose. A check of a token thus takes a microsecond.
"""

import hashlib
import secrets

PREFIX = "apl_"
"""How every token begins, so that people and secret scanners recognise one."""


def new_token() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what stands in the configuration for `token`: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def is_token(text: str) -> bool:
    """Tell whether a text looks like one of our tokens, known or not."""
    return text.startswith(PREFIX)
