"""Runs of winning and losing trades."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.reports.streaks import Streaks, streaks
from tests.server.dashboard.demo_bot import DemoBot


def of(profits: list[float]) -> Streaks:
    bot = DemoBot()
    for place, profit in enumerate(profits):
        bot.close("BTC/USDT", profit, minutes_ago=len(profits) - place)
    return streaks(bot.book.closed.columns())


@pytest.mark.parametrize(
    ("profits", "won", "lost", "current"),
    [
        ([], 0, 0, 0),
        ([1.0], 1, 0, 1),
        ([-1.0, 0.0], 0, 2, -2),
        ([1.0, 2.0, -1.0, 3.0, -1.0, -2.0, -3.0], 2, 3, -3),
    ],
)
def test_runs(profits: list[float], won: int, lost: int, current: int):
    found = of(profits)
    assert (found.won, found.lost, found.current) == (won, lost, current)


@given(st.lists(st.sampled_from([1.0, -1.0]), min_size=1, max_size=20))
def test_the_longest_run_is_that_of_the_text(profits: list[float]):
    text = "".join("w" if profit > 0 else "l" for profit in profits)
    found = of(profits)
    assert found.won == max(len(run) for run in text.split("l"))
    assert found.lost == max(len(run) for run in text.split("w"))
