"""Stored searches by their names."""

from datetime import UTC, datetime

import pytest

from appliance.domain.errors import NotFound
from appliance.research.hyperopt.results.folder import begun, search_files, search_named

NAME = "strategy_{}_2026-11-0{}_10-00-00"


def test_searches_are_listed_by_when_they_began(tmp_path):
    names = [NAME.format(strategy, day) for strategy, day in (("B", 1), ("A", 3), ("C", 2))]
    for name in (*names, "other"):
        (tmp_path / f"{name}.fthypt").touch()
    assert [file.stem for file in search_files(tmp_path)] == [names[1], names[2], names[0]]
    assert begun(search_files(tmp_path)[0]) == datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert begun(tmp_path / "strategy_Mine.fthypt") is None
    assert search_files(tmp_path / "missing") == []


@pytest.mark.parametrize("name", ["../strategy_x", "strategy_a/b", "strategy_", "x", "strategy_x\0", "*"])
def test_what_is_no_name_finds_nothing(tmp_path, name):
    with pytest.raises(NotFound):
        search_named(tmp_path, name)
