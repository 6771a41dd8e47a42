"""Find out how many candles before a candle each indicator needs, at several places of several pairs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from appliance.domain.errors import DataError
from appliance.research.recursive.result import Needed
from appliance.research.recursive.runs import Runs
from appliance.research.recursive.search import Search
from appliance.research.recursive.windows import Base, Place, Windows

MOST = 4000
"""More candles than this are not tried."""
_PAIRS, _ROWS = 4, 4
"""Values are compared at so many rows of each of the first pairs."""


@dataclass(frozen=True)
class Needs:
    """Hold what each column needs, and how many candles could be tried."""

    columns: tuple[Needed, ...]
    most: int

    @property
    def recommended(self) -> int | None:
        """The number with which all columns that settle are right; None if more than could be tried."""
        if any(one.verdict == "needs more" for one in self.columns):
            return None
        return max((one.candles for one in self.columns if one.candles is not None), default=1)


def needs_of(runs: Runs, pairs: Sequence[str], own: int) -> Needs:
    """Search for what columns need; `own` is the strategy's number. Raises StrategyError, DataError."""
    lengths = {pair: len(runs.subject.candles(pair)) for pair in pairs[:_PAIRS]}
    most = min(MOST, max(lengths.values(), default=0) // 3)
    if most < 2:
        raise DataError(f"{runs.subject.name}: too few candles: choose a longer --timerange")
    windows = Windows(runs.subject)
    places = [Place(pair, row) for pair, length in lengths.items() for row in rows_of(length, most)]
    runs.progress.begin(f"{runs.subject.name} with all candles", len(places))
    bases = list(zip(places, runs.spread(windows.base, places), strict=True))
    search = Search(most)
    while counts := search.next():
        for count, worst in _tried(runs, windows, bases, counts).items():
            search.add(count, worst)
    count = max(1, min(own, most))
    with_own = _tried(runs, windows, bases, [count])[count]
    return Needs(tuple(_needed(search, with_own)), most)


def rows_of(length: int, most: int) -> Iterator[int]:
    """Yield rows, the last one first, that have twice as many candles before them as are tried."""
    first, last = 2 * most, length - 1
    for step in range(_ROWS):
        row = last - step * max(last - first, 0) // (_ROWS - 1)
        if row >= first:
            yield row


def _tried(
    runs: Runs, windows: Windows, bases: Sequence[tuple[Place, Base]], counts: Sequence[int]
) -> dict[int, dict[str, float]]:
    """Try numbers of candles at all places; return the largest deviation of each column, by number."""

    def at_place(task: tuple[int, int]) -> dict[str, float]:
        count, number = task
        return windows.deviations(*bases[number], count)

    tasks = [(count, number) for count in counts for number in range(len(bases))]
    runs.progress.begin(f"{runs.subject.name} with up to {max(counts)} candles", len(tasks))
    worst: dict[int, dict[str, float]] = {count: {} for count in counts}
    for (count, _), found in zip(tasks, runs.spread(at_place, tasks), strict=True):
        for column, deviation in found.items():
            worst[count][column] = max(deviation, worst[count].get(column, 0.0))
    return worst


def _needed(search: Search, with_own: Mapping[str, float]) -> Iterator[Needed]:
    for column, candles in search.needed().items():
        yield Needed(
            column=column,
            candles=candles,
            verdict=search.verdict(column),
            deviation=with_own.get(column, 0.0),
        )
