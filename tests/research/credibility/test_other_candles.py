"""Candles that could have been, in the place of stored ones."""

from pathlib import Path

import numpy as np
import pytest

from appliance.research.credibility.other_candles import OtherCandles
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from appliance.research.overfitting.synthetic_candles import longer_candles
from appliance.research.timerange import TimeRange
from tests.support.research.backtests import BEGIN, walk
from tests.support.research.planted import HOUR_MS

DAY_MS = 24 * HOUR_MS
MINUTES = CandleKey("BTC/USDT", "5m")
HOURS = CandleKey("BTC/USDT", "1h")
WEEKS = CandleKey("BTC/USDT", "1w")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> CandleFiles:
    folder: Path = tmp_path_factory.mktemp("candles")
    stored = CandleFiles(folder, "feather")
    minutes = walk(30 * 288, decimals=4)
    stored.save(MINUTES, minutes)
    stored.save(HOURS, longer_candles(minutes, HOUR_MS))
    stored.save(CandleKey("BTC/USDT", "1d"), longer_candles(minutes, DAY_MS))
    stored.save(WEEKS, longer_candles(minutes, 7 * DAY_MS, BEGIN % (7 * DAY_MS)))
    return stored


def test_a_series_that_is_not_there_is_empty(files: CandleFiles) -> None:
    assert len(OtherCandles(files, TimeRange(), 1).load(CandleKey("ETH/USDT", "5m"))) == 0


def test_rates_are_the_real_ones(tmp_path: Path) -> None:
    stored = CandleFiles(tmp_path, "feather")
    key = CandleKey("BTC/USDT:USDT", "8h", "funding_rate")
    rates = np.array([[BEGIN, 0.0001], [BEGIN + 8 * HOUR_MS, 0.0002]])
    stored.save(key, rates)
    assert OtherCandles(stored, TimeRange(), 1).load(key).tolist() == rates.tolist()


def test_what_lies_before_the_range_is_real_and_what_is_in_it_is_not(files: CandleFiles) -> None:
    begin = BEGIN + 10 * DAY_MS
    other = OtherCandles(files, TimeRange(begin), 1).load(MINUTES)
    real = files.load(MINUTES)
    assert np.array_equal(other[: 10 * 288], real[: 10 * 288])
    assert np.array_equal(other[:, 0], real[:, 0])
    assert not np.allclose(other[10 * 288 :, 4], real[10 * 288 :, 4], rtol=1e-3)


def test_a_part_of_a_series_is_a_part_of_the_same_history(files: CandleFiles) -> None:
    other = OtherCandles(files, TimeRange(), 1)
    part = other.load(MINUTES, TimeRange(BEGIN + 5 * DAY_MS, BEGIN + 6 * DAY_MS))
    assert np.array_equal(part, other.load(MINUTES)[5 * 288 : 6 * 288 + 1])


@pytest.mark.parametrize(("key", "length_ms"), [(HOURS, HOUR_MS), (CandleKey("BTC/USDT", "1d"), DAY_MS)])
def test_longer_candles_consist_of_the_shorter_ones(
    files: CandleFiles, key: CandleKey, length_ms: int
) -> None:
    other = OtherCandles(files, TimeRange(), 4)
    made = longer_candles(other.load(MINUTES), length_ms)
    assert other.load(key)[:, 1:5] == pytest.approx(made[:, 1:5], rel=1e-4)


def test_weeks_consist_of_days(files: CandleFiles) -> None:
    other = OtherCandles(files, TimeRange(), 4)
    days = other.load(CandleKey("BTC/USDT", "1d"))
    weeks = other.load(WEEKS)
    assert weeks[1, 4] == days[np.searchsorted(days[:, 0], weeks[2, 0]) - 1, 4]


def test_each_seed_has_its_own_history_and_its_own_identity(files: CandleFiles) -> None:
    one, other = (OtherCandles(files, TimeRange(), seed) for seed in (1, 2))
    assert not np.array_equal(one.load(MINUTES), other.load(MINUTES))
    assert len({one.identity(MINUTES), other.identity(MINUTES), files.identity(MINUTES)}) == 3
