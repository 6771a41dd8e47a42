"""Candle files: those of freqtrade are read, those written are freqtrade's, nothing is half-written."""

import csv
import shutil
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.errors import DataError
from appliance.research.data import candles as candles_module
from appliance.research.data.candles import CandleFiles, Span, remove_unfinished
from appliance.research.data.formats import FORMATS
from appliance.research.data.layout import CandleKey
from appliance.research.timerange import TimeRange

DATA = Path(__file__).parents[2] / "data" / "research"
WRITTEN, OLD = DATA / "written", DATA / "old"
SPOT = CandleKey("ADA/USDT", "5m")
MARK = CandleKey("BTC/USDT:USDT", "1h", "mark")
RATES = CandleKey("BTC/USDT:USDT", "1h", "funding_rate")
FIRST = 1735689600000
FIVE_MINUTES = 300_000


def made(count: int, columns: int = 5) -> np.ndarray:
    values = np.random.default_rng(count).random((count, columns))
    return np.column_stack((FIRST + FIVE_MINUTES * np.arange(count), values))


@pytest.fixture
def expected() -> np.ndarray:
    """The candles of `written/ADA_USDT-5m`, as freqtrade shows them."""
    with (DATA / "ADA_USDT-5m.csv").open() as file:
        rows = [
            [datetime.fromisoformat(row["date"]).timestamp() * 1000, *map(float, list(row.values())[2:])]
            for row in csv.DictReader(file)
        ]
    return np.array(rows)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_freqtrade_wrote_is_read(kind, expected):
    files = CandleFiles(WRITTEN, kind)
    assert np.array_equal(files.load(SPOT), expected)
    assert len(files.load(CandleKey("ADA/USDT", "1M"))) == 2
    assert files.load(MARK).shape == (20, 6)
    rates = files.load(RATES)
    assert rates[1].tolist() == [FIRST + 8 * 3_600_000, 6.362e-05]
    assert files.keys(futures=False) == [CandleKey("ADA/USDT", "1M"), SPOT]
    assert files.keys(futures=True) == [RATES, MARK]


@pytest.mark.parametrize("kind", ["feather", "json"])
def test_rates_that_freqtrade_stored_as_candles_are_read(kind):
    assert np.array_equal(CandleFiles(OLD, kind).load(RATES), CandleFiles(WRITTEN, kind).load(RATES))


def test_dates_in_nanoseconds_are_read(expected):
    assert np.array_equal(CandleFiles(OLD, "feather").load(SPOT), expected)


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=25)
@given(count=st.integers(0, 30), seed=st.integers(0, 2**32 - 1))
def test_what_is_saved_is_loaded_to_the_last_bit(tmp_path_factory, kind, count, seed):
    files = CandleFiles(tmp_path_factory.mktemp("data"), kind)
    candles = made(count)
    candles[:, 1:] *= 10.0 ** np.random.default_rng(seed).integers(-12, 12, (count, 5))
    for key in (SPOT, MARK):
        files.save(key, candles)
        assert np.array_equal(files.load(key), candles)
    files.save(RATES, candles[:, :2])
    assert np.array_equal(files.load(RATES), candles[:, :2])


def test_a_range_includes_both_ends(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    files.save(SPOT, made(10))
    loaded = files.load(SPOT, TimeRange(FIRST + FIVE_MINUTES, FIRST + 3 * FIVE_MINUTES))
    assert ((loaded[:, 0] - FIRST) / FIVE_MINUTES).tolist() == [1, 2, 3]
    assert files.span(SPOT) == Span(FIRST, FIRST + 9 * FIVE_MINUTES, 10)
    assert len(files.load(SPOT, TimeRange(0, FIRST - 1))) == 0


def test_of_several_candles_of_one_date_one_is_made(tmp_path):
    files = CandleFiles(tmp_path, "json")
    twice = [[FIRST, 1, 3, 1, 2, 10], [FIRST - 1000, 9, 9, 9, 9, 9], [FIRST, 5, 6, 0.5, 4, 20]]
    (tmp_path / "ADA_USDT-5m.json").write_text(str(twice))
    assert files.load(SPOT).tolist() == [[FIRST - 1000, 9, 9, 9, 9, 9], [FIRST, 1, 6, 0.5, 4, 20]]


def test_a_series_without_a_file_has_no_candles(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    assert files.load(SPOT).shape == (0, 6)
    assert files.load(RATES).shape == (0, 2)
    assert files.span(SPOT) is None
    assert not files.erase(SPOT)
    assert files.keys(futures=False) == []


@pytest.mark.parametrize("kind", FORMATS)
def test_a_damaged_file_is_one_line_that_names_it(tmp_path, kind):
    files = CandleFiles(tmp_path, kind)
    files.save(SPOT, made(200))
    [file] = tmp_path.glob("*.*")
    content = file.read_bytes()
    for damaged in (b"", content[: len(content) // 2], content[:-1], b"\0" * len(content), content[100:]):
        file.write_bytes(damaged)
        with pytest.raises(DataError, match=r"ADA_USDT-5m") as refused:
            files.load(SPOT)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        '{"date": 1}',
        "[1, 2]",
        "[[1, 2, 3]]",
        '[[1, "a", 2, 3, 4, 5]]',
        "[[1, 2, 3, 4, 5, 6], [1]]",
        "[[null]]",
    ],
)
def test_json_that_has_no_candles_is_refused(tmp_path, content):
    (tmp_path / "ADA_USDT-5m.json").write_text(content)
    with pytest.raises(DataError, match=r"ADA_USDT-5m\.json"):
        CandleFiles(tmp_path, "json").load(SPOT)


def test_foreign_files_are_no_series(tmp_path):
    for name in (
        "notes.feather",
        "BTC_USDT-5x.feather",
        "BTC_USDT-5m-guess.feather",
        "BTC_USDT-trades.feather",
    ):
        (tmp_path / name).touch()
    assert CandleFiles(tmp_path, "feather").keys(futures=False) == []


def test_what_cannot_be_written_leaves_the_old_file(tmp_path, monkeypatch):
    files = CandleFiles(tmp_path, "feather")
    files.save(SPOT, made(5))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(candles_module.os, "fsync", full)
    with pytest.raises(DataError, match="No space left on device"):
        files.save(SPOT, made(9))
    assert len(files.load(SPOT)) == 5
    assert [file.name for file in tmp_path.iterdir()] == ["ADA_USDT-5m.feather"]


def test_what_a_killed_program_was_writing_is_removed(tmp_path):
    shutil.copytree(WRITTEN, tmp_path, dirs_exist_ok=True)
    for place in (tmp_path, tmp_path / "futures"):
        (place / ".ADA_USDT-5m.feather.x1.part").write_bytes(b"half")
    before = sum(1 for _ in WRITTEN.rglob("*"))
    assert len(list(remove_unfinished(tmp_path))) == 2
    assert sum(1 for _ in tmp_path.rglob("*")) == before


def test_what_another_program_is_writing_stays(tmp_path, monkeypatch):
    def replace(source, target):
        assert list(remove_unfinished(tmp_path)) == []
        assert Path(source).exists()

    monkeypatch.setattr(candles_module.os, "replace", replace)
    CandleFiles(tmp_path, "feather").save(CandleKey("ADA/USDT", "5m"), np.zeros((1, 6)))
    assert len(list(remove_unfinished(tmp_path))) == 1


def test_a_file_that_may_not_be_read_is_one_line(tmp_path):
    (tmp_path / "ADA_USDT-5m.feather").mkdir()
    with pytest.raises(DataError, match="Is a directory"):
        candles_module.read_table(tmp_path / "ADA_USDT-5m.feather", "feather", ())
