"""`appliance backtesting`, from the command line to the result."""

import json
import zipfile

import pytest

from tests.support.research.backtests import Workspace, walk

ENTRIES = "dataframe.loc[dataframe.index % 50 == 0, 'enter_long'] = 1"
EXITS = "dataframe.loc[dataframe.index % 50 == 25, 'exit_long'] = 1"


@pytest.fixture
def workspace(folder):
    space = Workspace(folder / "user_data")
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        space.store(pair, walk(600, seed=seed))
    space.write_config()
    space.strategy(entries=ENTRIES, exits=EXITS)
    return space


def results(workspace, ending):
    return sorted((workspace.folder / "backtest_results").glob(f"*.{ending}"))


def statistics(file):
    with zipfile.ZipFile(file) as archive:
        return json.loads(archive.read(f"{file.stem}.json"))["strategy"]


def test_a_strategy_is_tested_and_the_result_stored(appliance, workspace):
    outcome = appliance("backtesting", "-s", "Mine", "--cache", "none")
    assert outcome.status == 0, outcome.err
    assert "Result for strategy Mine" in outcome.out
    (stored,) = results(workspace, "zip")
    (report,) = results(workspace, "html")
    assert outcome.err == f"Stored in {stored}\nStored in {report}\n"
    assert len(statistics(stored)["Mine"]["trades"]) == 24


def test_without_a_configuration_the_error_says_how_to_get_one(appliance, folder):
    outcome = appliance("backtesting", "-s", "SampleStrategy")
    assert outcome.status == 2
    assert "no configuration in" in outcome.err.splitlines()[0]
    assert "`new-config`" in outcome.err.splitlines()[0]
    assert "exchange.name: missing" in outcome.err


def test_nothing_is_stored_without_export(appliance, workspace):
    outcome = appliance("backtesting", "-s", "Mine", "--export", "none")
    assert outcome.status == 0
    assert outcome.err == ""
    assert results(workspace, "*") == []


def test_pairs_and_strategies_may_be_several(appliance, workspace):
    workspace.strategy("Other", entries=ENTRIES, exits=EXITS)
    outcome = appliance(
        *("backtesting", "--strategy-list", "Mine", "Other", "-i", "5m", "-p", "BTC/USDT", "--cache", "none")
    )
    assert outcome.status == 0, outcome.err
    (stored,) = results(workspace, "zip")
    assert {name: len(found["trades"]) for name, found in statistics(stored).items()} == {
        "Mine": 12,
        "Other": 12,
    }
    assert [file.name for file in results(workspace, "html")] == [
        f"{stored.stem}-Mine.html",
        f"{stored.stem}-Other.html",
    ]


def test_the_same_run_is_shown_from_its_result(appliance, workspace):
    again = ("backtesting", "-s", "Mine", "--timerange", "20250701-20250703")
    first = appliance(*again)
    workspace.strategy("Other")
    second = appliance(*again)
    assert second.out == first.out
    assert second.err == ""
    assert len(results(workspace, "zip")) == 1
    appliance(*again, "--stake-amount", "50")
    appliance(*again, "--cache", "none")
    assert len(results(workspace, "zip")) == 3


def test_signals_are_exported_with_their_indicators(appliance, workspace):
    workspace.strategy(indicators="dataframe['twice'] = dataframe['close'] * 2", entries=ENTRIES, exits=EXITS)
    assert appliance("backtesting", "-s", "Mine", "--export", "signals").status == 0
    (stored,) = results(workspace, "zip")
    with zipfile.ZipFile(stored) as archive:
        assert f"{stored.stem}_signals.pkl" in archive.namelist()


def test_a_failing_strategy_is_one_line(appliance, workspace):
    path = workspace.strategy(indicators="dataframe['x'] = missing")
    outcome = appliance("backtesting", "-s", "Mine")
    assert outcome.status == 2
    assert outcome.err == (
        f"error: Mine.populate_indicators for BTC/USDT failed at {path}:13: "
        "NameError: name 'missing' is not defined\n"
    )
    assert results(workspace, "*") == []


def test_warnings_are_shown_and_more_with_v(appliance, workspace):
    quiet = appliance("backtesting", "-s", "Mine", "-p", "BTC/USDT", "SOL/USDT", "--export", "none")
    assert quiet.err.splitlines() == ["warning: No candles in this range, the pairs are left out: SOL/USDT"]
    assert "info: " in appliance("backtesting", "-s", "Mine", "-v").err


def test_an_option_without_effect_says_so(appliance, workspace):
    outcome = appliance("backtesting", "-s", "Mine", "--export-filename", "x.json")
    assert "warning: --backtest-filename has no effect" in outcome.err


def test_the_log_file_has_all_lines(appliance, workspace, folder):
    assert appliance("backtesting", "-s", "Mine", "--logfile", "test.log").status == 0
    assert "appliance.research" in (folder / "test.log").read_text()


REALISTIC = ("--slippage", "0.001", "--spread", "0.002", "--volume-cap", "0.1", "--gaps-through-stops")
STATED = {"slippage": 0.001, "spread": 0.002, "volume_cap": 0.1, "gaps_through_stops": True}


def test_models_of_realism_are_stated_in_result_and_report(appliance, workspace):
    run = ("backtesting", "-s", "Mine", "--timerange", "20250701-20250703")
    appliance(*run)
    realistic = appliance(*run, *REALISTIC)
    assert realistic.status == 0, realistic.err
    assert "Realism\tslippage 0.1 %, spread 0.2 %, entries at most 10 %" in realistic.out
    (plain, modelled) = (statistics(file)["Mine"] for file in results(workspace, "zip"))
    assert "realism" not in plain
    assert modelled["realism"] == STATED
    assert modelled["entries_cut_by_volume"] == len(modelled["trades"])
    assert "<dt>Realism</dt><dd>slippage 0.1 %" in results(workspace, "html")[-1].read_text()
    assert appliance(*run, *REALISTIC).out == realistic.out  # from the stored result
    assert len(results(workspace, "zip")) == 2


@pytest.mark.parametrize(
    ("option", "value"), [("--slippage", "1"), ("--spread", "-0.1"), ("--volume-cap", "0")]
)
def test_impossible_realism_is_refused(appliance, workspace, option, value):
    outcome = appliance("backtesting", "-s", "Mine", option, value)
    assert outcome.status == 2
    assert f"'{option}': {value}" in outcome.err.replace(".0 ", " ")
