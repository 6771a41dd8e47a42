"""Results on disk are found and read; what is wrong with them is one line."""

import json
import shutil
import zipfile

import pytest

from appliance.domain.errors import DataError
from appliance.research.results import read


@pytest.fixture
def folder(spot, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(spot.written.file.parent, folder)
    return folder


def only(folder):
    return next(folder.glob("*.zip"))


def test_freqtrades_result_is_read(folder, spot):
    file = read.find_result(folder)
    result = read.load_result(file)
    assert result.strategy == spot.written.stored["strategy"]
    assert result.strategy_comparison == spot.written.stored["strategy_comparison"]
    assert result.metadata == spot.written.metadata
    assert result.warnings == {}


def test_a_result_has_a_name_with_or_without_its_ending_or_a_path(folder, tmp_path):
    file = only(folder)
    for name in (file.name, file.stem, str(file), str(file.with_suffix(""))):
        assert read.find_result(folder, name) == file
    assert read.find_result(tmp_path, str(folder)) == file


def test_json_alone_is_read_too(folder, spot):
    file = folder / "backtest-result-2022-01-01_00-00-00.json"
    file.write_text(json.dumps(spot.written.stored))
    assert list(read.load_result(file).strategy) == ["Tagged", "Idle"]
    assert read.load_result(file).metadata == {}
    assert read.result_files(folder)[-1] == file


def test_metadata_are_no_results(folder):
    assert read.result_files(folder) == [only(folder)]


def spoil(file, content):
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder: shutil.rmtree(folder), "does not exist: run `backtesting` first"),
        (lambda folder: (folder / ".last_result.json").unlink(), "has no .last_result.json: name a result"),
        (lambda folder: spoil(folder / ".last_result.json", b"{"), ".last_result.json cannot be read"),
        (lambda folder: spoil(folder / ".last_result.json", b"{}"), "has no 'latest_backtest'"),
        (lambda folder: only(folder).unlink(), "does not exist, but"),
    ],
)
def test_a_last_result_that_is_not_there_is_explained(folder, change, said):
    change(folder)
    with pytest.raises(DataError, match=said):
        read.find_result(folder)


def test_the_newest_result_is_named(folder):
    with pytest.raises(DataError, match=f"--backtest-filename; the newest is {only(folder).name}"):
        read.find_result(folder, "other.zip")


@pytest.mark.parametrize("kept", [0, 10, 1000, -30])
def test_a_damaged_file_is_one_line(folder, kept):
    file = only(folder)
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(DataError, match="it is damaged; remove it"):
        read.load_result(file)
    with pytest.raises(DataError, match="it is damaged; remove it"):
        list(read.members(file))


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"strategy": []}'])
def test_other_json_is_no_result(folder, content):
    file = folder / "other.json"
    file.write_bytes(content)
    with pytest.raises(DataError, match="is not a result of a backtest"):
        read.load_result(file)


def test_a_zip_file_without_the_result_is_one_line(folder):
    file = folder / "other.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x", "y")
    with pytest.raises(DataError, match=r"has no part other\.json"):
        read.load_result(file)


def test_damaged_metadata_are_one_line(folder):
    file = only(folder)
    file.with_name(f"{file.stem}.meta.json").write_text("{")
    with pytest.raises(DataError, match=r"\.meta\.json cannot be read"):
        read.load_metadata(file)
