"""What the walk does not look at does not matter: a walk through every step of every pair ends the same.

The walk looks ahead with numpy for the next step of an open trade, and waits with pairs while no slot is
free. Whatever candles, signals and settings there are, trades, orders, counters and balances must be those of
a walk that skips nothing.
"""

import msgspec
import pytest
from hypothesis import given, note, settings

from appliance.research.backtest.walk.schedule import Schedule
from appliance.research.backtest.walk.walk import Walk
from tests.research.backtest.walk.scenarios.drawn import drawn_walks

pytestmark = [pytest.mark.python_independent, pytest.mark.slow]


class EveryStep(Schedule):
    """Visit every step of every pair."""

    def plan(self, pair, step, *, has_free_slot):
        self._plan_at(pair, step)


def patient(walk):
    """Let a walk skip nothing."""
    walk.next_step.visits_all = True
    walk.schedule = EveryStep(
        walk.steps,
        walk.book,
        walk.locks,
        walk.next_step,
        walk.counters,
        walk.rejected,
        stacks=walk.setup.position_stacking,
    )
    return walk


def told(outcome):
    """Everything that an outcome says; rejected signals by time, since waiting pairs count theirs later.

    Without when locks were set: strategies set theirs at the time of the wall clock.
    """
    rejected = sorted(outcome.rejected, key=lambda one: (one.moment, one.pair))
    locks = [msgspec.structs.replace(lock, lock_time=lock.lock_end_time) for lock in outcome.locks]
    return msgspec.to_builtins(msgspec.structs.replace(outcome, rejected=rejected, locks=locks))


@settings(max_examples=200)
@given(drawn_walks())
def test_skipping_steps_changes_nothing(drawn):
    note(repr(drawn))
    skipping = Walk(drawn.setup(), drawn.detail)
    visiting = patient(Walk(drawn.setup(), drawn.detail))
    assert told(skipping.run()) == told(visiting.run())
