"""Which candles had closed at a moment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import CandleType
from appliance.research.lookahead.known_candles import KnownCandles, Span, known_count
from appliance.research.timerange import TimeRange
from tests.support.research.backtests import BEGIN, FIVE_MINUTES

HOUR = 12 * FIVE_MINUTES
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("timeframe", "first", "moment", "known"),
    [
        ("1h", BEGIN, BEGIN + HOUR - 1, 0),
        ("1h", BEGIN, BEGIN + HOUR, 1),
        ("5m", BEGIN, BEGIN + 2 * FIVE_MINUTES, 2),
        ("1d", BEGIN, BEGIN + 2 * DAY - 1, 1),
        ("1w", BEGIN - DAY, BEGIN + 6 * DAY - 1, 0),  # 2025-06-30 was a Monday
        ("1w", BEGIN - DAY, BEGIN + 6 * DAY, 1),
        ("1M", BEGIN, BEGIN + 31 * DAY - 1, 0),
        ("1M", BEGIN, BEGIN + 31 * DAY, 1),
    ],
)
def test_a_candle_is_known_once_it_has_closed(timeframe, first, moment, known):
    dates = np.array([first, timeframes.next_open_ms(timeframe, first)])
    assert known_count(dates, timeframe, moment) == known


def test_a_funding_rate_is_known_when_it_is_charged():
    dates = BEGIN + HOUR * np.arange(3)
    assert known_count(dates, "1h", BEGIN + HOUR - 1, at_once=True) == 1
    assert known_count(dates, "1h", BEGIN + HOUR, at_once=True) == 2


@given(st.sampled_from(("5m", "1h", "1d", "1w")), st.integers(0, 10**9))
def test_known_candles_never_close_later(timeframe, later):
    first = timeframes.candle_open_ms(timeframe, BEGIN)
    length = timeframes.milliseconds(timeframe)
    dates = first + length * np.arange(5)
    count = known_count(dates, timeframe, BEGIN + later)
    closes = dates + length
    assert (closes[:count] <= BEGIN + later).all()
    assert (closes[count:] > BEGIN + later).all()


def test_all_candles_are_shown_outside(workspace):
    data = KnownCandles(workspace.files, TimeRange(), 0, lambda pair: None)

    def shown():
        return len(data.frame("BTC/USDT", "1h", CandleType.SPOT))

    assert shown() == 15
    with data.only(Span(BEGIN + 2 * HOUR)):
        assert shown() == 2
        with data.only(None):
            assert shown() == 15
        assert shown() == 2
    assert shown() == 15


def test_a_span_begins_so_many_candles_earlier(workspace):
    data = KnownCandles(workspace.files, TimeRange(), 0, lambda pair: None)
    with data.only(Span(BEGIN + 10 * HOUR, since_ms=BEGIN + 8 * HOUR, before=3)):
        hours = data.frame("BTC/USDT", "1h", CandleType.SPOT)
        shorter = data.frame("BTC/USDT", "5m", CandleType.SPOT)
    assert len(hours) == 5
    assert len(shorter) == 24 + 3
