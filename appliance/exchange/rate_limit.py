"""Leave an exchange alone for as long as it asks: whoever goes on asking is shut out for longer."""

import time


class Pause:
    """Remember until when nothing is to be asked, in seconds, by a clock that nobody can set."""

    def __init__(self) -> None:
        self._until = 0.0
        self._refusals = 0

    def begin(self, seconds: float) -> None:
        """Keep quiet for `seconds` from now, or longer where that was asked for before."""
        self._until = max(self._until, time.monotonic() + seconds)

    def back_off(self, first: float, longest: float) -> None:
        """Keep quiet where the exchange does not say how long: twice as long each time until it is `calm`.

        What was asked before the pause and is refused within it does not make it longer.
        """
        if self.left:
            return
        self.begin(min(first * 2.0**self._refusals, longest))
        self._refusals = min(self._refusals + 1, 30)

    def calm(self) -> None:
        """Begin anew with short pauses: the exchange has answered."""
        self._refusals = 0

    @property
    def left(self) -> float:
        """Seconds until the exchange may be asked again."""
        return max(0.0, self._until - time.monotonic())
