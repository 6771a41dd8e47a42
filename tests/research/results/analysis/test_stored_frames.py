"""Dataframes in results, of freqtrade and ours, as columns."""

import pickle
import zipfile

import numpy as np
import pandas as pd
import pytest

from appliance.domain.errors import DataError
from appliance.research.results.analysis.stored_frames import frame_of, load_frames
from appliance.research.results.analysis.unpickling import read_pickle

FRAME = pd.DataFrame(
    {
        "date": pd.to_datetime([1, 2_000], unit="ms", utc=True),
        "close": [1.5, np.nan],
        "volume": [1, 2],
        "set": [True, False],
        "text": ["a", None],
        "any": ["x", 3],
        "kind": pd.Categorical(["long", None]),
        "whole": pd.array([1, None], dtype="Int64"),
        "stored": pd.array(["ü", "b"], dtype=pd.StringDtype("python")),
        "single": np.array([1, 2], dtype="f4"),
    },
    index=[7, 9],
)


def read(frame):
    return frame_of(read_pickle(pickle.dumps(frame, protocol=4)))


def test_columns_are_what_pandas_has():
    columns = read(FRAME)
    assert list(columns) == list(FRAME.columns)
    assert columns["date"].tolist() == [1, 2_000]
    assert columns["close"].tolist() == [1.5, pytest.approx(np.nan, nan_ok=True)]
    assert columns["volume"].tolist() == [1, 2]
    assert columns["set"].tolist() == [True, False]
    assert [None if pd.isna(text) else text for text in columns["text"]] == ["a", None]
    assert columns["any"].tolist() == ["x", 3]
    assert columns["kind"].tolist() == ["long", None]
    assert columns["whole"].tolist() == [1, None]
    assert columns["stored"].tolist() == ["ü", "b"]
    assert columns["single"].tolist() == [1.0, 2.0]


def test_chosen_rows_and_columns_stay_in_their_order():
    columns = read(FRAME[["volume", "close", "single"]].iloc[[1, 0, 1]])
    assert list(columns) == ["volume", "close", "single"]
    assert columns["volume"].tolist() == [2, 1, 2]


def test_empty_frames_have_no_columns_or_no_rows():
    assert read(pd.DataFrame()) == {}
    assert len(read(FRAME.iloc[:0])["date"]) == 0


def test_columns_of_unknown_types_are_left_out():
    frame = FRAME[["volume"]].assign(span=pd.interval_range(0, 2))
    assert list(read(frame)) == ["volume"]


def test_freqtrades_frames_are_read(spot):
    """They hold arrays of joblib, and texts of pyarrow: neither is needed."""
    frames = load_frames(spot.written.file, "rejected")["Tagged"]
    stored = spot.written.stored["strategy"]["Tagged"]
    assert set(frames) <= set(stored["pairlist"])
    frame = next(iter(frames.values()))
    assert list(frame)[:6] == ["date", "open", "high", "low", "close", "volume"]
    assert list(frame)[-4:] == ["mean", "distance", "pair", "enter_tag"]
    assert set(frame["enter_tag"]) <= {"deep", "rising, fast"}
    opened = stored["backtest_start_ts"]
    assert all((frame["date"] > opened) & (frame["date"] <= stored["backtest_end_ts"]))


def test_signals_belong_to_trades(spot):
    trades = spot.written.stored["strategy"]["Tagged"]["trades"]
    frames = load_frames(spot.written.file, "signals")["Tagged"]
    for pair, frame in frames.items():
        opened = [trade["open_timestamp"] for trade in trades if trade["pair"] == pair]
        assert (frame["date"] + 300_000).tolist() == opened


def test_a_result_without_frames_tells_what_to_do(spot, tmp_path):
    file = tmp_path / "backtest-result-1.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("backtest-result-1.json", "{}")
    with pytest.raises(DataError, match="run `backtesting` with --export signals"):
        load_frames(file, "signals")


@pytest.mark.parametrize("content", [b"x", pickle.dumps([1]), pickle.dumps({"S": {"P": 1}})])
def test_other_content_is_one_line(content, tmp_path):
    file = tmp_path / "backtest-result-1.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("backtest-result-1_signals.pkl", content)
    with pytest.raises(DataError, match=r"backtest-result-1_signals\.pkl in .* cannot be read"):
        load_frames(file, "signals")
