"""An exchange on loopback, which ccxt's own class asks; it runs in a thread for all tests of a module."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.exchange_server.fixture import start

PAIRS = ["BTC/USDT", "ETH/BTC", "SOL/BTC", "XRP/BTC"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder."""
    item.add_marker(pytest.mark.python_independent)


@pytest.fixture(scope="module")
def ccxt_config() -> Iterator[dict]:
    """Return what a configuration needs to reach the exchange."""
    loop, answered = asyncio.new_event_loop(), threading.Event()
    told: dict = {}

    async def serve() -> None:
        running = await start()
        told.update(running.ccxt_config)
        told["stop"] = asyncio.Event()
        answered.set()
        await told["stop"].wait()
        await running.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert answered.wait(60)
    stop = told.pop("stop")
    yield told
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


@pytest.fixture
def configuration(folder: Path, ccxt_config: dict) -> Callable[..., str]:
    """Write a configuration of that exchange, and return the file's name."""

    def write(*types: str, **changes: object) -> str:
        options = {"options": {"fetchMarkets": {"types": list(types or ("spot",))}}}
        exchange = {"name": "binance", "ccxt_config": ccxt_config | options, "pair_whitelist": PAIRS}
        given = {"stake_currency": "USDT", "stake_amount": 10, "exchange": exchange} | changes
        (folder / "config.json").write_text(json.dumps(given))
        return "config.json"

    return write
