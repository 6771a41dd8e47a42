"""What the signals of a candle are by themselves."""

import pytest

from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import (
    ANALYSED,
    ENTER_LONG,
    ENTER_SHORT,
    EXIT_LONG,
    EXIT_SHORT,
    CandleRecord,
    signal_step,
)


@pytest.mark.parametrize(
    ("flags", "can_short", "kind"),
    [
        (0, False, Kind.NO_SIGNAL),
        (EXIT_LONG, False, Kind.NO_SIGNAL),
        (ENTER_LONG, False, Kind.SIGNAL),
        (ENTER_LONG | EXIT_SHORT, True, Kind.SIGNAL),
        (ENTER_LONG | EXIT_LONG, False, Kind.CONTRADICTING_SIGNALS),
        (ENTER_LONG | ENTER_SHORT, True, Kind.CONTRADICTING_SIGNALS),
        (ENTER_SHORT, False, Kind.NO_SHORTS),
        (ENTER_SHORT, True, Kind.SIGNAL),
        (ENTER_SHORT | EXIT_SHORT, True, Kind.CONTRADICTING_SIGNALS),
    ],
)
def test_signals_are_judged_as_the_bot_judges_them(flags, can_short, kind):
    step = signal_step(CandleRecord(0, flags | ANALYSED), 60_000, can_short=can_short)
    assert (step.kind, step.first) == (kind, 60_000)


def test_a_candle_that_was_not_analysed_has_no_signal():
    assert signal_step(CandleRecord(0), 60_000, can_short=False) is None
