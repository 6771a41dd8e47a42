"""Keep a pair from being entered for a while."""

from datetime import datetime

import msgspec


class PairLock(msgspec.Struct, kw_only=True):
    """Lock `pair` ("*": all) on `side` ("long", "short", "*": both) until `lock_end_time` (UTC)."""

    id: int = 0
    pair: str
    side: str = "*"
    reason: str | None = None
    lock_time: datetime
    lock_end_time: datetime
    active: bool = True

    def holds(self, pair: str, side: str, now: datetime) -> bool:
        """Tell whether this keeps `pair` from being entered on `side` at `now`."""
        return (
            self.active
            and self.lock_end_time > now
            and self.pair in (pair, "*")
            and (self.side in (side, "*") or side == "*")
        )
