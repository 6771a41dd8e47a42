"""Slow down who guesses: after a few failed logins an address has to wait, each further time twice as long.

What counts is a guess: the same wrong login again tells nobody anything and costs nothing, so that a program
with an old password, asking every second, does not shut out everybody else at its address.
"""

import logging
from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address

from appliance.config.sections.server import LoginThrottle

log = logging.getLogger(__name__)

MOST_ADDRESSES = 4096
"""Addresses remembered; those longest unheard of are forgotten first, so that memory stays bounded."""
_GUESSES_REMEMBERED = 16


class _Failures:
    """Hold what is known of one address: `count` of wrong guesses, and `until` when it has to wait."""

    __slots__ = ("count", "guesses", "last", "until")

    def __init__(self) -> None:
        self.count = 0
        self.until = 0.0
        self.last = 0.0
        self.guesses: deque[bytes] = deque(maxlen=_GUESSES_REMEMBERED)


class Throttle:
    """Count wrong guesses by address, the same for REST, websocket and dashboard. Times in seconds."""

    def __init__(self, rules: LoginThrottle) -> None:
        self.rules = rules
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def wait(self, address: str, now: float) -> float:
        """Return for how long `address` has to wait; 0 when it may try."""
        failures = self._failures.get(origin(address)) if self._failures else None
        if failures is None or not self.rules.enabled:
            return 0.0
        return max(0.0, failures.until - now)

    def has_failed(self, address: str, guess: bytes) -> bool:
        """Tell whether this very guess was wrong before, and so is known to be wrong again."""
        failures = self._failures.get(origin(address)) if self._failures else None
        return failures is not None and guess in failures.guesses

    def failed(self, address: str, guess: bytes, now: float) -> None:
        """Count a wrong guess; `guess` is a digest, by which the same one is known again."""
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
            # 2.0**40 is beyond any wait; larger powers would overflow.
            wait = min(self.rules.first_wait * 2.0 ** min(beyond, 40), self.rules.longest_wait)
            failures.until = now + wait
            text = "%s failed to log in with %d different names, passwords or tokens, and waits %.0f seconds"
            log.warning(text, name, failures.count, wait)
        while len(self._failures) > MOST_ADDRESSES:
            self._failures.popitem(last=False)

    def forgive(self, address: str) -> None:
        """Forget the failures of an address whose user has logged in."""
        self._failures.pop(origin(address), None)


def origin(address: str) -> str:
    """Return what stands for an address: of IPv6 the network of 64 bits, which one customer has alone."""
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
