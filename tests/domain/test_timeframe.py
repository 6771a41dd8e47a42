"""Time frames, and where candles begin."""

from datetime import UTC, datetime, timedelta, timezone

import ccxt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain import timeframe

FRAMES = ["1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "2w"]
moments = st.integers(0, 4_102_444_800_000)


def ms(year, month, day, hour=0, minute=0):
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize("text", ["", "5", "m", "0m", "-5m", "5 m", "1.5h", "5x", "5m\n", "m5"])
def test_what_is_no_time_frame_is_named(text):
    with pytest.raises(ValueError, match="is not a time frame: expected"):
        timeframe.seconds(text)


@pytest.mark.parametrize("frame", [*FRAMES, "1M"])
def test_lengths_are_ccxts(frame):
    assert timeframe.seconds(frame) == ccxt.Exchange.parse_timeframe(frame)
    assert timeframe.milliseconds(frame) == timeframe.seconds(frame) * 1000


def test_minutes():
    assert [timeframe.minutes(frame) for frame in ("30s", "5m", "4h", "1d")] == [0, 5, 240, 1440]


@given(st.sampled_from([*FRAMES, "1M", "3M", "1y"]), moments)
def test_every_moment_lies_in_the_candle_that_contains_it(frame, at):
    opened, following = timeframe.candle_open_ms(frame, at), timeframe.next_open_ms(frame, at)
    assert opened <= at < following
    assert timeframe.candle_open_ms(frame, opened) == opened
    assert timeframe.candle_open_ms(frame, following) == following
    assert timeframe.candle_open_ms(frame, following - 1) == opened


@given(st.sampled_from([frame for frame in FRAMES if not frame.endswith("w")]), moments)
def test_candles_begin_where_ccxt_says(frame, at):
    assert timeframe.candle_open_ms(frame, at) == ccxt.Exchange.round_timeframe(frame, at, ccxt.ROUND_DOWN)


@pytest.mark.parametrize(
    ("frame", "opened", "following"),
    [
        ("5m", ms(2026, 9, 2, 13, 35), ms(2026, 9, 2, 13, 40)),
        ("1d", ms(2026, 9, 2), ms(2026, 9, 3)),
        ("1w", ms(2026, 8, 31), ms(2026, 9, 7)),  # Mondays
        ("1M", ms(2026, 9, 1), ms(2026, 10, 1)),
        ("3M", ms(2026, 7, 1), ms(2026, 10, 1)),
        ("1y", ms(2026, 1, 1), ms(2027, 1, 1)),
    ],
)
def test_a_wednesday_afternoon(frame, opened, following):
    at = ms(2026, 9, 2, 13, 37)
    assert timeframe.candle_open_ms(frame, at) == opened
    assert timeframe.next_open_ms(frame, at) == following


def test_dates_and_milliseconds():
    assert timeframe.to_ms(datetime(2026, 9, 1, 12)) == ms(2026, 9, 1, 12)  # noqa: DTZ001
    eastern = datetime(2026, 9, 1, 7, tzinfo=timezone(timedelta(hours=-5)))
    assert timeframe.to_ms(eastern) == ms(2026, 9, 1, 12)
    assert timeframe.to_date(ms(2026, 9, 1, 12)) == datetime(2026, 9, 1, 12, tzinfo=UTC)


@given(moments)
def test_milliseconds_survive_the_way_through_a_date(at):
    assert timeframe.to_ms(timeframe.to_date(at)) == at
