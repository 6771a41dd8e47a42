"""Candles and exchange of the goldens, once a session."""

from collections.abc import Iterator

import pytest

from tests.support.goldens.exchange import binance
from tests.support.goldens.stored_candles import StoredCandles


@pytest.fixture(scope="session")
def golden_candles(tmp_path_factory, pytestconfig) -> StoredCandles:
    return StoredCandles.of_session(tmp_path_factory, pytestconfig)


@pytest.fixture(scope="session")
def golden_exchange() -> Iterator[dict]:
    with binance() as ccxt_config:
        yield ccxt_config
