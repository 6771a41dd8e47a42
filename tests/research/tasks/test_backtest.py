"""What a request for a backtest changes in the configuration."""

import pytest

from appliance.domain.errors import ConfigurationError, StrategyNotFound
from appliance.research.tasks.backtest import run
from tests.support.research.backtests import Workspace


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.strategy()
    return workspace


def attempt(workspace, **settings):
    sources = {"config": [str(workspace.write_config())], "overrides": {}, "stdin": None}
    sources["overrides"]["user_data_dir"] = str(workspace.folder)
    return run({"sources": sources, "settings": {"strategy": "Mine", **settings}}, None)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"timerange": "2025x"}, "--timerange: expected yyyymmdd"),
        ({"stake_amount": "some"}, 'stake_amount: expected a number or "unlimited", found "some"'),
        ({"stake_amount": -5}, "stake_amount: expected"),
        ({"stake_amount": 5000}, "stake_amount: expected at most"),
        ({"dry_run_wallet": -1}, "stake_amount: expected at most"),
        ({"freqaimodel": "LightGBM"}, "FreqAI is not supported here"),
        ({"timeframe": "../5m"}, "timeframe: expected"),
        ({"timeframe_detail": "1d"}, "--timeframe-detail: expected less than the time frame 5m, found 1d"),
        ({"backtest_cache": "forever"}, "backtest_cache"),
    ],
)
def test_what_cannot_be_tested_says_why(workspace, settings, why):
    with pytest.raises(ConfigurationError) as wrong:
        attempt(workspace, **settings)
    assert why in str(wrong.value)


@pytest.mark.parametrize("name", ["../Mine", "mine.py", "Mine:cGFzcw==", "", "a b", "M" * 201])
def test_only_the_name_of_a_class_is_a_strategy(workspace, name):
    with pytest.raises(StrategyNotFound):
        attempt(workspace, strategy=name)
