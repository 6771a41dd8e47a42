"""Candles as the API shows them."""

import json

import msgspec
import numpy as np
import pandas as pd
import pytest

from appliance.reports.views.candles import orient_split, pair_history

NAMES = {"strategy": "Quiet", "pair": "ETH/USDT", "timeframe": "5m"}


def frame(rows: int = 4) -> pd.DataFrame:
    made = pd.DataFrame(
        {
            "date": pd.date_range("2026-01-05T12:00Z", periods=rows, freq="5min"),
            "open": 1.0,
            "high": 2.0,
            "low": 0.5,
            "close": [1.5 + row for row in range(rows)],
            "volume": 10.0,
            "rsi": [float("nan"), float("inf"), 50.0, 60.0][:rows],
            "date_1h": pd.to_datetime([None, "2026-01-05T11:00Z", None, None][:rows], utc=True),
            "enter_long": [0, 1, np.nan, 1][:rows],
            "enter_tag": [None, "dip", np.nan, "x"][:rows],
        }
    )
    made["exit_short"] = 0
    return made


def shown(*args, **more) -> dict:
    return json.loads(msgspec.json.encode(pair_history(*args, **NAMES, **more)))


@pytest.mark.parametrize("nothing", [None, pd.DataFrame()])
def test_no_frame_is_an_empty_answer(nothing):
    answer = shown(nothing, None)
    assert (answer["length"], answer["data"], answer["columns"], answer["all_columns"]) == (0, [], [], [])
    assert (answer["last_analyzed"], answer["data_start"]) == ("1970-01-01T00:00:00Z", "")


def test_an_invalid_time_frame_gives_an_empty_answer():
    answer = pair_history(None, None, strategy="Quiet", pair="x", timeframe="nonsense")
    assert (answer.timeframe_ms, answer.length) == (0, 0)


def test_rows_are_in_the_order_of_columns_and_what_is_no_number_is_null():
    answer = shown(frame(), None)
    rows = [dict(zip(answer["columns"], row, strict=True)) for row in answer["data"]]
    assert [row["date"] for row in rows][:2] == ["2026-01-05T12:00:00Z", "2026-01-05T12:05:00Z"]
    assert rows[0]["__date_ts"] == 1767614400000
    assert [row["rsi"] for row in rows] == [None, None, 50.0, 60.0]
    assert [row["enter_tag"] for row in rows] == [None, "dip", None, "x"]
    assert [row["date_1h"] for row in rows] == [None, "2026-01-05T11:00:00Z", None, None]
    assert [row["_enter_long_signal_close"] for row in rows] == [None, 2.5, None, 4.5]
    assert (answer["enter_long_signals"], answer["buy_signals"], answer["exit_short_signals"]) == (2, 2, 0)
    assert (answer["data_start_ts"], answer["data_stop_ts"]) == (1767614400000, 1767615300000)
    assert answer["data_start"] == "2026-01-05 12:00:00+00:00"


def test_chosen_columns_come_with_candles_and_signals():
    answer = shown(frame(), None, columns=["rsi", "nonsense"])
    assert answer["columns"] == [
        *("date", "open", "high", "low", "close", "volume", "rsi", "enter_long", "exit_short"),
        *("__date_ts", "_enter_long_signal_close", "_exit_short_signal_close"),
    ]
    assert "enter_tag" in answer["all_columns"]


@pytest.mark.parametrize(("limit", "length"), [(None, 4), (0, 4), (-3, 4), (2, 2), (99, 4)])
def test_the_newest_are_shown(limit, length):
    answer = shown(frame(), None, limit=limit)
    assert (answer["length"], len(answer["data"])) == (length, length)
    assert answer["data_stop_ts"] == 1767615300000


def test_the_frame_itself_stays_as_it_was():
    before = frame()
    given = before.copy()
    shown(given, None, columns=[])
    orient_split(given)
    pd.testing.assert_frame_equal(given, before)


def test_a_frame_for_consumers_has_dates_in_ms():
    split = json.loads(orient_split(frame(), 3))
    assert split["index"] == [1, 2, 3]
    assert split["data"][0][:3] == [1767614700000, 1.0, 2.0]
    assert split["data"][1][7] is None
