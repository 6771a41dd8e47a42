"""Backtests of goldens: their candles once a session, their exchange, and a folder of the worker."""

from collections.abc import Iterator

import pytest

from tests.support.goldens.exchange import binance
from tests.support.goldens.stored_candles import StoredCandles


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder."""
    item.add_marker(pytest.mark.python_independent)


@pytest.fixture(scope="session")
def golden_candles(tmp_path_factory, pytestconfig) -> StoredCandles:
    return StoredCandles.of_session(tmp_path_factory, pytestconfig)


@pytest.fixture(scope="session")
def golden_exchange() -> Iterator[dict]:
    with binance() as ccxt_config:
        yield ccxt_config


@pytest.fixture(scope="session")
def golden_folder(tmp_path_factory):
    """A user data folder; what the exchange tells of its markets is kept in it."""
    return tmp_path_factory.mktemp("golden-user-data")
