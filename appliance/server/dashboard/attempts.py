"""Slow down who guesses passwords: a few failures by one address, then a wait."""

from collections import OrderedDict, deque

MOST = 5
WITHIN = 300.0
REMEMBERED = 1024


class Attempts:
    """Count failed logins by address: `MOST` within `WITHIN` seconds, then the address has to wait."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, address: str, now: float) -> float:
        """Return for how many seconds `address` has to wait; 0 when it may try."""
        failed = self._failed.get(address)
        if failed is None or len(failed) < MOST:
            return 0.0
        return max(0.0, failed[0] + WITHIN - now)

    def failed(self, address: str, now: float) -> None:
        """Count a failure; forget the addresses longest unheard of, so that memory stays bounded."""
        self._failed.setdefault(address, deque(maxlen=MOST)).append(now)
        self._failed.move_to_end(address)
        while len(self._failed) > REMEMBERED:
            self._failed.popitem(last=False)

    def succeeded(self, address: str) -> None:
        self._failed.pop(address, None)
