"""Find the next step at which something can happen to an open trade, without visiting those before.

Where a strategy decides candle by candle (callbacks), or an order is open, that is the very next one. Else an
exit needs a price or a signal: the first candle that comes near one is found by numpy, several hundred at a
time. Bounds are loose by `SLACK` and a tick: a step that turns out to be nothing costs only its visit, and
each visit decides exactly.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.research.backtest.series import Flags, Floats
from appliance.research.backtest.walk.setup import WalkSetup
from appliance.research.backtest.walk.steps import Steps
from appliance.rules.stop import StopPolicy, move_stop
from appliance.strategy.questions import Questions

SLACK = 1e-7
"""How near a rate must come, as a ratio, to be looked at exactly."""
_FIRST_LOOK, _LONGEST_LOOK = 64, 8192


class _RoiRate(NamedTuple):
    """State from which rate on the minimal ROI is reached, from step `start` to the one before `stop`."""

    start: int
    stop: int
    rate: float


class NextStep:
    """Look ahead for open trades, and catch up on the steps in between."""

    def __init__(self, setup: WalkSetup, questions: Questions) -> None:
        self._setup, self._questions = setup, questions
        self.refresh()

    def refresh(self) -> None:
        """Take over what the strategy says of itself."""
        setup, questions = self._setup, self._questions
        self._policy = setup.stop_policy
        self._roi = setup.resolved.minimal_roi
        self._uses_signals = setup.resolved.use_exit_signal
        self._funding_ms = setup.futures.funding_seconds * 1000 if setup.futures else 0
        self.visits_all = _decides_by_candle(setup, questions)

    def after(self, trade: Trade, steps: Steps, start: int) -> int:
        """Return the first step from `start` on that must be visited; the number of steps if none."""
        if self.visits_all or trade.has_open_orders or trade.amount <= 0:
            return start
        end = self._fixed(trade, steps, start)
        wanted = self._roi_rates(trade, steps, start, end)
        size, extreme = _FIRST_LOOK, None
        while start < end:
            stop = min(start + size, end)
            near, extreme = self._near(trade, steps, slice(start, stop), extreme, wanted)
            first = int(near.argmax())
            if near[first]:
                return start + first
            start, size = stop, min(size * 4, _LONGEST_LOOK)
        return end

    def catch_up(self, trade: Trade, steps: Steps, start: int, stop: int) -> None:
        """Take over extreme rates and the trailing stop from steps without an event."""
        if start >= stop:
            return
        high, low = float(steps.rows.high[start:stop].max()), float(steps.rows.low[start:stop].min())
        trade.adjust_min_max_rates(high, low)
        if self._policy.trailing:
            best, never = (low, -np.inf) if trade.is_short else (high, np.inf)
            move_stop(trade, self._policy, best, worst=never)

    def _fixed(self, trade: Trade, steps: Steps, start: int) -> int:
        """Return the next step with an exit signal, or at which funding is charged."""
        end = len(steps)
        if self._uses_signals:
            exits = steps.exits_short if trade.is_short else steps.exits_long
            place = int(exits.searchsorted(start))
            if place < len(exits):
                end = min(end, exits.item(place))
        if self._funding_ms and start < end:
            now = steps.rows.opened.item(start)
            due = -(-now // self._funding_ms) * self._funding_ms
            end = min(end, max(int(steps.rows.opened.searchsorted(due)), start))
        return end

    def _near(
        self, trade: Trade, steps: Steps, part: slice, extreme: float | None, wanted: Sequence[_RoiRate]
    ) -> tuple[Flags, float | None]:
        """Return which steps come near the stop or the minimal ROI, and the best rate up to their end."""
        high, low = steps.rows.high[part], steps.rows.low[part]
        best, worst = (low, high) if trade.is_short else (high, low)
        near, extreme = self._near_stop(trade, best, worst, extreme)
        for start, stop, rate in wanted:
            if start >= part.stop or stop <= part.start:
                continue
            of_rate = slice(max(start - part.start, 0), stop - part.start)
            if trade.is_short:
                near[of_rate] |= low[of_rate] <= rate * (1 + SLACK)
            else:
                near[of_rate] |= high[of_rate] >= rate * (1 - SLACK)
        return near, extreme

    def _near_stop(
        self, trade: Trade, best: Floats, worst: Floats, extreme: float | None
    ) -> tuple[Flags, float | None]:
        fixed = trade.stoploss_or_liquidation
        if not self._policy.trailing:
            near = worst >= fixed * (1 - SLACK) if trade.is_short else worst <= fixed * (1 + SLACK)
            return near, None
        extremes = np.minimum.accumulate(best) if trade.is_short else np.maximum.accumulate(best)
        if extreme is not None:
            extremes = np.minimum(extremes, extreme) if trade.is_short else np.maximum(extremes, extreme)
        stops = _trailed(trade, self._policy, extremes)
        tick = trade.price_precision or 0.0
        if trade.is_short:
            near = worst >= np.minimum(stops - tick, fixed) * (1 - SLACK)
        else:
            near = worst <= np.maximum(stops + tick, fixed) * (1 + SLACK)
        return near, float(extremes[-1])

    def _roi_rates(self, trade: Trade, steps: Steps, start: int, end: int) -> list[_RoiRate]:
        """Return from which rates on the ROI is reached from step `start` to the one before `end`."""
        keys = sorted(self._roi)
        if not keys:
            return []
        opened_ms = to_ms(trade.open_date)
        begins = steps.rows.opened.searchsorted([opened_ms + key * 60_000 for key in keys]).tolist()
        return [
            _RoiRate(first, last, trade.calc_close_rate_for_roi(self._roi[key]))
            for key, first, last in zip(keys, begins, [*begins[1:], len(steps)], strict=True)
            if start < last and first < min(last, end)
        ]


def _trailed(trade: Trade, policy: StopPolicy, extreme: Floats) -> Floats:
    """Return where the stop is, at most, once each of these best rates has been reached."""
    side = -1 if trade.is_short else 1
    far = abs(policy.stoploss) / trade.leverage
    from_rate = trade.calc_close_rate_for_roi(policy.offset)
    reached = extreme * side >= from_rate * side * (1 - side * SLACK)
    none = np.inf if trade.is_short else -np.inf
    usual = np.full(len(extreme), none) if policy.only_from_offset else extreme * (1 - side * far)
    near = far if policy.positive is None else abs(policy.positive) / trade.leverage
    return np.where(reached, extreme * (1 - side * near), usual)


def _decides_by_candle(setup: WalkSetup, questions: Questions) -> bool:
    """Return whether the strategy must be asked on each candle of an open trade."""
    resolved = setup.resolved
    policy = setup.stop_policy
    return (
        resolved.use_custom_stoploss
        or resolved.position_adjustment_enable
        or setup.strategy.use_custom_roi
        or (resolved.use_exit_signal and questions.overrides("custom_exit"))
        or questions.overrides("min_roi_reached", "min_roi_reached_entry")
        # Such a stop may loosen as the price rises: only candle by candle is it known where it was.
        or (policy.trailing and policy.positive is not None and policy.positive > abs(policy.stoploss))
    )
