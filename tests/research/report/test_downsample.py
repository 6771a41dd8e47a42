"""Long curves with few points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.report.downsample import buckets_of


def opened(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.int64) * 300_000


def test_a_short_curve_stays_as_it_is():
    buckets = buckets_of(opened(10), 10)
    assert buckets.size == 1
    assert buckets.reduce(np.arange(10.0)).tolist() == list(range(10))


def test_each_bucket_keeps_lowest_and_highest_in_the_order_of_time():
    values = np.array([5.0, 1.0, 3.0, 9.0, 9.0, 2.0, 4.0])
    buckets = buckets_of(opened(7), 4)
    assert buckets.size == 4
    assert buckets.reduce(values).tolist() == [1.0, 9.0, 9.0, 2.0]
    assert buckets.opened.tolist() == [0, 600_000, 1_200_000, 1_800_000]


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=300).map(np.array), st.integers(2, 50))
def test_no_extreme_is_lost_and_times_go_up(values, most):
    buckets = buckets_of(opened(len(values)), most)
    reduced = buckets.reduce(values)
    assert len(reduced) == len(buckets.opened) <= max(most, 2)
    assert (np.diff(buckets.opened) > 0).all()
    assert (reduced.min(), reduced.max()) == (values.min(), values.max())
    if buckets.size > 1:
        assert buckets.opened[-1] <= opened(len(values))[-1]
        for place in range(len(reduced) // 2):
            part = values[place * buckets.size : (place + 1) * buckets.size]
            assert sorted(reduced[2 * place : 2 * place + 2]) == pytest.approx([part.min(), part.max()])
