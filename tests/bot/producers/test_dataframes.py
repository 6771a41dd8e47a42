"""Frames of other bots, put together from pieces."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from appliance.bot.producers import dataframes
from appliance.bot.producers.dataframes import MOST_CANDLES, FrameKey, ProducerFrames, join

MINUTE = 60_000
KEY = FrameKey("ETH/USDT", "1m", "spot")


def candles(first: int, count: int, close: float = 1.0) -> pd.DataFrame:
    """Candles of one minute, from minute `first` on."""
    opened = [(first + number) * MINUTE for number in range(count)]
    return pd.DataFrame({"date": pd.to_datetime(opened, unit="ms", utc=True), "close": close})


def minutes(frame: pd.DataFrame) -> list[int]:
    return [int(moment.timestamp()) // 60 for moment in frame["date"]]


def test_news_of_an_unknown_frame_ask_for_all_of_it():
    assert join(None, candles(5, 1), MINUTE) == (None, MOST_CANDLES)


def test_a_short_history_is_a_whole_frame_where_nothing_is_known():
    """Or a young pair, which has few candles, would be asked for again and again."""
    frame, missing = join(None, candles(5, 30), MINUTE)
    assert (len(frame), missing) == (30, 0)


@pytest.mark.parametrize(("gap", "missing"), [(2, 3), (98, 99), (99, MOST_CANDLES), (5000, MOST_CANDLES)])
def test_a_gap_is_requested_with_one_candle_more(gap, missing):
    assert join(candles(0, 50), candles(49 + gap, 1), MINUTE) == (None, missing)


def test_the_newest_candle_again_replaces_it():
    frame, _ = join(candles(0, 50, close=1), candles(49, 1, close=2), MINUTE)
    assert minutes(frame) == list(range(50))
    assert list(frame["close"])[-2:] == [1, 2]


def test_what_is_older_than_everything_known_starts_again():
    frame, missing = join(candles(50, 20), candles(10, 5), MINUTE)
    assert (minutes(frame), missing) == (list(range(10, 15)), 0)


def test_a_producer_cannot_fill_the_memory(monkeypatch):
    monkeypatch.setattr(dataframes, "MOST_FRAMES", 2)
    frames = ProducerFrames()
    for number in range(2):
        frames.add(KEY._replace(pair=f"{number}/USDT"), candles(0, 2), None)
    with pytest.raises(ValueError, match="more than 2"):
        frames.add(KEY, candles(0, 2), None)


@given(some.lists(some.tuples(some.integers(0, 200), some.integers(1, 120)), min_size=1, max_size=8))
def test_whatever_comes_a_frame_has_no_holes_and_no_doubles(pieces):
    known = None
    for first, count in pieces:
        joined, missing = join(known, candles(first, count), MINUTE)
        assert (joined is None) == (missing > 0)
        if joined is None:
            continue
        known = joined
        found = minutes(known)
        assert found == list(range(found[0], found[0] + len(found)))
        assert found[-1] == first + count - 1
        assert list(known.index) == list(range(len(known)))
