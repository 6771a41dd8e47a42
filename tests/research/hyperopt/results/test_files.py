import json
from datetime import UTC, datetime

import pytest

from appliance.domain.errors import DataError
from appliance.research.hyperopt.results.files import LAST, find_file, name_last, new_file


def test_two_searches_of_a_second_have_two_files(tmp_path):
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    first = new_file(tmp_path, "Mine", moment)
    assert first.name == "strategy_Mine_2026-01-02_03-04-05.fthypt"
    first.touch()
    assert new_file(tmp_path, "Mine", moment).name == "strategy_Mine_2026-01-02_03-04-06.fthypt"


@pytest.mark.parametrize("content", [None, "{", "[]", '{"latest_hyperopt": "gone.fthypt"}'])
def test_without_a_last_search_the_error_says_what_to_do(tmp_path, content):
    if content is not None:
        (tmp_path / LAST).write_text(content)
    with pytest.raises(DataError, match=r"run `hyperopt` first|--hyperopt-filename"):
        find_file(tmp_path)


def test_the_last_search_is_found_and_others_by_their_names(tmp_path):
    files = [tmp_path / f"strategy_{name}.fthypt" for name in ("A", "B")]
    for file in files:
        file.touch()
        name_last(file)
    assert json.loads((tmp_path / LAST).read_text()) == {"latest_hyperopt": "strategy_B.fthypt"}
    assert find_file(tmp_path) == files[1]
    for name in ("strategy_A", "strategy_A.fthypt", str(files[0])):
        assert find_file(tmp_path, name) == files[0]
    with pytest.raises(DataError, match=r"there are strategy_A.fthypt, strategy_B.fthypt"):
        find_file(tmp_path, "strategy_C")
