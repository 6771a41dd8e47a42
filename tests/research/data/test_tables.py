"""Candles put in order, joined, and made of public trades."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.data.tables import arranged, better_than, candles_of_trades, joined

FIRST = 1735689600000
MINUTE = 60_000


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    minutes = draw(st.lists(st.integers(0, 20), max_size=20))
    values = np.random.default_rng(draw(st.integers(0, 99))).random((len(minutes), 5))
    return np.column_stack((FIRST + MINUTE * np.array(minutes, dtype=float), values))


@given(tables())
def test_arranged_candles_go_up_and_keep_every_date(table):
    result = arranged(table)
    assert (np.diff(result[:, 0]) > 0).all()
    assert set(result[:, 0]) == set(table[:, 0])
    if len(table):
        assert result[:, 2].max() == table[:, 2].max()
        assert result[:, 3].min() == table[:, 3].min()


@given(tables(), tables())
def test_of_joined_candles_the_newer_count(older, newer):
    older, newer = arranged(older), arranged(newer)
    result = joined(older, newer)
    by_date = {row[0]: row.tolist() for row in older} | {row[0]: row.tolist() for row in newer}
    assert result.tolist() == [by_date[date] for date in sorted(by_date)]


def test_trades_make_candles():
    dates = FIRST + np.array([0, 10_000, 59_999, 60_000, 200_000])
    made = candles_of_trades(
        dates, np.array([2.0, 5.0, 1.0, 3.0, 4.0]), np.array([1.0, 2.0, 3.0, 4.0, 5.0]), "1m"
    )
    assert made.tolist() == [
        [FIRST, 2, 5, 1, 1, 6],
        [FIRST + MINUTE, 3, 3, 3, 3, 4],
        [FIRST + 3 * MINUTE, 4, 4, 4, 4, 5],
    ]
    assert candles_of_trades(dates[:0], np.empty(0), np.empty(0), "1m").shape == (0, 6)


def test_weeks_begin_on_monday_and_months_on_the_first():
    dates = np.array([FIRST, FIRST + 40 * 86_400_000])  # 2025-01-01 and 2025-02-10
    prices = np.ones(2)
    assert candles_of_trades(dates, prices, prices, "1w")[:, 0].tolist() == [1735516800000, 1739145600000]
    assert candles_of_trades(dates, prices, prices, "1M")[:, 0].tolist() == [FIRST, 1738368000000]


def test_a_candle_that_may_lack_trades_counts_by_its_volume():
    stored = np.array([[FIRST + MINUTE * n, 1, 1, 1, 1, 5] for n in (1, 2, 3)], dtype=float)
    made = np.array(
        [[FIRST + MINUTE * n, 2, 2, 2, 2, volume] for n, volume in ((0, 1), (1, 4), (2, 4), (3, 6), (4, 1))],
        dtype=float,
    )
    whole = np.array([False, False, True, False, False])
    counting = (better_than(stored, made, whole=whole)[:, 0] - FIRST) / MINUTE
    assert counting.tolist() == [0, 2, 3, 4]
    assert len(better_than(np.empty((0, 6)), made, whole=whole)) == 5
