"""Make challenges for passkeys that cannot be forged, last for minutes and are answered once.

They are sealed instead of stored: visitors who are not logged in can ask for as many as they like, and push
out none of others. Only those that were answered rightly are remembered.
"""

import hashlib
import hmac
import secrets
from typing import Final

LASTS: Final = 300
_SEAL, _RANDOM, _TIME = 32, 16, 8


class Challenges:
    """Issue and check challenges, each for a purpose and bound to a browser's cookie or session."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._used: dict[bytes, float] = {}

    def new(self, purpose: str, bound_to: str, now: float) -> bytes:
        claim = (int(now) + LASTS).to_bytes(_TIME, "big") + secrets.token_bytes(_RANDOM)
        return claim + self._seal(purpose, bound_to, claim)

    def use(self, challenge: bytes, purpose: str, bound_to: str, now: float) -> bool:
        """Return whether a challenge is valid, and not taken: if so it is taken by this call."""
        claim, seal = challenge[: _TIME + _RANDOM], challenge[_TIME + _RANDOM :]
        if not hmac.compare_digest(seal, self._seal(purpose, bound_to, claim)):
            return False
        until = int.from_bytes(claim[:_TIME], "big")
        self._used = {one: end for one, end in self._used.items() if end > now}
        if until <= now or challenge in self._used:
            return False
        self._used[challenge] = until
        return True

    def give_back(self, challenge: bytes) -> None:
        """Forget that a challenge was taken: its answer was wrong."""
        self._used.pop(challenge, None)

    def _seal(self, purpose: str, bound_to: str, claim: bytes) -> bytes:
        text = f"{purpose}\0{bound_to}\0".encode("utf-8", "surrogateescape") + claim
        return hmac.digest(self._key, text, hashlib.sha256)
