"""Find which trade of a bot is which trade of a backtest. Pure functions of when trades were opened."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

TOLERANCE = 3
"""How many candles apart two trades may open and still follow from the same signal."""


class Opening(NamedTuple):
    """State when a trade was opened: `candle` counts candles, `key` is what matched trades share."""

    key: Hashable
    candle: int


Places = list[int]


def matched(
    live: Sequence[Opening], tested: Sequence[Opening], tolerance: int = TOLERANCE
) -> list[tuple[int, int]]:
    """Return the places of trades that are the same in both lists, by place in the first one.

    Of each key as many as possible are matched, in the order of opening on both sides, at most `tolerance`
    candles apart; among these choices the one with the least distance in all.
    """
    ours, theirs = _by_key(live), _by_key(tested)
    found = [
        pair
        for key in ours
        for some, others in _clusters(ours[key], theirs.get(key, []), live, tested, tolerance)
        for pair in _aligned(some, others, live, tested, tolerance)
    ]
    return sorted(found)


def _by_key(openings: Sequence[Opening]) -> dict[Hashable, Places]:
    """Return the places of each key, first opened first."""
    found: defaultdict[Hashable, Places] = defaultdict(list)
    for place in sorted(range(len(openings)), key=lambda place: openings[place].candle):
        found[openings[place].key].append(place)
    return found


def _clusters(
    some: Places,
    others: Places,
    live: Sequence[Opening],
    tested: Sequence[Opening],
    tolerance: int,
) -> Iterator[tuple[Places, Places]]:
    """Split two lists where no match can reach across, so that long pasts stay quick."""
    events = sorted(
        [(live[place].candle, 0, place) for place in some]
        + [(tested[place].candle, 1, place) for place in others]
    )
    cluster: tuple[Places, Places] = ([], [])
    before = None
    for candle, side, place in events:
        if before is not None and candle - before > tolerance:
            yield cluster
            cluster = ([], [])
        cluster[side].append(place)
        before = candle
    yield cluster


def _aligned(
    some: Places, others: Places, live: Sequence[Opening], tested: Sequence[Opening], tolerance: int
) -> Iterator[tuple[int, int]]:
    """Yield the best matches of two ordered lists (the alignment of sequences, by dynamic programming)."""
    # best[i][j]: matches, and minus their distance, among the first i and the first j.
    best = [[(0, 0)] * (len(others) + 1) for _ in range(len(some) + 1)]
    for i, place in enumerate(some, start=1):
        for j, other in enumerate(others, start=1):
            best[i][j] = max(best[i - 1][j], best[i][j - 1])
            apart = abs(live[place].candle - tested[other].candle)
            if apart <= tolerance:
                count, distance = best[i - 1][j - 1]
                best[i][j] = max(best[i][j], (count + 1, distance - apart))
    i, j = len(some), len(others)
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            yield some[i], others[j]
