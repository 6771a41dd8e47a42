"""Durations and streaks; more values are compared with freqtrade's in test_summary."""

from datetime import timedelta

import pytest

from appliance.research.results.statistics.holding import days_and_hours, longest_streaks


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [("", (0, 0)), ("w", (1, 0)), ("wwlwwwll", (3, 2)), ("lll", (0, 3))],
)
def test_streaks(outcomes, expected):
    assert longest_streaks([outcome == "w" for outcome in outcomes]) == expected


def test_lengths_have_days():
    assert days_and_hours(timedelta(minutes=65)) == "0d 01:05"
    assert days_and_hours(timedelta(days=12, hours=23, minutes=59)) == "12d 23:59"
