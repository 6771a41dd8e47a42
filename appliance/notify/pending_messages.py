"""Hold messages in memory until they are stored, also while the database cannot be written."""

from collections import Counter
from collections.abc import Sequence

from appliance.domain.outbox_message import OutboxMessage


class PendingMessages:
    """Hold messages in their order, a limited number for each service."""

    def __init__(self) -> None:
        self._messages: dict[int, OutboxMessage] = {}
        self._being_written: frozenset[int] = frozenset()
        self._count: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        self._number = 0

    def __len__(self) -> int:
        return len(self._messages)

    def add(self, message: OutboxMessage, *, most: int) -> bool:
        """Add a message; return whether the oldest of its service was dropped for it."""
        self._number += 1
        self._messages[self._number] = message
        self._count[message.service] += 1
        if self._count[message.service] <= most:
            return False
        oldest = next(
            number
            for number, other in self._messages.items()
            if other.service == message.service and number not in self._being_written
        )
        self._remove(oldest)
        self._lost[message.service] += 1
        return True

    def begin_writing(self) -> Sequence[OutboxMessage]:
        """Return what is to be written now; none of it is dropped until `end_writing`."""
        self._being_written = frozenset(self._messages)
        return tuple(self._messages.values())

    def end_writing(self, *, written: bool) -> None:
        """Remove what was written; keep it if that failed."""
        for number in self._being_written if written else ():
            self._remove(number)
        self._being_written = frozenset()

    def lost(self) -> dict[str, int]:
        """Return how many were dropped since the last call, by service."""
        lost, self._lost = self._lost, Counter()
        return dict(lost)

    def _remove(self, number: int) -> None:
        self._count[self._messages.pop(number).service] -= 1
