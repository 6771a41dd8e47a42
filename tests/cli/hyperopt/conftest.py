"""Searches by the command line, over candles of two pairs."""

import pytest

from tests.support.research.backtests import walk
from tests.support.research.searches import SearchWorkspace


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder: another Python cannot change what a search finds."""
    item.add_marker(pytest.mark.python_independent)


@pytest.fixture
def workspace(folder):
    space = SearchWorkspace(folder / "user_data")
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        space.store(pair, walk(600, seed=seed))
    space.strategy()
    space.write_config()
    return space
