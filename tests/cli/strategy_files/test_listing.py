import json
from pathlib import Path
from typing import Any

import pytest

GOOD = """
from freqtrade.strategy import IStrategy


class Good(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    stoploss = -0.1
    minimal_roi = {"0": 0.1}

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""
BROKEN = (
    "from freqtrade.strategy import IStrategy\n\n\nclass Broken(IStrategy):\n    stoploss = undefined_name\n"
)


@pytest.fixture(autouse=True)
def strategies(folder: Path) -> Path:
    there = folder / "user_data" / "strategies"
    there.mkdir(parents=True)
    (there / "good.py").write_text(GOOD)
    (there / "broken.py").write_text(BROKEN)
    return there


def test_a_broken_file_is_reported_with_file_and_line_and_hides_no_other(appliance: Any) -> None:
    outcome = appliance("list-strategies")
    assert outcome.status == 0
    rows = {row[0]: row[1:] for row in (line.split("\t") for line in outcome.out.splitlines())}
    assert rows["Good"][1] == "OK"
    assert rows["Good"][0].endswith("good.py")
    assert "broken.py:5" in rows["Broken"][1]
    assert "undefined_name" in rows["Broken"][1]


def test_one_column_has_the_names_only(appliance: Any) -> None:
    assert {"Good", "Broken"} <= set(appliance("list-strategies", "-1").out.split())


def test_one_column_names_broken_files_on_stderr(appliance: Any, strategies: Path) -> None:
    (strategies / "typo.py").write_text("class (:\n")
    outcome = appliance("list-strategies", "-1")
    assert "" not in outcome.out.splitlines()
    assert "typo.py:1" in outcome.err


def test_a_strategy_without_a_stoploss_is_not_ok(appliance: Any, folder: Path, strategies: Path) -> None:
    (strategies / "bare.py").write_text(GOOD.replace("Good", "Bare").replace("    stoploss = -0.1\n", ""))

    def status() -> str:
        listed = json.loads(appliance("list-strategies", "--json").out)
        return next(row["status"] for row in listed if row["name"] == "Bare")

    assert "Bare: stoploss: expected a ratio below 0" in status()
    (folder / "user_data" / "config.json").write_text('{"stoploss": -0.1}')
    assert status() == "OK"


def test_json_has_name_file_and_status(appliance: Any) -> None:
    listed = json.loads(appliance("list-strategies", "--json").out)
    assert {"name", "file", "status"} == set(listed[0])
    assert ("Good", "OK") in [(row["name"], row["status"]) for row in listed]


def test_a_sample_that_was_copied_is_listed_once(appliance: Any) -> None:
    appliance("create-userdir")
    listed = json.loads(appliance("list-strategies", "--json").out)
    names = [row["name"] for row in listed]
    assert len(names) == len(set(names))
    assert all(row["status"] == "OK" for row in listed if row["name"] != "Broken")


def test_other_folders_are_looked_through_too(appliance: Any, folder: Path, strategies: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere/other.py").write_text(GOOD.replace("Good", "Other"))
    (strategies / "deep").mkdir()
    (strategies / "deep/deep.py").write_text(GOOD.replace("Good", "Deep"))
    names = appliance("list-strategies", "-1", "--strategy-path", "elsewhere").out.split()
    assert "Other" in names
    assert "Deep" not in names
    assert "Deep" in appliance("list-strategies", "-1", "--recursive-strategy-search").out.split()
