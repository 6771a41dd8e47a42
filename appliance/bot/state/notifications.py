"""State how messages reach their services, for those who show it; the sender itself stands above the bot."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct


class ServiceState(Struct, frozen=True, kw_only=True):
    """State one service: `types` says how it gets each type of message; times are UTC.

    `waiting` messages are in the outbox; `dropped` ones were given up since the start. `trouble` is why the
    last attempt failed, without secrets; empty if it did not.
    """

    name: str
    types: Mapping[str, str]
    waiting: int
    dropped: int
    trouble: str
    failing_since: datetime | None
    last_sent: datetime | None


class Notifications(Protocol):
    """Tell of the services, and try one."""

    async def states(self) -> list[ServiceState]:
        """Return the state of each service. Raises StorageError."""

    async def test(self, name: str) -> str:
        """Send a test message by a service at once; return what came of it. Raises NotFound, Refused."""
