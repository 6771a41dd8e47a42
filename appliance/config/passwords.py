"""Hash passwords with argon2, and check passwords against their hash.

The parameters are the minimum of OWASP's password storage cheat sheet (argon2id, 19 MiB, 2 rounds, 1 lane):
40 ms on a small VPS, with memory that such a machine can spare.
"""

import re

_MEMORY_KIB, _ROUNDS, _LANES = 19 * 1024, 2, 1
_PREFIX = "$argon2"
_COMPLETE = re.compile(r"\$argon2(id|i|d)\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{8,}\$[A-Za-z0-9+/]{16,}")


def is_hash(password: str) -> bool:
    """Return whether a configured password is a hash."""
    return password.startswith(_PREFIX)


def is_whole_hash(password: str) -> bool:
    """Return whether such a hash is complete: a shell may have expanded its dollar signs."""
    return _COMPLETE.fullmatch(password) is not None


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with a new salt."""
    from argon2 import PasswordHasher

    return PasswordHasher(_ROUNDS, _MEMORY_KIB, _LANES).hash(password)


def matches(password: str, stored: str) -> bool:
    """Return whether `stored` is the hash of `password`. Takes about 40 ms: not for the event loop."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(stored, password.encode(errors="surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
