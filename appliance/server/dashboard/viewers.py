"""Limit the streams of the page by caller, and those of viewers, so that some are left for operators."""

from collections import Counter

from appliance.queries.roles import Role
from appliance.server.auth.credentials import Caller

MOST = 64
OF_ONE_CALLER = 16
OF_ALL_VIEWERS = 48


class Viewers:
    """Count the streams of each caller."""

    def __init__(self) -> None:
        self._streams: Counter[Caller] = Counter()

    def __len__(self) -> int:
        return self._streams.total()

    def has_room_for(self, caller: Caller) -> bool:
        """Return whether `caller` may open one more."""
        if len(self) >= MOST or self._streams[caller] >= OF_ONE_CALLER:
            return False
        if caller.role > Role.VIEWER:
            return True
        return sum(n for each, n in self._streams.items() if each.role is Role.VIEWER) < OF_ALL_VIEWERS

    def add(self, caller: Caller) -> None:
        self._streams[caller] += 1

    def remove(self, caller: Caller) -> None:
        self._streams[caller] -= 1
        if not self._streams[caller]:
            del self._streams[caller]
