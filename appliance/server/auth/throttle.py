"""Throttle guessing: after a few failed logins an address has to wait, twice as long after each further one.

Repeating the same wrong login is not counted: nothing can be learned from it, and a program that tries an old
password every second must not lock out the other users at its address.
"""

import logging
from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address

from appliance.config.sections.server import LoginThrottle

log = logging.getLogger(__name__)

MOST_ADDRESSES = 4096
"""Addresses remembered; those that failed longest ago are forgotten first."""
_GUESSES_REMEMBERED = 16


class _Failures:
    """Hold the failures of one address: `count` of different guesses, and `until` when it has to wait."""

    __slots__ = ("count", "guesses", "last", "until")

    def __init__(self) -> None:
        self.count = 0
        self.until = 0.0
        self.last = 0.0
        self.guesses: deque[bytes] = deque(maxlen=_GUESSES_REMEMBERED)


class Throttle:
    """Count wrong guesses by address, over REST, websocket and dashboard together. Times in seconds."""

    def __init__(self, rules: LoginThrottle) -> None:
        self.rules = rules
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def wait(self, address: str, now: float) -> float:
        """Return how long `address` has to wait; 0 if it may try."""
        failures = self._failures.get(origin(address)) if self._failures else None
        if failures is None or not self.rules.enabled:
            return 0.0
        return max(0.0, failures.until - now)

    def has_failed(self, address: str, guess: bytes) -> bool:
        """Return whether this very guess has failed before."""
        failures = self._failures.get(origin(address)) if self._failures else None
        return failures is not None and guess in failures.guesses

    def failed(self, address: str, guess: bytes, now: float) -> None:
        """Count a wrong guess; `guess` is its digest, by which a repetition is recognized."""
        name = origin(address)
        failures = self._failures.get(name)
        if failures is None or now - failures.last > self.rules.forget_after:
            failures = self._failures[name] = _Failures()
        self._failures.move_to_end(name)
        failures.last = now
        if guess in failures.guesses:
            return
        failures.guesses.append(guess)
        failures.count += 1
        beyond = failures.count - self.rules.free_failures - 1
        if beyond >= 0 and self.rules.enabled:
            # 2.0**40 exceeds any limit; larger powers would overflow.
            wait = min(self.rules.first_wait * 2.0 ** min(beyond, 40), self.rules.longest_wait)
            failures.until = now + wait
            text = "Login from %s failed with %d different names, passwords or tokens; it has to wait %.0f s"
            log.warning(text, name, failures.count, wait)
        while len(self._failures) > MOST_ADDRESSES:
            self._failures.popitem(last=False)

    def forgive(self, address: str) -> None:
        """Forget the failures of an address after a successful login."""
        self._failures.pop(origin(address), None)


def origin(address: str) -> str:
    """Return the key of an address: for IPv6 its /64 network, which belongs to one customer."""
    if ":" not in address:
        return address
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
