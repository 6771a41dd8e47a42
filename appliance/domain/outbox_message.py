"""Define a message in the outbox: rendered for one service, and stored until that has taken it."""

from datetime import datetime

import msgspec


class OutboxMessage(msgspec.Struct, frozen=True, kw_only=True):
    """State one message. `id` is 0 until it is stored; `content` is JSON in the form of its service."""

    id: int = 0
    service: str
    created_at: datetime
    content: str

    @property
    def key(self) -> str:
        """A key that is never reused; SQLite reuses ids."""
        return f"{self.created_at.timestamp():.6f}-{self.id}"
