"""Stored candles as they were known at a moment."""

import numpy as np

from appliance.exchange.replayed.path import Prices
from appliance.exchange.replayed.series import PlayedSeries

MINUTE = 60_000
QUARTER = MINUTE // 4
BEGIN = 1_700_000_040_000 // MINUTE * MINUTE


def series(*rows: tuple[int, float, float, float, float, float]) -> PlayedSeries:
    """Make a series of one minute's candles; the first value of a row is its minute."""
    table = [(BEGIN + row[0] * MINUTE, *row[1:]) for row in rows]
    return PlayedSeries("1m", np.array(table, dtype=float))


GAP = series((0, 10, 12, 7, 8, 100), (1, 8, 9, 8, 9, 50), (4, 9, 11, 9, 11, 20))


def test_before_the_first_candle_there_is_no_price():
    assert GAP.price(BEGIN - 1) is None
    assert GAP.since(BEGIN - MINUTE, BEGIN - 1) is None


def test_where_candles_are_missing_the_price_stays():
    assert GAP.price(BEGIN + 2 * MINUTE) == 9
    assert GAP.price(BEGIN + 4 * MINUTE - 1) == 9
    assert GAP.price(BEGIN + 9 * MINUTE) == 11


def test_a_longer_candle_adds_up_what_was_traded_of_it():
    assert GAP.since(BEGIN, BEGIN + QUARTER) == Prices(10, 12, 10, 12, 25)
    assert GAP.since(BEGIN, BEGIN + MINUTE + QUARTER) == Prices(10, 12, 7, 8, 112.5)
    assert GAP.since(BEGIN + 2 * MINUTE, BEGIN + 3 * MINUTE) == Prices(9, 9, 9, 9, 0)


def test_closed_candles_are_the_newest_or_those_from_a_time_on():
    opened = [(GAP.closed(BEGIN + 4 * MINUTE, since, limit)[:, 0] - BEGIN) // MINUTE for since, limit in (
        (None, 9), (None, 1), (BEGIN + 1, 9), (BEGIN, 1),
    )]  # fmt: skip
    assert [found.tolist() for found in opened] == [[0, 1], [1], [1], [0]]


def test_the_volume_of_a_day_is_that_of_candles_that_have_closed():
    assert GAP.traded(BEGIN, BEGIN + 2 * MINUTE) == (150, 100 * 8 + 50 * 9)
    assert GAP.traded(BEGIN, BEGIN + MINUTE - 1) == (0, 0)


def test_the_end_is_that_of_the_last_candle():
    assert (GAP.first_ms, GAP.end_ms) == (BEGIN, BEGIN + 5 * MINUTE)
