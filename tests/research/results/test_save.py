"""Files of a result: what freqtrade writes, whole or not at all, whenever the program is killed."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.domain.errors import DataError
from appliance.research.results import read
from appliance.research.results.folder import LAST_RESULT
from appliance.research.results.save import Target, save_results

MOMENT = datetime(2025, 12, 1, 3, 4, 5, tzinfo=UTC)
CONFIGURED = {"stake_currency": "USDT", "exchange": {"name": "binance", "key": "abcdef", "secret": "ghijkl"}}


@pytest.fixture
def target(tmp_path):
    return Target(folder=tmp_path / "results", moment=MOMENT, configured=CONFIGURED, export="signals")


def save(result, spot, target):
    return save_results(result, spot.runs, spot.market, target)


def other(target, **changes):
    fields = {name: getattr(target, name) for name in Target.__struct_fields__}
    return Target(**{**fields, **changes})


def test_the_parts_are_freqtrades(result, spot, target, tmp_path):
    source = tmp_path / "tagged.py"
    source.write_bytes(spot.written.members["_Tagged.py"])
    target = other(target, cached_sources={"Tagged": source, "Idle": source})
    file = save(result, spot, target)
    assert file.name == "backtest-result-2025-12-01_03-04-05.zip"
    assert json.loads((file.parent / LAST_RESULT).read_text()) == {"latest_backtest": file.name}
    with zipfile.ZipFile(file) as archive:
        ours = [name.removeprefix(file.stem) for name in archive.namelist()]
    assert [name for name in ours if name != "_warnings.json"] == [".json", *spot.written.members]
    assert read.load_metadata(file) == spot.written.metadata


def test_what_was_saved_is_read_again(result, spot, target):
    file = save(result, spot, target)
    assert read.find_result(target.folder) == file
    again = read.load_result(file)
    assert list(again.strategy) == ["Tagged", "Idle"]
    assert again.strategy["Tagged"]["profit_total"] == result.strategy["Tagged"]["profit_total"]
    assert again.warnings == result.warnings


def test_secrets_are_not_saved(result, spot, target):
    file = save(result, spot, target)
    stored = json.loads(read.member(file, "_config.json"))
    assert stored["exchange"] == {"name": "binance", "key": "REDACTED", "secret": "REDACTED"}


def test_nothing_is_exported_if_nothing_is_wanted(result, spot, target):
    assert save(result, spot, other(target, export="none")) is None
    assert not target.folder.exists()


def test_candles_of_signals_are_saved_only_on_demand(result, spot, target):
    file = save(result, spot, other(target, export="trades"))
    assert not [name for name in read.members(file) if name.endswith(".pkl")]


def test_two_results_of_one_second_are_both_kept(result, spot, target):
    first, second = save(result, spot, target), save(result, spot, target)
    assert second.name == "backtest-result-2025-12-01_03-04-06.zip"
    assert first.exists()
    assert read.find_result(target.folder) == second


def test_parameters_of_strategies_are_saved_with_them(result, spot, target, tmp_path):
    (tmp_path / "tagged.py").write_text("# code")
    (tmp_path / "tagged.json").write_text('{"strategy_name": "Tagged"}')
    file = save(result, spot, other(target, cached_sources={"Tagged": tmp_path / "tagged.py"}))
    assert read.member(file, "_Tagged.json") == b'{"strategy_name": "Tagged"}'


def test_a_source_that_is_gone_is_left_out(result, spot, target, tmp_path):
    file = save(result, spot, other(target, cached_sources={"Tagged": tmp_path / "gone.py"}))
    assert "_Tagged.py" not in read.members(file)


def test_what_killed_programs_left_long_ago_is_removed(result, spot, target):
    target.folder.mkdir()
    old, new = target.folder / ".old.zip.x.part", target.folder / ".new.zip.x.part"
    for file, age in ((old, timedelta(days=2)), (new, timedelta(minutes=1))):
        file.touch()
        os.utime(file, ((MOMENT - age).timestamp(),) * 2)
    save(result, spot, target)
    assert not old.exists()
    assert new.exists()


def test_a_folder_that_cannot_be_written_is_one_line(result, spot, target):
    target.folder.parent.joinpath("results").write_text("a file")
    with pytest.raises(DataError, match="cannot be written"):
        save(result, spot, target)


SAVING = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from appliance.research.results.read import load_result
from appliance.research.results.run import Market
from appliance.research.results.save import Target, save_results

result = load_result(Path(sys.argv[1]))
print("ready", flush=True)
for second in range(10_000):
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    target = Target(folder=Path(sys.argv[2]), moment=moment, configured={})
    save_results(result, [], Market((), None), target)
"""


@pytest.mark.slow
def test_a_kill_leaves_every_result_whole(spot, tmp_path):
    """Kill a program that saves one result after the other, at thirty moments."""
    for attempt in range(30):
        folder = tmp_path / str(attempt)
        arguments = [sys.executable, "-c", SAVING, str(spot.written.file), str(folder)]
        root = Path(__file__).parents[3]
        with subprocess.Popen(arguments, cwd=root, stdout=subprocess.PIPE) as process:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(0.02 + attempt * 0.0037)  # a moment that no other attempt had
            process.send_signal(signal.SIGKILL)
        for file in read.result_files(folder):
            assert list(read.load_result(file).strategy) == ["Tagged", "Idle"]
        if (folder / LAST_RESULT).exists():
            last = read.find_result(folder)
            assert list(read.load_result(last).metadata) == ["Tagged", "Idle"]


def test_files_may_be_read_by_others(result, spot, target):
    file = save(result, spot, target)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
