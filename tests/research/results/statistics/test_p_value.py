"""The p-value is that of Student's t-test; expected ones are those of scipy 1.18."""

from itertools import pairwise

import numpy as np
import pytest

from appliance.research.results.statistics.p_value import p_value, two_sided


@pytest.mark.parametrize(
    ("t", "freedom", "expected"),
    [
        (1.0, 1, 0.5),
        (12.706204736432095, 1, 0.05),
        (0.5, 3, 0.651447964848151),
        (2.0, 10, 0.07338803477074037),
        (4.5, 30, 9.519359392112443e-05),
        (1e-6, 30, 0.9999992087356302),
        (3.5, 2043, 0.00047523005612268006),
        (11.72, 656, 6.159149776969227e-29),
        (30.0, 100_000, 7.37853687222276e-197),
    ],
)
def test_it_is_students(t, freedom, expected):
    assert two_sided(t * t, freedom) == pytest.approx(expected, rel=1e-10)


def test_it_is_that_of_the_mean():
    values = np.array([0.1, -0.2, 0.3, 0.05, -0.01])
    assert p_value(values) == pytest.approx(0.5851391035125291, rel=1e-10)
    assert p_value(-values) == p_value(values)


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0, 2.0]])
def test_it_is_one_where_it_cannot_be_calculated(values):
    assert p_value(np.array(values)) == 1.0


def test_a_mean_of_zero_is_likely():
    assert p_value(np.array([1.0, -1.0])) == 1.0


@pytest.mark.parametrize("freedom", [1, 2, 7, 59, 61, 5000])
def test_it_falls_with_distance(freedom):
    found = [two_sided(t * t, freedom) for t in np.linspace(0.01, 20, 200)]
    assert all(one > other for one, other in pairwise(found) if one > 1e-300)
    assert all(0 <= one <= 1 for one in found)
