"""Strategies are found by class name or file, loaded afresh each time, and told apart from broken ones."""

import base64
import os
import subprocess
import sys

import pytest

from appliance.domain.errors import StrategyError, StrategyNotFound
from appliance.strategy.loading.loader import SAMPLES, list_strategies, load_strategy, search_folders
from tests.strategy.answers import STRATEGIES


def load(name, folder, **config):
    return load_strategy(name, dirs=[folder], config={"stake_currency": "USDT", **config})


# -- what goes wrong ---------------------------------------------------------------------------------------


def test_an_unknown_strategy_lists_the_known_ones_nearest_first(write, tmp_path):
    write("Alpha")
    write("ScalpBot")
    with pytest.raises(StrategyNotFound, match=r"'ScalpBt'.*Available: ScalpBot, Alpha$"):
        load("ScalpBt", tmp_path)


def test_no_strategy_at_all_says_how_to_name_one(tmp_path):
    with pytest.raises(StrategyNotFound, match="use --strategy"):
        load("", tmp_path)
    with pytest.raises(StrategyNotFound, match="no strategies in these folders"):
        load("Any", tmp_path / "missing")


def test_a_syntax_error_names_file_and_line(tmp_path):
    (tmp_path / "typo.py").write_text(
        "from freqtrade.strategy import IStrategy\nclass Typo(IStrategy):\n  x = = 1\n"
    )
    with pytest.raises(StrategyError, match=r"typo\.py:3: SyntaxError"):
        load("Typo", tmp_path)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("import no_such_module_x", "needs the Python module 'no_such_module_x', which was not found"),
        ("import stable_baselines3", "run `appliance packages install stable-baselines3`"),
        ("from technical import indicators", "run `appliance packages install technical`"),
        ("import msgspec.nothing", "ModuleNotFoundError: No module named 'msgspec.nothing'"),
        ("from freqtrade.strategy import NoSuchName", "ImportError: cannot import name 'NoSuchName'"),
        ("import freqtrade.freqai.prediction", "'freqtrade.freqai' is not available to strategies"),
        ("undefined_name", "NameError"),
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
    ],
)
def test_a_file_that_fails_to_run_names_file_line_and_reason(write, tmp_path, statement, reason):
    write(before=statement)
    with pytest.raises(StrategyError, match=rf"mine\.py:4: .*{reason}"):
        load("Mine", tmp_path)


def test_the_line_in_a_module_beside_it_is_named_where_that_fails(write, tmp_path):
    (tmp_path / "lines.py").write_text("\n\nbroken(\n")
    write(before="import lines")
    with pytest.raises(StrategyError, match=r"lines\.py:3: SyntaxError"):
        load("Mine", tmp_path)


def test_a_class_before_the_error_counts(write, tmp_path, caplog):
    path = write()
    path.write_text(path.read_text() + "\nfrom nowhere_at_all import nothing\n")
    assert load("Mine", tmp_path).get_strategy_name() == "Mine"
    assert "nowhere_at_all" in caplog.text


def test_a_strategy_whose_init_fails_is_reported(write, tmp_path):
    write(attributes="def __init__(self, config): raise KeyError('no_such_setting')")
    with pytest.raises(StrategyError, match=r"mine\.py: Mine cannot be created: KeyError: 'no_such_setting'"):
        load("Mine", tmp_path)


def test_a_strategy_without_signals_is_refused(tmp_path):
    (tmp_path / "bare.py").write_text(
        "from freqtrade.strategy import IStrategy\nclass Bare(IStrategy):\n    timeframe = '5m'\n"
    )
    with pytest.raises(StrategyError, match="populate_indicators and populate_entry_trend and populate_exit"):
        load("Bare", tmp_path)


def test_two_ways_of_adjusting_orders_are_refused(write, tmp_path):
    write(attributes="adjust_order_price = adjust_entry_price = lambda self, **kwargs: None")
    with pytest.raises(StrategyError, match="it defines adjust_order_price, which replaces"):
        load("Mine", tmp_path)


def test_a_class_that_is_only_imported_does_not_count(write, tmp_path):
    write("Base")
    (tmp_path / "child.py").write_text("from base import Base\n")
    with pytest.raises(StrategyNotFound, match="found: none"):
        load("child.py", tmp_path)


# -- what works --------------------------------------------------------------------------------------------


def test_a_strategy_is_found_by_class_name_or_by_file(write, tmp_path):
    path = write("Alpha", file="anything.py")
    assert load("Alpha", tmp_path).__file__ == str(path)
    assert load("anything.py", tmp_path).get_strategy_name() == "Alpha"
    assert load(str(path), tmp_path / "elsewhere").get_strategy_name() == "Alpha"


def test_a_strategy_may_come_as_text(write):
    text = base64.urlsafe_b64encode(write("Sent").read_bytes()).decode()
    assert load(f"Sent:{text}", STRATEGIES).get_strategy_name() == "Sent"


def test_a_space_before_the_bracket_is_no_obstacle(write, tmp_path):
    path = write("Spaced")
    path.write_text(path.read_text().replace("class Spaced(", "class Spaced ("))
    assert load("Spaced", tmp_path)


def test_a_base_class_in_a_file_beside_it_is_inherited(write, tmp_path):
    write("Base", attributes="stoploss = -0.33")
    (tmp_path / "child.py").write_text("from base import Base\nclass Child(Base):\n    timeframe = '15m'\n")
    child = load("Child", tmp_path)
    assert (child.timeframe, child.stoploss) == ("15m", -0.33)


def test_the_first_folder_wins_and_the_bundled_sample_comes_last(write, tmp_path):
    user = tmp_path / "user"
    (user / "strategies" / "deep").mkdir(parents=True)
    assert search_folders(user, tmp_path) == [tmp_path, user / "strategies", SAMPLES]
    assert user / "strategies" / "deep" in search_folders(user, recursive=True)
    own = write("SampleStrategy", file="sample.py")
    found = load_strategy("SampleStrategy", dirs=search_folders(user, tmp_path), config={})
    assert found.__file__ == str(own)


def test_loading_again_reads_the_changed_file_and_the_changed_module_beside_it(write, tmp_path):
    helper = tmp_path / "lines.py"
    helper.write_text("LEVEL = 1\n")
    path = write(before="from lines import LEVEL", attributes="level = LEVEL; own = 1")
    assert (load("Mine", tmp_path).level, load("Mine", tmp_path).own) == (1, 1)
    # Same size and perhaps the same second: what Python caches by must not matter.
    stamp = path.stat().st_mtime_ns
    helper.write_text("LEVEL = 2\n")
    path.write_text(path.read_text().replace("own = 1", "own = 2"))
    for changed in (helper, path):
        os.utime(changed, ns=(stamp, stamp))
    assert (load("Mine", tmp_path).level, load("Mine", tmp_path).own) == (2, 2)


def test_a_failed_reload_leaves_what_is_imported_as_it_was(write, tmp_path):
    (tmp_path / "lines.py").write_text("LEVEL = 1\n")
    path = write(before="import lines")
    load("Mine", tmp_path)
    kept = sys.modules["lines"]
    path.write_text("def broken(:\n")
    with pytest.raises(StrategyError):
        load("mine.py", tmp_path)
    assert sys.modules["lines"] is kept


def test_modules_of_one_strategy_are_not_those_of_another(write, tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for number, folder in enumerate(folders):
        folder.mkdir()
        (folder / "lines.py").write_text(f"LEVEL = {number}\n")
        write(file=f"{folder.name}/mine.py", before="from lines import LEVEL", attributes="level = LEVEL")
    assert [load("Mine", folder).level for folder in folders] == [0, 1]


def test_dataclasses_and_deferred_annotations_work_in_a_strategy_file(write, tmp_path):
    path = write(before="from dataclasses import dataclass\n@dataclass\nclass Level:\n    value: float = 1.5")
    path.write_text("from __future__ import annotations\n" + path.read_text())
    assert load("Mine", tmp_path)


# -- listing -----------------------------------------------------------------------------------------------


def test_listing_names_each_strategy_and_one_broken_file_hides_no_other(write, tmp_path):
    write("Good")
    write("Twin", file="a_twin.py")
    write("Twin", file="b_twin.py")
    write("Broken", before="import no_such_module_x")
    (tmp_path / "typo.py").write_text("class Typo(IStrategy:\n")
    (tmp_path / "lines.py").write_text("LEVEL = 1\n")
    (tmp_path / "notes.txt").write_text("no strategy")
    found = {
        (entry.name, entry.file.rpartition("/")[2]): entry.status for entry in list_strategies([tmp_path])
    }
    assert found["Good", "good.py"] == "OK"
    assert found["Twin", "a_twin.py"] == "OK"
    assert "a strategy with the same name in" in found["Twin", "b_twin.py"]
    assert "broken.py:4: it needs the Python module 'no_such_module_x'" in found["Broken", "broken.py"]
    assert "typo.py:1: SyntaxError" in found["", "typo.py"]
    assert len(found) == 5


def test_listing_leaves_nothing_imported(write, tmp_path):
    (tmp_path / "lines_of_listing.py").write_text("LEVEL = 1\n")
    write("OnlyListed", before="import lines_of_listing")
    assert [entry.status for entry in list_strategies([tmp_path, tmp_path / "missing"])] == ["OK"]
    assert "lines_of_listing" not in sys.modules
    assert "onlylisted" not in sys.modules


def test_every_strategy_of_the_tests_and_the_bundled_one_is_ok():
    assert {entry.status for entry in list_strategies([STRATEGIES, SAMPLES])} == {"OK"}


def test_what_is_needed_to_look_for_strategies_is_light():
    """pandas and TA-Lib come with the first strategy that imports them, not with the program."""
    heavy = "[name for name in ('pandas', 'numpy', 'talib') if name in sys.modules]"
    code = f"import sys, appliance.strategy.loading.loader; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
