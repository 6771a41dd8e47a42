"""Count who follows the page: none takes all streams, and those who only look leave some to those who act."""

from collections import Counter

from appliance.queries.roles import Role
from appliance.server.auth.credentials import Caller

MOST = 64
OF_ONE_CALLER = 16
OF_ALL_WHO_LOOK = 48


class Viewers:
    """Hold how many streams each caller has."""

    def __init__(self) -> None:
        self._streams: Counter[Caller] = Counter()

    def __len__(self) -> int:
        return self._streams.total()

    def has_room_for(self, caller: Caller) -> bool:
        """Tell whether `caller` may open one more."""
        if len(self) >= MOST or self._streams[caller] >= OF_ONE_CALLER:
            return False
        if caller.role > Role.VIEWER:
            return True
        return sum(n for one, n in self._streams.items() if one.role is Role.VIEWER) < OF_ALL_WHO_LOOK

    def enter(self, caller: Caller) -> None:
        self._streams[caller] += 1

    def leave(self, caller: Caller) -> None:
        self._streams[caller] -= 1
        if not self._streams[caller]:
            del self._streams[caller]
