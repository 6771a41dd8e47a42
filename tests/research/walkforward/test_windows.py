"""Windows of a walk forward."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import ConfigurationError
from appliance.research.timerange import TimeRange
from appliance.research.walkforward.windows import Cut, Window, windows

DAY = 86_400_000
FIVE_MINUTES = 300_000


def days(found: list[Window]) -> list[tuple[float, ...]]:
    return [
        tuple(moment / DAY for moment in (one.search_from, one.search_until, one.test_from, one.test_until))
        for one in found
    ]


def test_too_few_candles_are_refused_with_what_is_needed() -> None:
    with pytest.raises(ConfigurationError, match=r"at least 96 days, and the candles are 50 days"):
        list(windows(0, 50 * DAY, Cut(search=90 * DAY, test=10 * DAY, gap=DAY)))


@pytest.mark.parametrize(
    "cut", [Cut(search=0, test=DAY), Cut(search=DAY, test=0), Cut(search=DAY, test=DAY, gap=-1)]
)
def test_lengths_that_cannot_be_are_refused(cut: Cut) -> None:
    with pytest.raises(ConfigurationError, match="expected more than 0"):
        list(windows(0, 50 * DAY, cut))


def test_rolling_windows_keep_the_length_of_what_is_searched() -> None:
    found = list(windows(0, 60 * DAY, Cut(search=30 * DAY, test=10 * DAY)))
    assert days(found) == [(0, 30, 30, 40), (10, 40, 40, 50), (20, 50, 50, 60)]


def test_anchored_windows_search_from_the_first_candle_on() -> None:
    found = list(windows(0, 60 * DAY, Cut(search=30 * DAY, test=10 * DAY, anchored=True)))
    assert days(found) == [(0, 30, 30, 40), (0, 40, 40, 50), (0, 50, 50, 60)]


def test_a_gap_lies_before_what_is_tested() -> None:
    found = list(windows(0, 50 * DAY, Cut(search=30 * DAY, test=8 * DAY, gap=2 * DAY)))
    assert days(found) == [(0, 30, 32, 40), (8, 38, 40, 48)]


def test_the_last_window_may_be_shorter_but_not_by_more_than_half() -> None:
    cut = Cut(search=30 * DAY, test=10 * DAY)
    assert days(list(windows(0, 46 * DAY, cut)))[-1] == (10, 40, 40, 46)
    assert days(list(windows(0, 44 * DAY, cut)))[-1] == (0, 30, 30, 40)


def test_the_candle_that_opens_at_the_end_is_not_part_of_a_window() -> None:
    [window] = windows(0, 40 * DAY, Cut(search=30 * DAY, test=10 * DAY))
    assert window.searched(FIVE_MINUTES) == TimeRange(0, 30 * DAY - FIVE_MINUTES)
    assert window.tested(FIVE_MINUTES) == TimeRange(30 * DAY, 40 * DAY - FIVE_MINUTES)


@given(
    length=st.integers(1, 1000),
    search=st.integers(1, 300),
    test=st.integers(1, 100),
    gap=st.integers(0, 20),
    anchored=st.booleans(),
)
def test_nothing_that_is_tested_was_searched_and_tests_leave_no_hole(
    length: int, search: int, test: int, gap: int, anchored: bool
) -> None:
    cut = Cut(search=search * DAY, test=test * DAY, gap=gap * DAY, anchored=anchored)
    try:
        found = list(windows(0, length * DAY, cut))
    except ConfigurationError:
        assert length < search + gap + test / 2
        return
    for one in found:
        assert 0 <= one.search_from < one.search_until == one.test_from - cut.gap
        assert one.test_from < one.test_until <= length * DAY
        assert one.search_until - one.search_from >= cut.search
    for before, after in pairwise(found):
        assert before.test_until == after.test_from
    assert length * DAY - found[-1].test_until < cut.test / 2
