"""Hold letters until they are on disk: for a moment, or for as long as the database cannot be written."""

from collections import Counter
from collections.abc import Sequence

from appliance.domain.outbox_message import OutboxMessage


class Unwritten:
    """Keep letters in their order; of one service at most as many as may wait for it at all."""

    def __init__(self) -> None:
        self._letters: dict[int, OutboxMessage] = {}
        self._being_written: frozenset[int] = frozenset()
        self._count: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        self._number = 0

    def __len__(self) -> int:
        return len(self._letters)

    def add(self, letter: OutboxMessage, *, most: int) -> bool:
        """Take a letter; where too many wait for its service, its oldest goes. Tells whether one went."""
        self._number += 1
        self._letters[self._number] = letter
        self._count[letter.service] += 1
        if self._count[letter.service] <= most:
            return False
        oldest = next(
            number
            for number, one in self._letters.items()
            if one.service == letter.service and number not in self._being_written
        )
        self._forget(oldest)
        self._lost[letter.service] += 1
        return True

    def begin_to_write(self) -> Sequence[OutboxMessage]:
        """Return what is to be written now; none of that is dropped until it is known what became of it."""
        self._being_written = frozenset(self._letters)
        return tuple(self._letters.values())

    def end_to_write(self, *, written: bool) -> None:
        """Forget what is on disk, or keep it where it could not be written."""
        for number in self._being_written if written else ():
            self._forget(number)
        self._being_written = frozenset()

    def lost(self) -> dict[str, int]:
        """Return how many were dropped since this was last asked, by service."""
        lost, self._lost = self._lost, Counter()
        return dict(lost)

    def _forget(self, number: int) -> None:
        self._count[self._letters.pop(number).service] -= 1
