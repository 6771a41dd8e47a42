"""Strategies to load, and what answers their questions."""

import pytest

from appliance.strategy.data_provider import DataProvider
from appliance.strategy.loading.loader import load_strategy
from appliance.strategy.ports import Ports, plugged_in
from tests.strategy.answers import STRATEGIES, Data, Locks, Trades


@pytest.fixture
def data():
    return Data()


@pytest.fixture
def load(data):
    """Load a strategy of tests/data/strategies, wired and started, as the bot does it."""

    def loaded(name, folder=STRATEGIES, **config):
        settings = {"stake_currency": "USDT", "stake_amount": 100, "trading_mode": "spot", **config}
        strategy = load_strategy(name, dirs=[folder], config=settings)
        strategy.dp = DataProvider(settings, data)
        strategy.ft_bot_start()
        return strategy

    return loaded


@pytest.fixture
def ports():
    """Trades and locks that class-level questions are answered from."""
    answers = Ports(Trades(), Locks())
    with plugged_in(answers):
        yield answers


MINIMAL = """
from freqtrade.strategy import IStrategy

{before}

class {name}(IStrategy):
    timeframe = "5m"
    stoploss = -0.1
    minimal_roi = {{"0": 0.1}}
    {attributes}

    def populate_indicators(self, dataframe, metadata):
        {indicators}
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        {entries}
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""


@pytest.fixture
def write(tmp_path):
    """Write a small strategy file; parts may be filled in."""

    def written(name="Mine", file=None, **parts):
        blanks = {"before": "", "attributes": "pass", "indicators": "pass", "entries": "pass"}
        path = tmp_path / (file or f"{name.lower()}.py")
        path.write_text(MINIMAL.format(name=name, **{**blanks, **parts}))
        return path

    return written
