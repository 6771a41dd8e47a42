"""Periods of whole days in addresses."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from appliance.server.dashboard.pages.period import period_in


def test_both_days_are_included():
    period = period_in({"since": "2026-01-05", "until": "2026-01-05"})
    assert period.since == datetime(2026, 1, 5, tzinfo=UTC)
    assert period.until == datetime(2026, 1, 6, tzinfo=UTC)


def test_without_days_there_is_no_bound():
    assert (period_in({}).since, period_in({}).until) == (None, None)


@given(
    st.text() | st.dates().map(str) | st.sampled_from(["9999-12-31", "0001-01-01", "2026-1-5", "20260105"])
)
def test_what_is_no_day_is_left_out(text: str):
    period = period_in({"since": text, "until": text})
    assert period.first in ("", text)
    assert (period.since is None) == (period.first == "")
    assert (period.until is None) == (period.last == "")
