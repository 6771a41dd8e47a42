"""Choose the candles that are checked: those with signals first, spread over pairs, kinds and time.

Candles without a signal count, too: one may be missing there only because later candles were known.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from appliance.research.backtest.series import Flags, Ints


class Candidates(NamedTuple):
    """Hold the rows of a pair that can be checked; `signals` are those with one, by kind and tag."""

    pair: str
    first: int
    last: int
    signals: Mapping[str, Ints]


class Choice:
    """Hand out rows to check, those first that are worth most.

    Each candle with a signal is followed by the one beside it and one anywhere without a signal.
    """

    def __init__(self, candidates: Sequence[Candidates]) -> None:
        places = {(one.pair, int(row)) for one in candidates for rows in one.signals.values() for row in rows}
        self.with_signal = len(places)
        self._left = _ordered(candidates)
        self._taken: set[tuple[str, int]] = set()

    def next(self, number: int) -> dict[str, list[int]]:
        """Return so many further rows, by pair and oldest first; fewer if no more are left."""
        rows: dict[str, list[int]] = {}
        for pair, row in self._left:
            if (pair, row) not in self._taken:
                self._taken.add((pair, row))
                rows.setdefault(pair, []).append(row)
                number -= 1
            if number <= 0:
                break
        return {pair: sorted(found) for pair, found in rows.items()}

    @property
    def taken(self) -> int:
        """How many rows have been handed out."""
        return len(self._taken)


def _ordered(candidates: Sequence[Candidates]) -> Iterator[tuple[str, int]]:
    """Yield places, those first that are worth most; some come more than once."""
    has_signal = {one.pair: _flags(one) for one in candidates}
    bounds = {one.pair: (one.first, one.last) for one in candidates}
    signals = _in_turn([_of_pair(one.pair, rows) for one in candidates for rows in one.signals.values()])
    quiet = _in_turn([_of_pair(one.pair, np.flatnonzero(~has_signal[one.pair])) for one in candidates])
    after = True
    for pair, row in signals:
        yield pair, row
        beside = row + 1 if after else row - 1
        after = not after
        first, last = bounds[pair]
        if first <= beside <= last:
            yield pair, beside
        yield from (place for place in (next(quiet, None),) if place is not None)
    yield from quiet


def _flags(one: Candidates) -> Flags:
    """Return where signals are; rows that cannot be checked count as such."""
    flags = np.ones(one.last + 1, dtype=bool)
    flags[one.first :] = False
    for rows in one.signals.values():
        flags[rows] = True
    return flags


def _of_pair(pair: str, rows: Ints) -> Iterator[tuple[str, int]]:
    return ((pair, int(row)) for row in spread(rows))


def _in_turn(queues: Iterable[Iterator[tuple[str, int]]]) -> Iterator[tuple[str, int]]:
    """Yield one of each queue, again and again, until all are empty."""
    left = deque(queues)
    while left:
        queue = left.popleft()
        found = next(queue, None)
        if found is not None:
            yield found
            left.append(queue)


def spread(rows: Ints) -> Iterator[int]:
    """Yield all rows, so that the first few are spread over all: by the sequence of van der Corput."""
    count = len(rows)
    bits = max(1, (count - 1).bit_length())
    for number in range(1 << bits):
        place = int(f"{number:0{bits}b}"[::-1], 2)
        if place < count:
            yield int(rows[place])
