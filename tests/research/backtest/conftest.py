"""A user data folder with candles, for a market without a network."""

import pytest

from tests.support.research.backtests import Workspace, walk


@pytest.fixture
def workspace(tmp_path):
    space = Workspace(tmp_path / "user_data")
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        space.store(pair, walk(600, seed=seed))
    return space
