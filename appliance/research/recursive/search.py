"""Search for how many candles before the last one each indicator needs: by doubling, then by halving."""

from collections.abc import Mapping
from typing import Literal

TOLERANCE = 0.001
"""The part of its size by which a value may be wrong: a tenth of a percent."""
_FINE_ENOUGH = 0.002
"""How exact the answer has to be, as a part of it."""
_SETTLES = 0.5
"""A difference that four times as many candles do not make that much smaller will not vanish with more."""

Verdict = Literal["settles", "needs more", "never settles"]


class Search:
    """Say which numbers of candles have to be tried, up to `most`, and read the answer from what came of it.

    `column` settles at a number if neither it nor any larger one that was tried gives a difference.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._tried: dict[int, Mapping[str, float]] = {}
        self._columns: list[str] = []

    def next(self) -> list[int]:
        """Return further numbers to try, least first; none if the answer is there."""
        if not self._tried:
            doubled = [2**power for power in range(self.most.bit_length()) if 2**power < self.most]
            return [*doubled, self.most]
        between = {self._between(column) for column in self._columns}
        return sorted(between - {None} - set(self._tried))  # type: ignore[arg-type]

    def add(self, count: int, deviations: Mapping[str, float]) -> None:
        """Add what came of a number: by column, the largest part by which a value was wrong."""
        self._tried[count] = deviations
        self._columns = list(dict.fromkeys((*self._columns, *deviations)))

    def needed(self) -> dict[str, int | None]:
        """Return by column how many candles it needs; None for more than could be tried."""
        return {column: self._bounds(column)[1] for column in self._columns}

    def deviation(self, column: str, count: int) -> float:
        """Return by how much a column was wrong with a number that was tried."""
        return self._tried[count].get(column, 0.0)

    def verdict(self, column: str) -> Verdict:
        """Return whether a column settles, or would with more candles."""
        if self._bounds(column)[1] is not None:
            return "settles"
        fewer = max(count for count in self._tried if count <= max(self.most // 4, 1))
        at_most, before = self.deviation(column, self.most), self.deviation(column, fewer)
        return "never settles" if _SETTLES * before < at_most < float("inf") else "needs more"

    def _between(self, column: str) -> int | None:
        bad, good = self._bounds(column)
        if good is None or good - bad <= max(1, _FINE_ENOUGH * good):
            return None
        return (bad + good) // 2

    def _bounds(self, column: str) -> tuple[int, int | None]:
        """Return the largest number with a difference, and the least one beyond it that has been tried."""
        bad = max((n for n in self._tried if self.deviation(column, n) > TOLERANCE), default=0)
        return bad, min((n for n in self._tried if n > bad), default=None)
