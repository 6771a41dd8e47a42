"""When a candle that was streamed counts, and when it does not."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.exchange.ccxt.stream_trust import StreamedCandles

MINUTE = 60_000
NOON = 1_790_000_040_000


def candle(minute: int, close: float = 1.5, volume: float = 10.0) -> list[float]:
    return [NOON + minute * MINUTE, 1.0, 2.0, 0.5, close, volume]


def at(minute: int) -> int:
    return NOON + minute * MINUTE


@pytest.fixture
def streamed() -> StreamedCandles:
    """What was streamed of minutes 0 and 1 and found equal to an answer, while minute 2 forms."""
    streamed = StreamedCandles("1m")
    streamed.take([candle(0), candle(1), candle(2)])
    assert not streamed.compare(np.array([candle(0), candle(1), candle(2, 9.0)]), at(2))
    return streamed


def test_nothing_counts_before_it_was_compared_with_an_answer():
    streamed = StreamedCandles("1m")
    streamed.take([candle(0), candle(1), candle(2)])
    assert streamed.closed(at(0), at(2)) is None
    streamed.compare(np.array([candle(0), candle(1)]), at(2))
    assert streamed.closed(at(0), at(2)) == [tuple(candle(1))]


def test_the_forming_candle_is_neither_handed_out_nor_compared(streamed: StreamedCandles):
    streamed.take([candle(2, 7.0)])
    assert streamed.closed(at(1), at(3)) is None
    assert streamed.closed(at(1), at(2)) is None
    streamed.take([candle(3)])
    assert streamed.closed(at(1), at(3)) == [tuple(candle(2, 7.0))]


def test_the_last_update_of_a_candle_counts(streamed: StreamedCandles):
    for close in (1.0, 3.0, 2.0):
        streamed.take([candle(2, close)])
    streamed.take([candle(3)])
    assert streamed.closed(at(1), at(3)) == [tuple(candle(2, 2.0))]


def test_a_broken_connection_starts_afresh(streamed: StreamedCandles):
    streamed.reset()
    streamed.take([candle(3)])
    assert not streamed.is_trusted
    assert streamed.closed(at(1), at(3)) is None
    streamed.compare(np.array([candle(1), candle(2)]), at(3))
    assert not streamed.is_trusted  # what was heard since has not been proven by this answer


def test_a_gap_must_be_requested(streamed: StreamedCandles):
    streamed.take([candle(4)])
    assert streamed.closed(at(1), at(4)) is None
    assert streamed.closed(at(0), at(2)) == [tuple(candle(1))]


def test_what_differs_from_an_answer_is_not_believed(streamed: StreamedCandles):
    streamed.take([candle(2), candle(3)])
    assert streamed.compare(np.array([candle(2, volume=10.1)]), at(3))
    assert not streamed.is_trusted
    assert streamed.closed(at(1), at(3)) is None
    assert not streamed.compare(np.array([candle(2, volume=10.0 + 1e-9)]), at(3))
    assert streamed.is_trusted
    assert not streamed.is_hopeless


def test_a_stream_that_differs_time_and_again_is_hopeless(streamed: StreamedCandles):
    for _ in range(3):
        assert not streamed.is_hopeless
        streamed.compare(np.array([candle(1, 9.0)]), at(2))
    assert streamed.is_hopeless


def test_a_candle_that_changes_after_it_was_returned(streamed: StreamedCandles):
    streamed.take([candle(3)])
    assert streamed.closed(at(1), at(3))
    streamed.take([candle(2)])
    assert streamed.corrected_ms is None
    streamed.take([candle(2, 9.0)])
    assert streamed.corrected_ms == at(2)
    assert not streamed.is_trusted
    streamed.compare(np.array([candle(2, 9.0)]), at(3))
    assert streamed.corrected_ms is None
    assert streamed.is_trusted


def test_trust_in_a_stream_expires(streamed: StreamedCandles):
    for minute in range(3, 200):
        streamed.take([candle(minute)])
        if streamed.closed(at(minute - 2), at(minute)) is None:
            break
    assert minute == 63
    assert not streamed.is_trusted


def test_silence_is_noticed_only_where_something_was_traded(streamed: StreamedCandles):
    streamed.compare(np.array([candle(2), candle(3, volume=0.0)]), at(4))
    assert streamed.missed == 0
    streamed.compare(np.array([candle(4)]), at(5))
    streamed.compare(np.array([candle(5)]), at(6))
    assert streamed.missed == 2
    streamed.take([candle(6)])
    streamed.compare(np.array([candle(6)]), at(7))
    assert streamed.missed == 0


@pytest.mark.parametrize(
    "told",
    [[None, 1, 2, 0.5, 1, 1], [at(2), None, 2, 0.5, 1, 1], [at(2), 1, 2, 0, math.nan, 1], [at(2), 1], "x"],
)
def test_what_is_no_candle_is_passed_over(streamed: StreamedCandles, told):
    streamed.take([told, candle(3)])
    assert streamed.newest_ms == at(3)
    assert streamed.closed(at(1), at(3)) == [tuple(candle(2))]


def test_candles_of_another_timeframe_are_passed_over():
    streamed = StreamedCandles("5m")
    streamed.take([candle(minute) for minute in range(7)])
    assert [opened for opened in range(7) if at(opened) in streamed._rows] == [
        minute for minute in range(7) if at(minute) % (5 * MINUTE) == 0
    ]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.integers(0, 8), st.integers(0, 3)),
            st.just("break"),
            st.just("answer"),
            st.integers(1, 9),
        ),
        max_size=40,
    )
)
def test_only_complete_runs_of_the_last_report_are_returned(events: list):
    """Updates in any order, breaks and answers: what comes out has no gap and was told on this connection."""
    streamed, told = StreamedCandles("1m"), {}
    for event in events:
        if event == "break":
            streamed.reset()
            told = {}
        elif event == "answer":
            if told:
                streamed.compare(np.array([told[minute] for minute in sorted(told)]), at(max(told)))
        elif isinstance(event, tuple):
            minute, close = event
            told[minute] = candle(minute, 1.0 + close)
            streamed.take([told[minute]])
        else:
            found = streamed.closed(at(0), at(event))
            if found is not None:
                assert found == [tuple(told[minute]) for minute in range(1, event)]
                assert max(told) >= event
