"""Create API tokens and hash them.

A token has 256 random bits, too many to try out, so one round of SHA-256 is a safe hash, and a check takes a
microsecond. Slow hashes are for passwords, which people choose.
"""

import hashlib
import secrets

PREFIX = "apl_"
"""Prefix of every token, by which people and secret scanners recognise one."""


def new_token() -> str:
    """Create a random token."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return the hash of a token for the configuration: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def is_token(text: str) -> bool:
    """Return whether a text has the form of a token, known or not."""
    return text.startswith(PREFIX)
