"""A user data folder with candles of two pairs, and a strategy with parameters, for a simulated market."""

import pytest

from tests.support.research.backtests import walk
from tests.support.research.searches import SearchWorkspace


@pytest.fixture
def workspace(tmp_path):
    space = SearchWorkspace(tmp_path / "user_data")
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        space.store(pair, walk(600, seed=seed))
    space.strategy()
    return space
