"""The page of notifications: real services of a real bot on loopback."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from appliance.queries.roles import Role
from appliance.server.bot_slot import BOT_SLOT
from tests.notify.notifying import telling, until_waiting, warn, webhook_settings
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import PASSWORD, USER
from tests.server.dashboard.pages.test_overview import words
from tests.server.dashboard.settings.conftest import Configure, Enter
from tests.support.sink import Sink, sink

API = {
    "api_server.username": USER,
    "api_server.password": PASSWORD,
    "api_server.jwt_secret_key": "a secret of thirty-two characters or more",
}
HOSTILE_NAME = "<img src=x onerror=alert(1)>"
Page = Callable[..., Any]


@pytest.fixture
def opened(tmp_path: Path, make_app: Any, visit: Any) -> Any:
    @asynccontextmanager
    async def opened(taking: Sink, **more: Any) -> AsyncIterator[tuple[Visitor, Any, Any]]:
        async with telling(tmp_path, **API, **webhook_settings(taking), **more) as (one, notifier):
            app = make_app(None, api_server=one.bot.settings.api_server)
            app[BOT_SLOT].bot = one.bot
            visitor = await visit(app)
            assert (await visitor.log_in()).status == 303
            yield visitor, one, notifier

    return opened


async def test_a_test_message_is_sent_and_its_result_shown(opened: Any) -> None:
    async with sink() as taking, opened(taking) as (visitor, _, _):
        page = words(await visitor.page("/settings/notifications"))
        assert "warning ✓ by template" in page
        answer = await visitor.send("/settings/notifications", service="webhook")
        assert (answer.status, "webhook has accepted a test message." in await answer.text()) == (200, True)
        assert "Test message" in taking.bodies[0]
        taking.down = True
        answer = await visitor.send("/settings/notifications", service="webhook")
        assert (answer.status, "webhook: answered 503" in await answer.text()) == (409, True)


async def test_what_waits_is_shown_with_the_reason_and_without_the_address(opened: Any) -> None:
    hostile = [{"name": HOSTILE_NAME, "url": "json://127.0.0.1:9/secret-in-address"}]
    async with (
        sink() as taking,
        opened(taking, **{"notifications.targets": hostile}) as (visitor, one, notifier),
    ):
        taking.down = True
        warn(one, "1")
        await until_waiting(notifier, 2)
        await taking.until(lambda: taking.refused)
        text = await visitor.page("/settings/notifications")
    assert "1 waiting" in words(text)
    assert "answered 503" in words(text)
    assert "secret-in-address" not in text
    assert "<img src=x" not in text


async def test_without_services_it_says_how_to_add_one(configure: Configure, enter: Enter) -> None:
    bot = await configure()
    bot.notifications = None
    page = words(await (await enter(bot)).page("/settings/notifications"))
    assert "No messages are sent: that could not be started." in page


async def test_operators_may_test_and_viewers_see_nothing(configure: Configure, enter: Enter) -> None:
    bot = await configure()
    bot.notifications = None
    operator = await enter(bot, Role.OPERATOR)
    assert (await operator.open("/settings/notifications")).status == 200
    viewer = await enter(bot, Role.VIEWER)
    assert (await viewer.open("/settings/notifications")).status == 403
    assert (await viewer.send("/settings/notifications", service="webhook")).status == 403
