"""Monthly returns of a curve."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.timeframe import to_ms
from appliance.research.report.months import month_of, monthly_returns, yearly_returns


def days(first: datetime, count: int) -> np.ndarray:
    return np.array([to_ms(first + timedelta(days=day)) for day in range(count)], np.int64)


def test_a_month_is_measured_against_the_end_of_the_one_before():
    opened = days(datetime(2024, 12, 30, tzinfo=UTC), 4)
    months = monthly_returns(opened, np.array([1010.0, 1100.0, 990.0, 1155.0]), 1000.0)
    assert [(month.year, month.month) for month in months] == [(2024, 12), (2025, 1)]
    assert [month.change for month in months] == pytest.approx([100, 55])
    assert [month.ratio for month in months] == pytest.approx([0.1, 0.05])
    assert yearly_returns(months) == {2024: pytest.approx((100, 0.1)), 2025: pytest.approx((55, 0.05))}


def test_a_lost_account_has_no_ratio():
    opened = days(datetime(2025, 1, 31, tzinfo=UTC), 2)
    months = monthly_returns(opened, np.array([-5.0, 3.0]), 100.0)
    assert [month.ratio for month in months] == [pytest.approx(-1.05), None]
    assert yearly_returns(months)[2025] == (pytest.approx(-97), None)


def test_no_candle_has_no_month():
    assert monthly_returns(np.array([], np.int64), np.array([]), 1000.0) == []


def test_a_date_belongs_to_a_month_of_utc():
    assert month_of(datetime(2025, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))) == (2024, 12)


@given(st.lists(st.floats(1, 1e5), min_size=1, max_size=500), st.floats(1, 1e5))
def test_months_lead_from_the_start_to_the_end(values, start):
    months = monthly_returns(days(datetime(2023, 11, 20, tzinfo=UTC), len(values)), np.array(values), start)
    assert start + sum(month.change for month in months) == pytest.approx(values[-1], abs=1e-6)
    assert start * np.prod([1 + month.ratio for month in months]) == pytest.approx(values[-1], rel=1e-9)
    ends = np.prod([1 + ratio for _, ratio in yearly_returns(months).values()])
    assert start * ends == pytest.approx(values[-1], rel=1e-9)
