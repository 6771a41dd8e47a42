from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.roi import roi_at

TABLE = {0: 0.04, 30: 0.02, 60: 0.01}


def test_nothing_is_asked_before_the_first_key():
    assert roi_at({10: 0.02}, 9) is None
    assert roi_at({}, 100) is None


def test_the_largest_key_reached_counts():
    assert [roi_at(TABLE, minutes) for minutes in (0, 29, 30, 59, 60, 10_000)] == [
        0.04, 0.04, 0.02, 0.02, 0.01, 0.01,
    ]  # fmt: skip


def test_a_custom_roi_counts_only_where_it_is_lower():
    assert roi_at(TABLE, 0, custom=0.03) == 0.03
    assert roi_at(TABLE, 0, custom=0.05) == 0.04
    assert roi_at({10: 0.02}, 0, custom=0.05) == 0.05


@given(
    st.dictionaries(st.integers(0, 5000), st.floats(-1, 10), max_size=8),
    st.integers(0, 10_000),
)
def test_a_lookup_finds_the_last_key_that_is_not_in_the_future(table, minutes):
    found = roi_at(table, minutes)
    if found is None:
        assert all(key > minutes for key in table)
    else:
        key = max(key for key in table if key <= minutes)
        assert table[key] == found
