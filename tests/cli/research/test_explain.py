"""`appliance backtesting --explain`."""

import pytest

from tests.support.research.backtests import Workspace, walk

ENTRIES = "dataframe.loc[dataframe.index % 50 == 0, ['enter_long', 'enter_tag']] = (1, 'fifty')"


@pytest.fixture
def workspace(folder):
    space = Workspace(folder / "user_data")
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        space.store(pair, walk(300, seed=seed))
    space.config["max_open_trades"] = 1
    space.write_config()
    space.strategy(indicators="dataframe['ma'] = dataframe['close'].rolling(5).mean()", entries=ENTRIES)
    return space


@pytest.mark.parametrize(
    ("pair", "time", "problem"),
    [
        (
            "ETH/USDT",
            "soon",
            '--explain: expected a time (UTC) such as "2025-07-01 10:05", found "soon"',
        ),
        ("SOL/USDT", "2025-07-01", "--explain: SOL/USDT is not tested; tested are BTC/USDT, ETH/USDT"),
        (
            "ETH/USDT",
            "2025-06-01",
            "--explain: 2025-06-01 00:00 is not tested; candles of ETH/USDT are",
        ),
    ],
)
def test_what_cannot_be_explained_is_one_line(appliance, workspace, pair, time, problem):
    outcome = appliance("backtesting", "-s", "Mine", "--explain", pair, time)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.splitlines()[-1].startswith(f"error: {problem}")


def test_a_candle_is_explained_and_nothing_is_stored(appliance, workspace):
    outcome = appliance("backtesting", "-s", "Mine", "--explain", "ETH/USDT", "2025-07-01 04:10")
    assert (outcome.status, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0] == "Mine, ETH/USDT 5m, candle 2025-07-01 04:10"
    assert [line.split()[0] for line in lines[1:4]] == ["prices", "indicators", "signals"]
    assert lines[3].endswith("enter_long, enter_tag fifty (they act in the candle 04:15)")
    assert lines[-3:] == [
        "In the next candle 04:15, on the signals of this one:",
        "  04:15  signal to enter long (fifty)",
        "  04:15  no entry: no free slot, 1 of 1 trades are open",
    ]
    assert not (workspace.folder / "backtest_results").exists()


def test_several_strategies_are_explained_one_after_the_other(appliance, workspace):
    workspace.strategy("Other")
    outcome = appliance(
        *("backtesting", "--strategy-list", "Mine", "Other", "-i", "5m"),
        *("--explain", "ETH/USDT", "2025-07-01T04:15"),
    )
    assert outcome.status == 0, outcome.err
    titles = [line for line in outcome.out.splitlines() if "candle 2025" in line]
    assert titles == [f"{name}, ETH/USDT 5m, candle 2025-07-01 04:15" for name in ("Mine", "Other")]
