"""Signals of a frame, and how they change."""

import numpy as np
import pandas as pd

from appliance.research.lookahead.columns import columns_of
from appliance.research.lookahead.signals import SignalChange, Signals


def signals(can_short=False, **columns):
    frame = pd.DataFrame(columns)
    return Signals.of(columns_of(frame), len(frame), can_short=can_short)


def test_a_signal_is_a_one():
    found = signals(enter_long=[1.0, 0.0, np.nan, 2.0], exit_long=[True, False, None, 1])
    assert found.flags["enter_long"].tolist() == [True, False, False, False]
    assert found.flags["exit_long"].tolist() == [True, False, False, True]


def test_missing_columns_have_no_signals():
    assert signals(close=[1.0]).at(0) == {"enter_long": False, "exit_long": False}


def test_shorts_count_where_they_are_traded():
    assert "enter_short" not in signals(enter_short=[1]).flags
    assert signals(can_short=True, enter_short=[1]).at(0)["enter_short"]


def test_changes_are_told_with_their_tags():
    whole = signals(enter_long=[1, 1, 0, 1], enter_tag=["a", "a", "", "a"])
    known = signals(enter_long=[1, 0, 1, 1], enter_tag=["a", "a", "b", "c"])
    assert whole.changes(known, 0) == []
    assert whole.changes(known, 1) == [SignalChange("enter_long", True, False, "a", "")]
    assert whole.changes(known, 2) == [SignalChange("enter_long", False, True, "", "b")]
    assert whole.changes(known, 3) == [SignalChange("enter_long", True, True, "a", "c")]


def test_a_tag_without_a_signal_changes_nothing():
    assert signals(enter_long=[0], enter_tag=["a"]).changes(signals(enter_long=[0], enter_tag=["b"]), 0) == []
