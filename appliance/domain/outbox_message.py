"""Hold what is on its way to a service: a letter is one message, made up for one receiver."""

from datetime import datetime

import msgspec


class OutboxMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a letter. `id` is 0 until it is written down; `content` is JSON that its service understands."""

    id: int = 0
    service: str
    created_at: datetime
    content: str

    @property
    def key(self) -> str:
        """What it is known by for good: ids alone are given out again."""
        return f"{self.created_at.timestamp():.6f}-{self.id}"
