"""Signals: cut, moved to the candle that they act on, whatever type a strategy gave its columns."""

import numpy as np
import pandas as pd
import pytest

from appliance.research.backtest.candles import frame_of
from appliance.research.backtest.series import NO_TAG, ODD
from appliance.research.backtest.signals import Cut, series_of
from appliance.research.timerange import TimeRange
from tests.support.research.backtests import BEGIN, FIVE_MINUTES, walk

WHOLE = Cut(0, TimeRange())


def frame(**columns):
    return frame_of(walk(6)).assign(**columns)


def tags_of(series, codes):
    return [series.tag(code) for code in codes]


def test_a_signal_acts_on_the_next_candle():
    series = series_of("BTC/USDT", frame(enter_long=[1, 0, 0, 1, 0, 1], exit_long=[0, 1, 0, 0, 0, 0]), WHOLE)
    assert series.enter_long.tolist() == [True, False, False, True, False]
    assert series.exit_long.tolist() == [False, True, False, False, False]
    assert not series.enter_short.any()
    assert not series.exit_short.any()
    assert (series.rows.opened - BEGIN).tolist() == [FIVE_MINUTES * place for place in range(1, 6)]
    assert series.rows.open.tolist() == walk(6)[1:, 1].tolist()
    assert len(series) == 5


@pytest.mark.parametrize(
    "column",
    [
        [1, np.nan, 0, 2, -1, 0],
        [True, False, False, False, False, False],
        np.array([1.0, None, "1", 0, "no", 0], dtype=object),
        pd.array([1, None, 0, 0, 0, 0], dtype="Int64"),
        pd.array([True, None, False, False, False, False], dtype="boolean"),
    ],
)
def test_a_signal_counts_if_it_is_one(column):
    series = series_of("BTC/USDT", frame(enter_long=column), WHOLE)
    assert (series.enter_long == 1).tolist() == [True, False, False, False, False]


def test_a_signal_that_is_neither_zero_nor_one_is_odd():
    series = series_of("BTC/USDT", frame(exit_long=[0, 1, 2, -1, np.nan, 0]), WHOLE)
    assert series.exit_long.tolist() == [0, 1, ODD, ODD, 0]


def test_tags_are_texts_or_none():
    enter = np.array(["a", "", np.nan, None, "b", "a"], dtype=object)
    series = series_of("BTC/USDT", frame(enter_tag=enter, exit_tag=["b", "", "c", "c", "c", ""]), WHOLE)
    assert tags_of(series, series.enter_tag) == ["a", "", None, None, "b"]
    assert tags_of(series, series.exit_tag) == ["b", "", "c", "c", "c"]
    assert len(series.tags) == 4


def test_without_tags_there_is_none():
    series = series_of("BTC/USDT", frame(), WHOLE)
    assert set(series.enter_tag) == set(series.exit_tag) == {NO_TAG}


def test_a_tag_of_version_2_stands_where_freqtrade_reads_exit_tags():
    both = frame(enter_tag="", buy_tag=list("abcdef")).rename(columns={"buy_tag": "enter_tag"})
    series = series_of("BTC/USDT", both.assign(exit_tag="lost"), WHOLE)
    assert tags_of(series, series.enter_tag) == [""] * 5
    assert tags_of(series, series.exit_tag) == list("abcde")


def test_startup_rows_are_cut_by_number_and_the_end_by_date():
    cut = Cut(2, TimeRange(BEGIN, BEGIN + 4 * FIVE_MINUTES))
    series = series_of("BTC/USDT", frame(enter_long=[1, 1, 1, 0, 0, 0]), cut)
    assert series.rows.opened.tolist() == [BEGIN + 3 * FIVE_MINUTES, BEGIN + 4 * FIVE_MINUTES]
    assert series.enter_long.tolist() == [True, False]


def test_without_startup_rows_the_start_is_a_date():
    cut = Cut(0, TimeRange(BEGIN + 3 * FIVE_MINUTES))
    assert series_of("BTC/USDT", frame(), cut).rows.opened.tolist() == [
        BEGIN + 4 * FIVE_MINUTES,
        BEGIN + 5 * FIVE_MINUTES,
    ]


@pytest.mark.parametrize("startup", [5, 6, 9])
def test_a_pair_without_tested_candles_has_none(startup):
    assert len(series_of("BTC/USDT", frame(enter_long=1), Cut(startup, TimeRange()))) == 0


def test_prices_are_those_that_the_strategy_left():
    changed = frame().assign(open=lambda df: df["open"] * 2).drop(index=[1])
    series = series_of("BTC/USDT", changed, WHOLE)
    assert series.rows.open.tolist() == (walk(6)[2:, 1] * 2).tolist()
