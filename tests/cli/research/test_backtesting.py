"""`appliance backtesting`, from the command line to the result."""

import pytest

from tests.support.backtests import Workspace, walk

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


def test_a_strategy_is_tested(appliance, workspace):
    outcome = appliance("backtesting", "-s", "Mine", "--cache", "none")
    assert outcome.status == 0, outcome.err
    assert "Mine: 24 trades" in outcome.out
    assert outcome.err == ""


def test_pairs_and_strategies_may_be_several(appliance, workspace):
    workspace.strategy("Other", entries=ENTRIES, exits=EXITS)
    outcome = appliance(
        *("backtesting", "--strategy-list", "Mine", "Other", "-i", "5m", "-p", "BTC/USDT", "--cache", "none")
    )
    assert outcome.status == 0, outcome.err
    assert "Mine: 12 trades" in outcome.out
    assert "Other: 12 trades" in outcome.out


def test_a_failing_strategy_is_one_line(appliance, workspace):
    path = workspace.strategy(indicators="dataframe['x'] = missing")
    outcome = appliance("backtesting", "-s", "Mine")
    assert outcome.status == 2
    assert outcome.err == (
        f"error: Mine.populate_indicators for BTC/USDT failed at {path}:13: "
        "NameError: name 'missing' is not defined\n"
    )


def test_warnings_are_shown_and_more_with_v(appliance, workspace):
    quiet = appliance("backtesting", "-s", "Mine", "-p", "BTC/USDT", "SOL/USDT")
    assert quiet.err.splitlines() == ["warning: SOL/USDT 5m: no candles in this range; the pair is left out"]
    assert "info: " in appliance("backtesting", "-s", "Mine", "-v").err


def test_an_option_without_effect_says_so(appliance, workspace):
    outcome = appliance("backtesting", "-s", "Mine", "--export-filename", "x.json")
    assert "warning: --backtest-filename has no effect" in outcome.err


def test_the_log_file_has_all_lines(appliance, workspace, folder):
    assert appliance("backtesting", "-s", "Mine", "--logfile", "test.log").status == 0
    assert "appliance.research" in (folder / "test.log").read_text()
