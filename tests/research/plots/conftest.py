"""A user data folder with candles and a strategy."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.browser import Browser, chromium
from tests.support.research.backtests import Workspace, walk


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    space = Workspace(tmp_path / "user_data")
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        space.store(pair, walk(600, seed=seed))
    return space


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser
