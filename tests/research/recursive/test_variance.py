"""How far values differ that began later."""

import math

import numpy as np
import pandas as pd
import pytest

from appliance.research.lookahead.columns import columns_of
from appliance.research.recursive.variance import deviations, last_values, scales_of, variances

NAN = float("nan")


@pytest.mark.parametrize(("whole", "part"), [(NAN, 1.0), (0.0, 1.0), (1.0, 0.0), ("a", "b"), (True, False)])
def test_what_has_no_ratio_is_nan(whole, part):
    assert math.isnan(variances({"x": whole}, {"x": part})["x"])


def test_a_ratio_is_that_of_the_value_with_all_candles():
    assert variances({"x": 200.0, "y": -4}, {"x": 199.0, "y": -5}) == {"x": -0.005, "y": 0.25}


def test_equal_values_are_left_out_and_the_smallest_difference_is_not():
    assert variances({"x": NAN, "y": "a", "z": 0.3}, {"x": NAN, "y": "a", "z": 0.1 + 0.2}) == {"z": 0.0}


def test_a_deviation_is_that_of_the_usual_size():
    whole, part = {"price": 100.0, "crossing": 0.001}, {"price": 101.0, "crossing": 0.002}
    found = deviations(whole, part, {"price": 90.0, "crossing": 2.0})
    assert found == {"price": pytest.approx(0.01), "crossing": pytest.approx(0.0005)}


@pytest.mark.parametrize(("whole", "part"), [(1.0, NAN), (1.0, math.inf), ("a", "b"), (True, False)])
def test_a_value_of_another_kind_is_infinitely_wrong(whole, part):
    assert deviations({"x": whole}, {"x": part}, {}) == {"x": math.inf}


def test_a_failure_is_infinitely_wrong():
    assert deviations({"x": 1.0}, None, {}) == {"x": math.inf}


def test_values_and_sizes_are_those_of_indicators():
    frame = pd.DataFrame(
        {"close": [1.0, 2.0, 3.0], "x": [np.nan, -2.0, 4.0], "n": [1, 2, 9], "text": ["a", "b", "c"]}
    )
    columns = columns_of(frame)
    assert last_values(columns) == {"x": 4.0, "n": 9, "text": "c"}
    assert scales_of(columns) == {"close": 2.0, "x": 3.0, "n": 2.0}
