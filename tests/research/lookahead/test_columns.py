"""Columns are compared value by value: rounding is no difference, and missing is equal to missing."""

import numpy as np
import pandas as pd
import pytest

from appliance.research.lookahead.columns import columns_of, differing

NAN = float("nan")


def compared(whole, known):
    left, right = (columns_of(pd.DataFrame({"column": values}))["column"] for values in (whole, known))
    return differing(left, right).tolist()


@pytest.mark.parametrize(
    ("whole", "known"),
    [
        ([1.0, NAN], [1.0, 2.0]),
        ([1.0, 3.0], [1.0, NAN]),
        ([1.0, 1.0], [1.0, 1.00001]),
        ([1.0, np.inf], [1.0, -np.inf]),
        ([1, 2], [1, 3]),
        ([True, True], [True, False]),
        (["a", "b"], ["a", ""]),
        (["a", None], ["a", "b"]),
        ([1.5, [1, 2]], [1.5, [1, 3]]),
        (pd.array([1, None], dtype="Int64"), pd.array([1, 2], dtype="Int64")),
        (pd.Categorical(["a", "b"]), pd.Categorical(["a", "a"])),
        (
            pd.to_datetime(["2025-01-01", "2025-01-02"], utc=True),
            pd.to_datetime(["2025-01-01"] * 2, utc=True),
        ),
        (pd.to_timedelta([1, 2], unit="h"), pd.to_timedelta([1, 1], unit="h")),
    ],
)
def test_a_difference_is_found(whole, known):
    assert compared(whole, known) == [False, True]


@pytest.mark.parametrize(
    ("whole", "known"),
    [
        ([1.0, NAN], [1.0, NAN]),
        ([100.0, 0.1 + 0.2], [100.0, 0.3]),
        ([100_000.0, 1e-9], [100_000.0, 0.0]),  # what is left of large numbers
        ([1.0, np.inf], [1.0, np.inf]),
        (["a", ""], ["a", None]),
        (["a", NAN], ["a", ""]),
        ([1, 2], [1.0, 2.0]),
        ([0.3, "a"], [0.1 + 0.2, "a"]),
        (pd.array([True, None], dtype="boolean"), pd.array([True, None], dtype="boolean")),
        (pd.Categorical(["a", "b"]), ["a", "b"]),
        ([pd.NA, "a"], [None, "a"]),
    ],
)
def test_what_is_equal_is_no_difference(whole, known):
    assert compared(whole, known) == [False, False]


def test_columns_of_the_same_name_are_kept_apart():
    frame = pd.DataFrame([[1, 2, 3]], columns=["tag", "tag", "other"])
    assert {name: column.tolist() for name, column in columns_of(frame).items()} == {
        "tag": [1],
        "tag (2)": [2],
        "other": [3],
    }
