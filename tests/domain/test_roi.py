from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.roi import NO_ROI, RoiEntry, roi_at, roi_entry

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


def test_the_entry_says_from_which_age_on_it_applies():
    assert roi_entry({10: 0.02}, 9) == NO_ROI
    assert roi_entry({}, 100) == NO_ROI
    assert roi_entry(TABLE, 45) == RoiEntry(30, 0.02)
    assert roi_entry(TABLE, 60) == RoiEntry(60, 0.01)


def test_a_custom_roi_applies_from_now_on():
    assert roi_entry(TABLE, 45, custom=0.01) == RoiEntry(45, 0.01)
    assert roi_entry({}, 45, custom=0.5) == RoiEntry(45, 0.5)
    assert roi_entry(TABLE, 45, custom=0.02) == RoiEntry(30, 0.02), "the same is not lower"
    assert roi_entry(TABLE, 45, custom=0.03) == RoiEntry(30, 0.02)


def test_no_custom_roi_is_another_thing_than_one_of_nothing():
    assert roi_entry(TABLE, 0, custom=None) == RoiEntry(0, 0.04)
    assert roi_entry(TABLE, 0, custom=0.0) == RoiEntry(0, 0.0)
