"""Keep the pair locks of a walk."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from appliance.domain.enums import LockSide, TradeDirection
from appliance.domain.lock import PairLock
from appliance.domain.timeframe import next_open_ms, to_date, to_ms
from appliance.rules.protections.locking import ALL_PAIRS


class Locks:
    """Lock pairs against entries; it answers what strategies ask of locks, too (`LocksPort`).

    Where strategies give no time, freqtrade takes the wall clock, in backtests too: then locks of the past do
    not hold, and lifting them changes nothing. `before_change` is called before locks change.
    """

    def __init__(self, timeframe: str, before_change: Callable[[], None] = lambda: None) -> None:
        self.all: list[PairLock] = []
        self.before_change = before_change
        self._timeframe = timeframe
        self._by_pair: defaultdict[str, list[PairLock]] = defaultdict(list)
        self._ends: dict[tuple[str, str], int] = {}

    def ends(self, pair: str, side: TradeDirection, now_ms: int) -> int:
        """Return when the last lock against an entry ends (ms); `now_ms` where none ends later."""
        if not self.all:
            return now_ms
        return max(now_ms, self._ends.get((pair, side), 0), self._ends.get((ALL_PAIRS, side), 0))

    def holding(self, pair: str, side: TradeDirection, now_ms: int) -> PairLock | None:
        """Return the lock against an entry that lasts longest; None if there is none."""
        found = [
            lock
            for lock in self.about(pair)
            if lock.active and lock.side in (side, "*") and to_ms(lock.lock_end_time) > now_ms
        ]
        return max(found, key=lambda lock: lock.lock_end_time, default=None)

    def about(self, pair: str) -> list[PairLock]:
        """Return the locks of a pair and those of all pairs."""
        return [*self._by_pair[pair], *(self._by_pair[ALL_PAIRS] if pair != ALL_PAIRS else ())]

    def _note_end(self, lock: PairLock) -> None:
        for side in ("long", "short"):
            if lock.active and lock.side in (side, "*"):
                key = (lock.pair, side)
                self._ends[key] = max(self._ends.get(key, 0), to_ms(lock.lock_end_time))

    def lock_pair(
        self,
        pair: str,
        until: datetime,
        reason: str | None = None,
        *,
        now: datetime | None = None,
        side: LockSide = "*",
    ) -> PairLock:
        end = to_date(next_open_ms(self._timeframe, to_ms(until)))
        for lock in self.get_pair_locks(pair, now, side):
            if lock.reason == reason and lock.lock_end_time == end and lock.side == side:
                return lock
        self.before_change()
        lock = PairLock(
            id=len(self.all) + 1,
            pair=pair,
            side=side,
            reason=reason,
            lock_time=now or datetime.now(UTC),
            lock_end_time=end,
        )
        self.take_over((lock,))
        return lock

    def take_over(self, locks: Iterable[PairLock]) -> None:
        """Add locks that were made elsewhere."""
        for lock in locks:
            self.all.append(lock)
            self._by_pair[lock.pair].append(lock)
            self._note_end(lock)

    def forget(self) -> None:
        """Drop all locks."""
        self.all.clear()
        self._by_pair.clear()
        self._ends.clear()

    def unlock_pair(self, pair: str, now: datetime | None = None, side: LockSide = "*") -> None:
        self._lift(self.get_pair_locks(pair, now, side))

    def unlock_reason(self, reason: str, now: datetime | None = None) -> None:
        self._lift([lock for lock in self.get_pair_locks(None, None) if lock.reason == reason])

    def is_pair_locked(self, pair: str, now: datetime | None = None, side: LockSide = "*") -> bool:
        return bool(self.get_pair_locks(pair, now, side)) or self.is_global_lock(now, side)

    def is_global_lock(self, now: datetime | None = None, side: LockSide = "*") -> bool:
        return bool(self.get_pair_locks(ALL_PAIRS, now, side))

    def get_pair_locks(
        self, pair: str | None, now: datetime | None = None, side: LockSide | None = None
    ) -> Sequence[PairLock]:
        moment = now or datetime.now(UTC)
        return [
            lock
            for lock in (self.all if pair is None else self._by_pair[pair])
            if lock.lock_end_time > moment and lock.active and (side is None or lock.side in (side, "*"))
        ]

    def get_all_locks(self) -> Sequence[PairLock]:
        return list(self.all)

    def _lift(self, locks: Sequence[PairLock]) -> None:
        if not locks:
            return
        self.before_change()
        for lock in locks:
            lock.active = False
        self._ends.clear()
        for lock in self.all:
            self._note_end(lock)
