"""Equity over time."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.closed_trades.columns import FLOATS, INTS, Columns
from appliance.reports.equity_curve import MOST_POINTS, EquityCurve, equity_curve

BEGAN = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
DAY = int(timedelta(days=1).total_seconds())


def trades(*closed: tuple[int, float]) -> Columns:
    """Return closed trades: when (s after the beginning), and with which profit."""
    ints, floats = np.zeros((len(INTS), len(closed)), np.int64), np.zeros((len(FLOATS), len(closed)))
    for place, (at, made) in enumerate(closed):
        ints[INTS.index("close_date"), place] = (BEGAN + at) * 1_000_000
        floats[FLOATS.index("close_profit_abs"), place] = made
    return Columns(ints, floats, [])


def curve(
    *closed: tuple[int, float], now: int = 10 * DAY, open_profit: float = 0.0, **more: int
) -> EquityCurve:
    return equity_curve(
        trades(*closed), start=1000.0, began=BEGAN, now=BEGAN + now, open_profit=open_profit, **more
    )


def test_a_bot_without_trades_has_a_flat_line():
    found = curve()
    assert (found.times, found.equity, found.drawdown) == ([BEGAN, BEGAN + 10 * DAY], [1000, 1000], [0, 0])
    assert (found.change, found.deepest) == (0, 0)


def test_each_closed_trade_is_a_point_and_the_end_includes_open_ones():
    found = curve((DAY, 100.0), (2 * DAY, -220.0), open_profit=20.0)
    assert found.equity == [1000, 1100, 880, 900]
    assert found.drawdown == pytest.approx([0, 0, -0.2, 900 / 1100 - 1])
    assert (found.highest, found.lowest, found.change) == (1100, 880, -100)
    assert found.deepest == pytest.approx(-0.2)


def test_a_window_begins_with_the_equity_of_that_moment():
    found = curve((DAY, 100.0), (5 * DAY, -50.0), since=BEGAN + 3 * DAY)
    assert found.times == [BEGAN + 3 * DAY, BEGAN + 5 * DAY, BEGAN + 10 * DAY]
    assert found.equity == [1100, 1050, 1050]
    assert found.change == -50


def test_an_account_that_lost_everything_has_a_curve():
    assert curve((DAY, -1000.0), (2 * DAY, -10.0)).deepest == pytest.approx(-1.01)


@given(st.lists(st.tuples(st.integers(0, 9 * DAY), st.floats(-10, 10)), min_size=1, max_size=2000))
def test_thinning_keeps_the_ends_and_the_extremes(closed):
    found = curve(*sorted(closed), open_profit=1.0)
    assert len(found.times) == len(found.equity) == len(found.drawdown) <= MOST_POINTS + 1
    assert found.times == sorted(found.times)
    assert found.equity[0] == 1000
    assert found.equity[-1] == pytest.approx(1001 + sum(made for _, made in closed))
    assert min(found.drawdown) == pytest.approx(found.deepest)
