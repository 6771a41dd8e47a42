"""What every test has: the guard against blocking the event loop, and examples that stay the same."""

from collections.abc import Iterator

import pytest
from blockbuster import BlockBuster, blockbuster_ctx
from hypothesis import HealthCheck, settings

from tests.support.browser import close_chromium
from tests.support.processes.preloaded import close_preloaded

# The same examples in every run, and no failure because a machine is slow.
# Look for new ones: pytest --hypothesis-profile=default
settings.register_profile(
    "steady", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """Fail a test when code of appliance blocks the event loop (files, SQLite, sockets, sleep, locks).

    What a test itself does in its coroutine is its own affair.
    """
    with blockbuster_ctx(scanned_modules=["appliance"]) as guard:
        for function in guard.functions.values():
            # A power cut in the middle of the bot's code.
            function.can_block_in("histories/crashes.py", "_come")
        yield guard


@pytest.fixture(scope="session", autouse=True)
def _what_is_shared_ends() -> Iterator[None]:
    """End the browser, and the process that forks programs, that tests of this process have shared."""
    yield
    close_chromium()
    close_preloaded()
