"""Decide which steps of which pairs are visited, in the order of time."""

import heapq
from collections.abc import Mapping

import numpy as np

from appliance.domain.timeframe import to_date
from appliance.research.backtest.outcome import Counters, RejectedSignal
from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.research.backtest.walk.ledger.locks import Locks
from appliance.research.backtest.walk.next_step import NextStep
from appliance.research.backtest.walk.steps import Steps

NEVER = np.iinfo(np.int64).max


class Schedule:
    """Keep the next visit of each pair.

    While no slot is free, entry signals of pairs without a trade are not visited: they are counted as
    rejected once a slot is free again, or before a lock changes what they are. `visits_all_signals` turns
    that off, for pair lists that change with each candle.
    """

    def __init__(  # noqa: PLR0913 -- what it joins
        self,
        steps: Mapping[str, Steps],
        book: TradeList,
        locks: Locks,
        next_step: NextStep,
        counters: Counters,
        rejected: list[RejectedSignal],
        *,
        stacks: bool,
        visits_all_signals: bool = False,
    ) -> None:
        self._steps = steps
        self._book = book
        self._locks = locks
        self._next_step = next_step
        self._counters = counters
        self._rejected = rejected
        self._stacks = stacks
        self._visits_all_signals = visits_all_signals
        self._planned: dict[str, int] = {}  # the position of each pair's next visit
        self._due: dict[int, dict[str, int]] = {}  # by position: the pairs to visit, with the step of each
        self._positions: list[int] = []  # a heap of those in `_due`, and of some that nothing is left of
        self._waiting: dict[str, int] = {}

    def start(self) -> None:
        for pair in self._steps:
            self.plan(pair, 0, has_free_slot=True)

    def next_position(self) -> int | None:
        """Return the position of the next visit; None at the end."""
        while self._positions:
            if self._due.get(self._positions[0]):
                return self._positions[0]
            self._due.pop(heapq.heappop(self._positions), None)
        return None

    def due(self, position: int) -> dict[str, int]:
        """Take the pairs to visit at a position, with the step of each."""
        found = self._due.pop(position, {})
        for pair in found:
            del self._planned[pair]
        return found

    def plan(self, pair: str, step: int, *, has_free_slot: bool) -> None:
        """Plan the next visit of a pair, at `step` or later."""
        steps = self._steps[pair]
        trades = self._book.by_pair[pair]
        end = len(steps)
        found = end
        for trade in trades:
            found = min(found, self._next_step.after(trade, steps, step))
        self._waiting.pop(pair, None)
        if not trades or self._stacks:
            if has_free_slot or trades or self._visits_all_signals:
                found = min(found, _first_signal(steps, step))
            else:
                self._waiting[pair] = step
        self._plan_at(pair, found)

    def _plan_at(self, pair: str, step: int) -> None:
        steps = self._steps[pair]
        if (before := self._planned.pop(pair, None)) is not None:
            del self._due[before][pair]
        if step >= len(steps):
            return
        position = steps.position.item(step)
        if position not in self._due:
            self._due[position] = {}
            heapq.heappush(self._positions, position)
        self._due[position][pair] = step
        self._planned[pair] = position

    def release_waiting(self, position: int) -> None:
        """Plan visits, at `position` or later, of the pairs that wait for a slot."""
        for pair, since in list(self._waiting.items()):
            steps = self._steps[pair]
            upto = int(steps.position.searchsorted(position))
            self._count_rejected(pair, since, upto)
            del self._waiting[pair]
            self._plan_at(pair, _first_signal(steps, max(upto, since)))

    def count_waiting(self, position: int) -> None:
        """Count what waiting pairs have missed before `position`."""
        for pair, since in list(self._waiting.items()):
            upto = int(self._steps[pair].position.searchsorted(position))
            if upto > since:
                self._count_rejected(pair, since, upto)
                self._waiting[pair] = upto

    def _count_rejected(self, pair: str, start: int, stop: int) -> None:
        steps = self._steps[pair]
        first, last = steps.signals.searchsorted((start, stop))
        missed = steps.signals[first:last]
        if not len(missed):
            return
        opened = steps.rows.opened[missed]
        long = steps.long[steps.candle[missed]]
        counts = np.where(
            long,
            opened >= self._locks.ends(pair, "long", 0),
            opened >= self._locks.ends(pair, "short", 0),
        )
        self._counters.rejected_signals += int(counts.sum())
        series = steps.series
        for step in missed[counts].tolist():
            tag = series.tag(series.enter_tag.item(steps.candle.item(step)))
            self._rejected.append(RejectedSignal(pair, to_date(steps.rows.opened.item(step)), tag))


def _first_signal(steps: Steps, start: int) -> int:
    place = int(steps.signals.searchsorted(start))
    return steps.signals.item(place) if place < len(steps.signals) else len(steps)
