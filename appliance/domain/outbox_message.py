"""Define a message that is queued for one service."""

from datetime import datetime

import msgspec


class OutboxMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a message in the form of its service: `content` is JSON. `id` is 0 until it is stored."""

    id: int = 0
    service: str
    created_at: datetime
    content: str

    @property
    def key(self) -> str:
        """A key that is never used twice; ids alone are, after a deletion."""
        return f"{self.created_at.timestamp():.6f}-{self.id}"
