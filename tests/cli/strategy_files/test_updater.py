"""`strategy-updater` rewrites files in place, keeps them as they were, and runs none of them."""

import shutil
from pathlib import Path
from typing import Any

import pytest

OLD_STYLE = Path(__file__).parents[2] / "data/strategies/old_style.py"


@pytest.fixture
def strategies(folder: Path) -> Path:
    place = folder / "user_data" / "strategies"
    place.mkdir(parents=True)
    return place


def test_an_unknown_strategy_is_an_error_and_nothing_is_changed(appliance: Any, strategies: Path) -> None:
    shutil.copy(OLD_STYLE, strategies)
    outcome = appliance("strategy-updater", "--strategy-list", "OldStyle", "NewStyle", "OldestStyle")
    assert outcome.status == 2
    assert outcome.err == (
        "error: --strategy-list: there is no NewStyle, OldestStyle; see `list-strategies`\n"
    )
    assert (strategies / OLD_STYLE.name).read_bytes() == OLD_STYLE.read_bytes()


def test_a_file_that_is_not_python_is_left_and_the_others_are_updated(
    appliance: Any, strategies: Path
) -> None:
    shutil.copy(OLD_STYLE, strategies)
    (strategies / "broken.py").write_text("class A(IStrategy): pass pass\n")
    (strategies / "binary.py").write_bytes(b"class B(IStrategy): pass\n\0\xff")
    outcome = appliance("strategy-updater")
    assert outcome.status == 2
    assert f"{strategies}/broken.py:1: left as it is: invalid syntax" in outcome.err
    assert f"{strategies}/binary.py" in outcome.err
    assert f"{strategies}/old_style.py: 19 changes" in outcome.out


def test_the_file_as_it_was_is_kept_and_never_overwritten(
    appliance: Any, folder: Path, strategies: Path
) -> None:
    backups = folder / "user_data" / "strategies_orig_updater"
    file = Path(shutil.copy(OLD_STYLE, strategies))
    file.chmod(0o640)
    assert appliance("strategy-updater").status == 0
    assert file.stat().st_mode & 0o777 == 0o640
    first = file.read_bytes()
    assert appliance("strategy-updater").out == f"{file}: nothing to change\n"
    file.write_bytes(first + b"    sell_profit_only = True\n")
    assert appliance("strategy-updater", "--strategy-list", "OldStyle").status == 0
    assert {copy.name for copy in backups.iterdir()} == {"old_style.py", "old_style-2.py"}
    assert (backups / "old_style.py").read_bytes() == OLD_STYLE.read_bytes()


def test_without_strategies_there_is_nothing_to_do(appliance: Any) -> None:
    outcome = appliance("strategy-updater")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "There are no strategies\n")


def test_an_updated_strategy_loads(appliance: Any, strategies: Path) -> None:
    shutil.copy(OLD_STYLE, strategies)
    appliance("strategy-updater")
    assert "old_style.py\tOK" in appliance("list-strategies").out
