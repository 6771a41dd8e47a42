"""Visit a candle that a walk would skip, and hear what is decided there.

A visit to a step at which nothing happens changes nothing, so the walk stays as it would have been.
"""

from typing import Any

import numpy as np

from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import Fact, Step
from appliance.research.backtest.walk.candle import Candle
from appliance.research.backtest.walk.schedule import Schedule
from appliance.research.backtest.walk.walk import Walk


class Listener:
    """Keep the steps of one pair from one time to another (ms, UTC; `end` excluded), in their order."""

    def __init__(self, pair: str, begin: int, end: int) -> None:
        self.pair, self.begin, self.end = pair, begin, end
        self.steps: list[Step] = []
        self.visited: set[int] = set()
        """When the visited steps opened, ms."""

    def wants(self, pair: str, opened_ms: int) -> bool:
        return pair == self.pair and self.begin <= opened_ms < self.end

    def note(self, candle: Candle, kind: Kind, facts: tuple[Fact, ...]) -> None:
        if self.wants(candle.pair, candle.opened_ms):
            self.steps.append(Step(kind, candle.opened_ms, candle.opened_ms, 1, facts))


class InsistingSchedule(Schedule):
    """Plan each step of a pair from one time to another, beside what is planned anyway."""

    def __init__(self, *given: Any, listener: Listener, **named: Any) -> None:
        super().__init__(*given, **named)
        self._pair = listener.pair
        steps = self._steps[self._pair]
        opened = steps.series.rows.opened[steps.candle]
        chosen = np.flatnonzero((opened >= listener.begin) & (opened < listener.end)).tolist()
        self._insisted: dict[int, int] = {steps.position.item(step): step for step in chosen}

    def next_position(self) -> int | None:
        planned = super().next_position()
        first = next(iter(self._insisted), None)
        return min((position for position in (planned, first) if position is not None), default=None)

    def due(self, position: int) -> dict[str, int]:
        found = super().due(position)
        step = self._insisted.pop(position, None)
        if step is not None:
            found[self._pair] = step
        return found


class ListeningWalk(Walk):
    """Note which steps are visited, and that a pair rests after a trade."""

    def __init__(self, *given: Any, listener: Listener, **named: Any) -> None:
        super().__init__(*given, **named)
        self.listener = listener

    def _take(self, pair: str, step: int) -> None:
        opened_ms = self.steps[pair].rows.opened.item(step)
        if self.listener.wants(pair, opened_ms):
            self.listener.visited.add(opened_ms)
            candle = self.steps[pair].candle_at(step)
            if self.place.rests(pair) and candle.direction is not None:
                self.listener.note(candle, Kind.HAD_ITS_TRADE, ())
        super()._take(pair, step)
