"""Wait longer and longer between failing attempts."""

from collections.abc import Callable, Hashable

FIRST_SECONDS, LONGEST_SECONDS = 2.5, 60.0


class BackOff:
    """Count consecutive failures. `monotonic` returns seconds of a monotonic clock."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._failures: dict[Hashable, tuple[int, float]] = {}

    def may_try(self, what: Hashable) -> bool:
        """Return whether the pause after the last failure is over."""
        return self._monotonic() >= self._failures.get(what, (0, float("-inf")))[1]

    def failed(self, what: Hashable, *, longest: float = LONGEST_SECONDS) -> int:
        """Note a failure, with a pause of `longest` seconds at most; return how many there were in a row."""
        number = self._failures.get(what, (0, 0.0))[0] + 1
        pause = min(FIRST_SECONDS * 2.0 ** (number - 1), longest)
        self._failures[what] = (number, self._monotonic() + pause)
        return number

    def succeeded(self, what: Hashable) -> None:
        self._failures.pop(what, None)
