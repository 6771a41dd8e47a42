"""`new-strategy` writes a file that loads at once, and overwrites none."""

from pathlib import Path
from typing import Any

import pytest

from appliance.strategy.new_strategy import TEMPLATES


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "--strategy: missing"),
        (("-s", "two words"), 'expected the name of a class, such as MyStrategy, found "two words"'),
        (("-s", "class"), 'found "class"'),
        (("-s", "../Evil"), 'found "../Evil"'),
        (("-s", "Mine", "--template", "huge"), "'huge' is not one of"),
    ],
)
def test_a_name_that_no_class_can_have_is_an_error(
    appliance: Any, folder: Path, arguments: tuple[str, ...], reason: str
) -> None:
    outcome = appliance("new-strategy", *arguments)
    assert outcome.status == 2
    assert reason in outcome.err
    assert list(folder.rglob("*.py")) == []


def test_a_strategy_is_not_overwritten(appliance: Any, folder: Path) -> None:
    assert appliance("new-strategy", "-s", "Mine").status == 0
    file = folder / "user_data" / "strategies" / "Mine.py"
    file.write_text("# weeks of work\n")
    outcome = appliance("new-strategy", "-s", "Mine", "--template", "minimal")
    assert (outcome.status, file.read_text()) == (2, "# weeks of work\n")
    assert "exists already; choose another name with --strategy" in outcome.err


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_written_can_be_loaded(appliance: Any, folder: Path, template: str) -> None:
    outcome = appliance("new-strategy", "-s", "Mine", "--template", template, "--strategy-path", "mine")
    assert (outcome.status, outcome.err) == (0, "Wrote mine/Mine.py\n")
    listed = appliance("list-strategies", "--strategy-path", "mine").out
    assert f"Mine\t{folder}/mine/Mine.py\tOK" in listed or "Mine\tmine/Mine.py\tOK" in listed
