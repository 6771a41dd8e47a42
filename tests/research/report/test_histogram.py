"""Distribution of profits."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.report.histogram import Bin, histogram


def test_bins_have_one_round_width_and_zero_is_an_edge():
    assert histogram(np.array([-0.014, 0.001, 0.0, 0.012]), 4) == [
        Bin(-0.02, -0.01, 1), Bin(-0.01, 0.0, 0), Bin(0.0, 0.01, 2), Bin(0.01, 0.02, 1),
    ]  # fmt: skip


def test_far_values_are_in_open_bins():
    values = np.concatenate((np.full(500, -0.01), np.full(500, 0.01), [-0.9, 3.0]))
    bins = histogram(values, 10)
    assert bins[0].start is None
    assert bins[-1].end is None
    assert (bins[0].size, bins[-1].size) == (1, 1)
    assert len(bins) < 15


@pytest.mark.parametrize(("values", "count"), [([], 0), ([0.0], 1), ([0.0] * 5, 1)])
def test_few_values(values: list[float], count: int):
    assert len(histogram(np.array(values))) == count


@given(st.lists(st.floats(-1, 20), min_size=1, max_size=200), st.integers(2, 60))
def test_every_value_is_in_one_bin(values, most):
    bins = histogram(np.array(values), most)
    assert sum(one.size for one in bins) == len(values)
    assert len(bins) <= most + 4
    for before, after in pairwise(bins):
        assert before.end == after.start
    gains = sum(one.size for one in bins if one.start is not None and one.start >= 0)
    assert gains == sum(value >= 0 for value in values)
