"""`appliance recursive-analysis`, from the command line to the recommended number."""

import pytest

from tests.support.research.backtests import Workspace, walk

MEAN = "dataframe['mean'] = dataframe['close'].rolling(15).mean()"


@pytest.fixture
def workspace(folder):
    space = Workspace(folder / "user_data")
    space.store("BTC/USDT", walk(120))
    space.write_config()
    space.strategy(startup=10, indicators=MEAN)
    return space


@pytest.mark.parametrize("count", ["0", "many"])
def test_impossible_numbers_are_refused(appliance, workspace, count):
    outcome = appliance("recursive-analysis", "-s", "Mine", "--startup-candle", count)
    assert outcome.status == 2
    assert "--startup-candle" in outcome.err


def test_without_candles_it_does_not_start(appliance, workspace):
    outcome = appliance("recursive-analysis", "-s", "Mine", "-p", "ETH/USDT")
    assert outcome.status == 2
    assert "has no candles of ETH/USDT" in outcome.err


def test_a_number_is_recommended(appliance, workspace):
    outcome = appliance("recursive-analysis", "-s", "Mine", "--startup-candle", "12", "30")
    assert outcome.status == 0, outcome.err
    assert outcome.out.splitlines()[:3] == [
        "Recursive Analysis",
        "Indicators\t10 (from strategy)\t12\t30",
        "mean\tnan%\tnan%\t-",
    ]
    assert "mean\t14\tno value" in outcome.out
    assert "Set startup_candle_count = 14 in Mine (it has 10)." in outcome.out
