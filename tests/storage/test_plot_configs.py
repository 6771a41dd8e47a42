"""Plot configurations under names, as files."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.errors import NotFound, Refused, StorageError
from appliance.storage.plot_configs import FOLDER, LARGEST, MOST, PlotConfigs, parsed

CONFIG = {"main_plot": {"ema": {"color": "red"}}, "subplots": {}}


@pytest.fixture
def stored(tmp_path: Path) -> PlotConfigs:
    return PlotConfigs(tmp_path)


def test_what_is_saved_is_read_and_can_be_replaced_and_removed(stored: PlotConfigs, tmp_path: Path):
    stored.save("my own", CONFIG)
    stored.save("my own", CONFIG | {"subplots": {"RSI": {"rsi": {}}}})
    assert stored.read("my own")["subplots"] == {"RSI": {"rsi": {}}}
    stored.save("Alpha", CONFIG)
    assert stored.names() == ["Alpha", "my own"]
    assert sorted(file.name for file in (tmp_path / FOLDER).iterdir()) == ["Alpha.json", "my own.json"]
    stored.remove("my own")
    with pytest.raises(NotFound, match='no plot configuration "my own"'):
        stored.read("my own")
    with pytest.raises(NotFound):
        stored.remove("my own")


def test_without_a_folder_there_is_none(stored: PlotConfigs):
    assert stored.names() == []


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../up", "a/b", "a\\b", ".hidden", " blank ", "a" * 41, "a\0b"]
)
def test_what_could_lead_elsewhere_is_no_name(stored: PlotConfigs, name: str):
    for attempt in (stored.read, stored.remove, lambda name: stored.save(name, CONFIG)):
        with pytest.raises(Refused, match="a name has up to 40"):
            attempt(name)


@settings(max_examples=60, deadline=None)
@given(name=st.text(max_size=50))
def test_no_name_leaves_the_folder(tmp_path_factory, name: str):
    folder = tmp_path_factory.mktemp("data")
    try:
        PlotConfigs(folder).save(name, CONFIG)
    except (Refused, StorageError):
        return
    assert [file.parent for file in folder.rglob("*.json")] == [folder / FOLDER]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"other": 1}', "[" * 5000, '{"main_plot": "' + "x" * LARGEST + '"}']
)
def test_what_is_no_plot_configuration_is_refused(text: str):
    with pytest.raises(Refused):
        parsed(text, "the file")


def test_a_file_that_somebody_has_broken_is_reported(stored: PlotConfigs, tmp_path: Path):
    stored.save("one", CONFIG)
    (tmp_path / FOLDER / "one.json").write_text("{")
    with pytest.raises(Refused, match="is no JSON"):
        stored.read("one")


def test_a_disk_that_is_no_folder_is_an_error_that_says_so(stored: PlotConfigs, tmp_path: Path):
    (tmp_path / FOLDER).write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        stored.save("one", CONFIG)


def test_there_is_an_end_to_how_many(stored: PlotConfigs):
    for number in range(MOST):
        stored.save(f"n{number}", CONFIG)
    stored.save("n1", CONFIG)
    with pytest.raises(Refused, match="remove one first"):
        stored.save("another", CONFIG)
