"""A database on disk for each test, and trades to keep in it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from appliance.domain.trade import Trade
from appliance.storage.store import Store
from tests.support.stored_trades import new_trade, write_dump


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "trades.sqlite"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite:///{file}")
    yield store
    await store.close()


@pytest.fixture
def made_by_freqtrade(file: Path) -> Path:
    write_dump(file)
    return file


@pytest.fixture
def a_trade() -> Callable[..., Trade]:
    return new_trade
