"""Candles of a backtest: gaps are filled as freqtrade fills them, whatever the time frame."""

import numpy as np
import pandas as pd
import pytest

from appliance.research.backtest.candles import filled, frame_of, funding_rows, load, usable_range
from appliance.research.data.layout import CandleKey
from appliance.research.timerange import TimeRange
from appliance.strategy.timeframes import timeframe_to_resample_freq
from tests.support.research.backtests import BEGIN, FIVE_MINUTES, walk

HOUR = 3_600_000


def resampled(candles, timeframe):
    """What pandas makes of candles: the rule that freqtrade fills gaps by."""
    frame = frame_of(candles)
    rules = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    table = frame.resample(timeframe_to_resample_freq(timeframe), on="date").agg(rules)
    table["close"] = table["close"].ffill()
    for name in ("open", "high", "low"):
        table[name] = table[name].fillna(table["close"])
    dates = pd.DatetimeIndex(table.index).as_unit("ms").asi8
    return np.column_stack((dates, table.to_numpy()))


@pytest.mark.parametrize("timeframe", ["1m", "5m", "15m", "1h", "4h", "1d", "3d", "1w", "1M"])
def test_gaps_are_filled_as_pandas_does(timeframe):
    begin = 1751241600000 if timeframe == "1w" else BEGIN  # a Monday
    candles = walk(120, begin=begin, timeframe=timeframe)
    if timeframe == "1M":
        months = (np.datetime64("2015-01") + np.arange(120)).astype("datetime64[ms]").astype(np.int64)
        candles[:, 0] = months
    kept = np.delete(candles, [3, 4, 5, 50, 117], axis=0)
    assert np.allclose(filled(kept, timeframe), resampled(kept, timeframe), rtol=1e-15, atol=0)
    assert len(filled(kept, timeframe)) == 120


def test_candles_within_one_step_become_one_and_missing_values_the_last_close():
    candles = walk(40)
    candles[7, 0] += 1_000  # late
    candles[8, 0] = candles[7, 0] + 5_000  # within the step of the one before
    candles[20, 5] = candles[21, 4] = candles[22, 1] = np.nan
    assert np.allclose(filled(candles, "5m"), resampled(candles, "5m"), rtol=1e-15, atol=0)


def test_whole_candles_are_left_as_they_are():
    candles = walk(40)
    assert filled(candles, "5m") is candles
    assert not len(filled(candles[:0], "5m"))


def test_startup_candles_are_loaded_from_before_the_range(workspace):
    key = CandleKey("BTC/USDT", "5m")
    timerange = TimeRange(BEGIN + 100 * FIVE_MINUTES, BEGIN + 200 * FIVE_MINUTES)
    candles = load(workspace.files, key, timerange, startup=30)
    assert candles[[0, -1], 0].tolist() == [BEGIN + 70 * FIVE_MINUTES, BEGIN + 200 * FIVE_MINUTES]
    assert not len(load(workspace.files, CandleKey("NEW/USDT", "5m"), timerange))


def test_a_range_without_candles_before_it_begins_later():
    given = TimeRange(BEGIN, None)
    assert usable_range(given, 30, "5m", BEGIN) == TimeRange(BEGIN + 30 * FIVE_MINUTES)
    assert usable_range(given, 30, "5m", BEGIN - FIVE_MINUTES) == given
    assert usable_range(given, 0, "5m", BEGIN) == given
    assert usable_range(TimeRange(), 0, "5m", BEGIN) == TimeRange(BEGIN)


def test_frames_have_the_dates_of_freqtrade_in_backtests():
    frame = frame_of(walk(3))
    assert str(frame["date"].dtype) == "datetime64[ms, UTC]"
    rates = frame_of(np.array([[BEGIN, 0.0001]]), "funding_rate")
    assert rates[["funding_rate", "open"]].to_numpy().tolist() == [[0.0001, 0.0001]]


def rates(*hours):
    return np.array([[BEGIN + hour * HOUR, 0.001 * (hour + 1)] for hour in hours])


def test_funding_is_rate_times_mark_where_both_are_known():
    mark = walk(10, timeframe="1h")
    found = funding_rows(rates(0, 8, 16), mark)
    assert found.times.tolist() == [BEGIN, BEGIN + 8 * HOUR]
    assert found.fee_per_unit == pytest.approx([0.001 * mark[0, 1], 0.009 * mark[8, 1]])


def test_an_assumed_rate_stands_in_before_the_first_known_one():
    mark = walk(10, timeframe="1h")
    found = funding_rows(rates(4, 8), mark, 0.5)
    assert (found.times - BEGIN).tolist() == [hour * HOUR for hour in (0, 1, 2, 3, 4, 8)]
    assert found.fee_per_unit[0] == 0.5 * mark[0, 1]
    assert len(funding_rows(rates()[:0].reshape(0, 2), mark, 0.5)) == 10


def test_funding_that_is_stated_late_counts_at_its_second(workspace):
    stored = rates(0, 8)
    stored[:, 0] += 3
    key = CandleKey("BTC/USDT:USDT", "1h", "funding_rate")
    workspace.files.save(key, stored)
    assert load(workspace.files, key, TimeRange(BEGIN))[:, 0].tolist() == [BEGIN, BEGIN + 8 * HOUR]
