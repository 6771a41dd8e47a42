"""A browser that opens files."""

from collections.abc import AsyncIterator

import pytest

from tests.support.browser import Browser, chromium


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser
