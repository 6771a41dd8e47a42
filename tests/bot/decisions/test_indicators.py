"""The newest values of a strategy's columns."""

import numpy as np
import pandas as pd
import pytest

from appliance.bot.decisions.indicators import MOST_INDICATORS, NOTHING, IndicatorReader, unpacked


def frame(**columns) -> pd.DataFrame:
    base = {"date": pd.date_range("2026-01-05", periods=2, freq="5min", tz="UTC"), "close": [1.0, 2.0]}
    return pd.DataFrame(base | columns)


def read(reader: IndicatorReader, given: pd.DataFrame) -> dict:
    found = reader.newest(given)
    return dict(zip(found.names, unpacked(found.values), strict=True))


def test_numbers_are_read_and_nothing_else():
    given = frame(
        rsi=[1.0, 30.5],
        up=[False, True],
        count=pd.array([1, None], dtype="Int64"),
        gap=[1.0, np.nan],
        far=[1.0, np.inf],
        words=["a", "b"],
        enter_long=[0, 1],
        enter_tag=["", "x"],
    )
    expected = {"close": 2.0, "rsi": 30.5, "up": 1.0, "count": None, "gap": None, "far": None}
    assert read(IndicatorReader(), given) == expected


def test_other_columns_are_learnt():
    reader = IndicatorReader()
    assert list(read(reader, frame(a=[1, 2]))) == ["close", "a"]
    assert list(read(reader, frame(b=[1, 2]))) == ["close", "b"]
    assert read(reader, frame(b=["x", "y"]))["b"] is None, "a column that holds texts now"


def test_their_number_is_limited():
    many = {f"column{number}": [0.0, float(number)] for number in range(500)}
    assert len(read(IndicatorReader(), frame(**many))) == MOST_INDICATORS


@pytest.mark.parametrize("given", [None, frame().iloc[:0], frame().set_axis([0, ("x",)], axis=1)])
def test_a_dataframe_that_is_not_as_expected_has_nothing(given):
    assert read(IndicatorReader(), given) == {} or IndicatorReader().newest(given) == NOTHING
