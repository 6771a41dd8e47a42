"""What every test has: the guard against blocking the event loop."""

from collections.abc import Iterator

import pytest
from blockbuster import BlockBuster, blockbuster_ctx


@pytest.fixture(scope="session", autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """Fail a test when code of appliance blocks the event loop (files, SQLite, sockets, sleep, locks).

    What a test itself does in its coroutine is its own affair.
    """
    with blockbuster_ctx(scanned_modules=["appliance"]) as guard:
        yield guard
