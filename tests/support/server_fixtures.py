"""Fixtures of a server: without a bot, and with a real bot on a market whose prices the test sets."""

from collections.abc import AsyncIterator

import pytest

from appliance.server.bot_slot import BOT_SLOT
from tests.support.scripted import Scene, scene
from tests.support.serving import LOGIN, Api, served


@pytest.fixture
async def starting() -> AsyncIterator[Api]:
    """The API while the bot is not there yet."""
    async with served() as api:
        yield api


@pytest.fixture
async def stage(tmp_path) -> AsyncIterator[Scene]:
    """A bot that does a cycle when the test says so."""
    async with scene(tmp_path, **LOGIN) as stage:
        yield stage


@pytest.fixture
async def api(stage: Scene) -> AsyncIterator[Api]:
    """The API with that bot."""
    async with served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        yield api
