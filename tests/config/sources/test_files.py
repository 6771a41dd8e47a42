from pathlib import Path
from typing import Any

import pytest

from appliance.config.sources.files import gather_files, merged
from appliance.domain.errors import ConfigurationError


def problems(*names: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        gather_files(names)
    return caught.value.problems


def test_a_missing_file_is_reported_with_what_to_do() -> None:
    (problem,) = problems("nowhere.json")
    assert problem.startswith("nowhere.json: no such file")
    assert "new-config" in problem


def test_all_files_that_cannot_be_read_are_reported(write: Any, folder: Path) -> None:
    write("{", "broken.json")
    write("[]", "list.json")
    (folder / "latin.json").write_bytes(b'{"a": "\xe9"}')
    (folder / "folder.json").mkdir()
    lines = problems("broken.json", "list.json", "latin.json", "folder.json")
    assert [line.partition(":")[0] for line in lines] == [
        "broken.json",
        "list.json",
        "latin.json",
        "folder.json",
    ]
    assert "UTF-8" in lines[2]


def test_files_that_include_each_other_are_refused(write: Any) -> None:
    write({"add_config_files": ["b.json"]}, "a.json")
    write({"add_config_files": ["a.json"]}, "b.json")
    assert "circle" in problems("a.json")[0]


def test_add_config_files_must_be_names(write: Any) -> None:
    write('{\n"add_config_files": "b.json"}', "a.json")
    assert problems("a.json") == ("a.json:2:1: add_config_files: expected a list of file names",)


def test_later_files_win_key_by_key(write: Any) -> None:
    write({"stake_amount": 1, "exchange": {"name": "kraken", "pair_whitelist": ["A/B", "C/D"]}}, "one.json")
    write({"exchange": {"pair_whitelist": ["E/F"]}, "fee": None}, "two.json")
    gathered = gather_files(["one.json", "two.json"])
    assert gathered.values == {
        "stake_amount": 1,
        "exchange": {"name": "kraken", "pair_whitelist": ["E/F"]},
        "fee": None,
    }
    assert gathered.place(("exchange", "name")).startswith("one.json:")
    assert gathered.place(("exchange", "pair_whitelist", 1)).startswith("two.json:")


def test_an_included_file_lies_below_the_one_that_names_it(write: Any) -> None:
    write({"fee": 1, "dry_run": True, "add_config_files": ["more/b.json", "more/c.json"]}, "sub/a.json")
    write({"fee": 2, "timeframe": "1m", "bot_name": "b"}, "sub/more/b.json")
    write({"timeframe": "5m"}, "sub/more/c.json")
    gathered = gather_files(["sub/a.json"])
    assert {key: gathered.values[key] for key in ("fee", "timeframe", "bot_name")} == {
        "fee": 1,
        "timeframe": "5m",
        "bot_name": "b",
    }
    assert gathered.files == [Path("sub/a.json"), Path("sub/more/b.json"), Path("sub/more/c.json")]


def test_standard_input_can_be_given_as_text() -> None:
    gathered = gather_files(["-"], stdin='{"fee": 0.1}')
    assert gathered.values == {"fee": 0.1}
    assert gathered.place(("fee",)) == "stdin:1:2"


def test_merging_leaves_both_sides_alone() -> None:
    below, above = {"a": {"b": 1}, "c": 5}, {"a": {"d": 2}, "c": {"e": 3}}
    assert merged(below, above) == {"a": {"b": 1, "d": 2}, "c": {"e": 3}}
    assert (below, above) == ({"a": {"b": 1}, "c": 5}, {"a": {"d": 2}, "c": {"e": 3}})
