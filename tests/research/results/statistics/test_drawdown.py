"""The deepest fall, by depth and by ratio."""

import numpy as np
import pytest

from appliance.domain.timeframe import to_date
from appliance.research.results.statistics.drawdown import deepest

DAY = 86_400_000


def fall(changes, start=1000.0, **options):
    return deepest(np.arange(1, len(changes) + 1) * DAY, np.array(changes, dtype=float), start, **options)


def test_it_goes_from_a_high_to_the_lowest_point_after_it():
    found = fall([10, 20, -5, -15, 4, 30, -12])
    assert (found.depth, found.high, found.low) == (20.0, 30.0, 10.0)
    assert (found.start, found.end) == (to_date(2 * DAY), to_date(4 * DAY))
    assert found.ratio == pytest.approx(20 / 1030)
    assert found.duration.days == 2


def test_a_fall_from_the_start_begins_with_the_first_trade():
    found = fall([-10, -20, 5])
    assert (found.depth, found.high, found.low) == (30.0, 0.0, -30.0)
    assert (found.start, found.end) == (to_date(DAY), to_date(2 * DAY))


def test_there_is_none_where_all_win():
    found = fall([1, 2, 3])
    assert (found.depth, found.ratio, found.duration.days) == (0.0, 0.0, 0)


def test_the_largest_ratio_may_be_another_fall():
    changes = [-100, 2000, -150]
    assert fall(changes).depth == 150.0
    relative = fall(changes, relative=True)
    assert (relative.depth, relative.ratio) == (100.0, pytest.approx(0.1))


def test_dates_are_put_in_order():
    dates = np.array([3, 1, 2]) * DAY
    found = deepest(dates, np.array([-5.0, 10.0, -1.0]), 1000.0)
    assert (found.depth, found.start, found.end) == (6.0, to_date(DAY), to_date(3 * DAY))


def test_without_a_balance_nothing_is_divided_by_zero():
    assert fall([-1, 1], start=0.0).ratio == 0.0
