"""Leave an exchange alone for as long as it asks: whoever goes on asking is shut out for longer."""

import time


class Pause:
    """Remember until when nothing is to be asked; it counts by a clock that nobody can set."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self, seconds: float) -> None:
        """Keep quiet for `seconds` from now, or longer where that was asked for before."""
        self._until = max(self._until, time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds until the exchange may be asked again."""
        return max(0.0, self._until - time.monotonic())
