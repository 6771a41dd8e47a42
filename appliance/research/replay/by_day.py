"""Find what was open at a moment without looking at all of a long past."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

Item = TypeVar("Item")


class ByDay(Generic[Item]):
    """Hold items by each day (UTC) of their time, in the order in which they were given.

    `span` returns when an item begins and ends.
    """

    def __init__(self, items: Iterable[Item], span: Callable[[Item], tuple[datetime, datetime]]) -> None:
        self._days: defaultdict[int, list[Item]] = defaultdict(list)
        for item in items:
            begin, end = span(item)
            for day in range(_day(begin), _day(max(begin, end)) + 1):
                self._days[day].append(item)

    def of_day(self, moment: datetime) -> Sequence[Item]:
        """Return the items of the day of a moment: those that were open then are among them."""
        return self._days.get(_day(moment), ())


def _day(moment: datetime) -> int:
    return moment.toordinal()
