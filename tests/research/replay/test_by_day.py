"""What was open at a moment is found by its day."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from appliance.research.replay.by_day import ByDay

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = st.integers(0, 120)


@given(st.lists(st.tuples(HOURS, HOURS), max_size=10), HOURS)
def test_whatever_is_open_is_found(spans, hour):
    items = [
        (BEGIN + timedelta(hours=begin), BEGIN + timedelta(hours=begin + length)) for begin, length in spans
    ]
    moment = BEGIN + timedelta(hours=hour)
    found = ByDay(items, lambda item: item).of_day(moment)
    assert [one for one in items if one[0] <= moment <= one[1]] == [
        one for one in found if one[0] <= moment <= one[1]
    ]
