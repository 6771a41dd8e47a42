"""Fills of a pair by columns."""

import numpy as np

from appliance.research.results.doubts.fills import candle_at, fills_by_pair, finest
from tests.support.doubtful import rows, series, trade


def test_fills_of_all_orders_are_there():
    fills = fills_by_pair([trade(), trade(pair="B/USDT", is_short=True)])
    assert list(fills) == ["A/USDT", "B/USDT"]
    assert fills["A/USDT"].buys.tolist() == [True, False]
    assert fills["B/USDT"].buys.tolist() == [False, True]
    assert fills["A/USDT"].rate.tolist() == [100.0, 101.0]
    assert len(fills["A/USDT"].trades.opened) == 1


def test_a_moment_lies_in_a_candle():
    at = candle_at(rows([1, 2, 3]), np.array([-5, 0, 299_999, 300_000, 10**9]))
    assert at.tolist() == [0, 0, 0, 1, 2]


def test_the_finest_candles_are_those_of_the_detail_time_frame():
    detail = rows([1, 2])
    assert finest(series([1, 2, 3], detail=detail)) is detail
    assert len(finest(series([1, 2, 3]))) == 3
