"""Windows on disk."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.domain.errors import ConfigurationError, DataError
from appliance.research.walkforward.folder import WalkFolder
from tests.research.walkforward.made import nothing_found, results

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TERMS = {"strategy": "Mine", "epochs": 20, "spaces": ["buy"], "fee": 0.001}


def begun(results: Path, strategy: str = "Mine") -> WalkFolder:
    folder = WalkFolder.new(results, strategy, MOMENT)
    folder.begin(TERMS)
    return folder


def test_without_an_interrupted_walk_there_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    (folder.path / "report.json").write_text("{}")
    begun(tmp_path, "Other")
    with pytest.raises(ConfigurationError, match="no walk of Mine that was interrupted"):
        WalkFolder.unfinished(tmp_path, "Mine")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"epochs": 30}, "epochs: .* began with 20 and cannot go on with 30"),
        ({"spaces": ["buy", "sell"]}, "spaces: .* began with"),
        ({"more": 1}, "more: .* began with None"),
    ],
)
def test_a_walk_goes_on_only_as_it_began(tmp_path: Path, changed: dict[str, object], text: str) -> None:
    folder = begun(tmp_path)
    folder.check(TERMS)
    with pytest.raises(ConfigurationError, match=text):
        folder.check({**TERMS, **changed})


def test_a_damaged_window_is_named(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    (folder.path / "window-001.json").write_text("{")
    with pytest.raises(DataError, match=r"window-001\.json cannot be read .*remove it"):
        folder.results()


def test_two_walks_of_the_same_second_have_folders_of_their_own(tmp_path: Path) -> None:
    one, other = (begun(tmp_path).path for _ in range(2))
    assert one != other
    assert WalkFolder.unfinished(tmp_path, "Mine").path == other


def test_windows_come_back_as_they_were_stored(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    first, second = results([0.1, 0.2], [0.3])
    stored = [first, nothing_found(second)]
    for one in stored:
        folder.save(one)
    assert WalkFolder(folder.path).results() == {1: stored[0], 2: stored[1]}


def test_the_epochs_of_a_window_go_once_it_is_stored(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    folder.unfinished_search(1).write_text("")
    folder.save(results([0.1])[0])
    assert sorted(one.name for one in folder.path.iterdir()) == ["walk-forward.json", "window-001.json"]
