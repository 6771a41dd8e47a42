"""Trials of earlier searches."""

import json
from pathlib import Path

from appliance.research.credibility.earlier import earlier_trials


def search(folder: Path, name: str, first_ms: int, last_ms: int, epochs: int) -> Path:
    file = folder / name
    metrics = {"backtest_start_ts": first_ms, "backtest_end_ts": last_ms}
    file.write_text(f"{json.dumps({'results_metrics': metrics})}\n" * epochs)
    return file


def test_files_that_are_none_of_a_search_count_nothing(tmp_path: Path) -> None:
    this = search(tmp_path, "strategy_Mine_2.fthypt", 0, 100, 5)
    (tmp_path / "strategy_Mine_1.fthypt").write_text("[]\n{\n")
    (tmp_path / "strategy_Mine_0.fthypt").mkdir()
    assert earlier_trials(this, "Mine", 0, 100) == 0


def test_only_searches_of_the_strategy_on_the_same_time_count(tmp_path: Path) -> None:
    this = search(tmp_path, "strategy_Mine_5.fthypt", 100, 200, 5)
    search(tmp_path, "strategy_Mine_1.fthypt", 150, 300, 7)
    search(tmp_path, "strategy_Mine_2.fthypt", 0, 100, 11)
    search(tmp_path, "strategy_Mine_3.fthypt", 0, 99, 1000)
    search(tmp_path, "strategy_Other_4.fthypt", 100, 200, 1000)
    assert earlier_trials(this, "Mine", 100, 200) == 18
