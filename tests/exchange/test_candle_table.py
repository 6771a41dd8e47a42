"""Joining candles, filling gaps, and the frame that strategies see."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.exchange.candle_table import as_dataframe, complete, joined, without_gaps

MINUTE = 60_000
START = 1_790_000_040_000


def table(*minutes: int, close: float = 1.5) -> np.ndarray:
    return np.array([[START + minute * MINUTE, 1.0, 2.0, 0.5, close, 10.0] for minute in minutes]).reshape(
        -1, 6
    )


def test_newer_candles_replace_older_ones():
    both = joined(table(0, 1, 2), table(2, 3, close=9.0))
    assert both[:, 4].tolist() == [1.5, 1.5, 9.0, 9.0]
    assert joined(table(0, 1), table()).tolist() == table(0, 1).tolist()
    assert joined(table(), table(0)).tolist() == table(0).tolist()


def test_missing_minutes_are_filled_with_the_last_close():
    filled = without_gaps(table(0, 3), "1m")
    assert filled[:, 0].tolist() == [START + minute * MINUTE for minute in range(4)]
    assert filled[1].tolist()[1:] == filled[2].tolist()[1:] == [1.5, 1.5, 1.5, 1.5, 0.0]
    assert filled[3].tolist() == table(3)[0].tolist()


@given(st.sets(st.integers(0, 300), min_size=1))
def test_filled_candles_follow_each_other_and_none_is_lost(minutes: set[int]):
    given_candles = table(*sorted(minutes))
    filled = without_gaps(given_candles, "1m")
    assert (np.diff(filled[:, 0]) == MINUTE).all()
    assert np.array_equal(filled[np.isin(filled[:, 0], given_candles[:, 0])], given_candles)
    assert np.array_equal(without_gaps(filled, "1m"), filled)


def test_months_are_left_alone():
    months = np.array([[1_704_067_200_000, 1, 2, 0.5, 1, 1], [1_709_251_200_000, 1, 2, 0.5, 1, 1]])
    assert without_gaps(months, "1M") is months


def test_unfinished_and_incomplete_candles_do_not_count():
    candles = table(0, 1, 2)
    candles[0, 4] = np.nan
    assert complete(candles, START + 2 * MINUTE)[:, 0].tolist() == [START + MINUTE]


def test_the_frame_is_what_strategies_expect():
    frame = as_dataframe(table(0, 1))
    assert frame.columns.tolist() == ["date", "open", "high", "low", "close", "volume"]
    assert str(frame["date"].dtype) == "datetime64[us, UTC]"
    assert frame["date"].iloc[0] == pd.Timestamp(START, unit="ms", tz="UTC")
    assert frame.drop(columns="date").dtypes.unique().tolist() == [np.float64]
    assert frame.index.tolist() == [0, 1]
    assert as_dataframe(table()).empty


def test_the_frame_is_the_callers_own():
    candles = table(0, 1)
    candles.setflags(write=False)
    frame = as_dataframe(candles)
    frame.loc[0, "close"] = 99.0
    assert candles[0, 4] == pytest.approx(1.5)
