"""Define pair locks, which forbid entries for a while."""

from datetime import datetime
from typing import Any

import msgspec

from appliance.domain.enums import LockSide
from appliance.domain.timeframe import to_ms


class PairLock(msgspec.Struct, kw_only=True):
    """Lock `pair` ("*": all) on `side` ("long", "short", "*": both) until `lock_end_time` (UTC)."""

    id: int = 0
    pair: str
    side: str = "*"
    """Any text: clients and strategies may have written other ones, which never hold."""
    reason: str | None = None
    lock_time: datetime
    lock_end_time: datetime
    active: bool = True

    def holds(self, pair: str, side: LockSide, now: datetime) -> bool:
        """Return whether this forbids to enter `pair` on `side` ("*": on both) at `now`."""
        return (
            self.active and self.lock_end_time > now and self.pair in (pair, "*") and self.side in (side, "*")
        )

    @property
    def lock_end_time_utc(self) -> datetime:
        return self.lock_end_time

    def to_json(self) -> dict[str, Any]:
        """Return the lock as messages show it; times as UTC texts, timestamps in ms."""
        return {
            "id": self.id,
            "pair": self.pair,
            "lock_time": _as_text(self.lock_time),
            "lock_timestamp": to_ms(self.lock_time),
            "lock_end_time": _as_text(self.lock_end_time),
            "lock_end_timestamp": to_ms(self.lock_end_time),
            "reason": self.reason,
            "side": self.side,
            "active": self.active,
        }


def _as_text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
