"""Pause requests for as long as an exchange asks: clients that go on are banned for longer."""

import time


class Pause:
    """Hold until when nothing may be requested, by a monotonic clock in seconds."""

    def __init__(self) -> None:
        self._until = 0.0
        self._refusals = 0

    def begin(self, seconds: float) -> None:
        """Pause for `seconds` from now, or longer where that was asked for before."""
        self._until = max(self._until, time.monotonic() + seconds)

    def back_off(self, first: float, longest: float) -> None:
        """Pause where the exchange does not say how long: twice as long each time until `calm`.

        Requests sent before the pause and refused within it do not make it longer.
        """
        if self.left:
            return
        self.begin(min(first * 2.0**self._refusals, longest))
        self._refusals = min(self._refusals + 1, 30)

    def calm(self) -> None:
        """Start again with short pauses: the exchange has answered."""
        self._refusals = 0

    @property
    def left(self) -> float:
        """Seconds until the exchange may be asked again."""
        return max(0.0, self._until - time.monotonic())
