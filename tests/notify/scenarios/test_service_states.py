"""What is told of services: what they get, what waits, why an attempt failed; and a test message."""

import pytest

from appliance.domain.errors import NotFound, Refused
from tests.notify.notifying import target, telling, until_waiting, warn, webhook_settings
from tests.support.sink import sink, telegram, telegram_settings


async def test_a_test_message_goes_out_whatever_types_a_service_gets(tmp_path):
    async with sink() as taking, telegram() as chat:
        given = {
            **webhook_settings(taking, warning=None, entry={"text": "{pair}"}),
            **target(taking, types=["exit_fill"]),
            **telegram_settings(chat),
            "discord.enabled": True,
            "discord.webhook_url": taking.url,
        }
        async with telling(tmp_path, **given) as (one, notifier):
            assert one.bot.notifications is notifier
            for name in ("webhook", "discord", "telegram", "notifications.phone"):
                assert await notifier.test(name) == f"{name} has accepted a test message."
            assert all("Test message" in body for body in taking.bodies)
            states = {state.name: state for state in await notifier.states()}
            assert states["webhook"].types == {"entry": "by template"}
            assert states["notifications.phone"].types == {"exit_fill": "on"}
            assert states["telegram"].types["entry"] == "on"
            assert "entry_fill" not in states["telegram"].types
            assert all(state.last_sent and not state.trouble for state in states.values())


async def test_what_waits_and_why_is_told_and_a_test_that_works_lets_it_go(tmp_path):
    async with sink() as taking, telling(tmp_path, **webhook_settings(taking)) as (one, notifier):
        taking.down = True
        warn(one, "1", "2")
        await taking.until(lambda: taking.refused)
        await until_waiting(notifier, 2)
        [state] = await notifier.states()
        assert (state.waiting, "answered 503" in state.trouble, state.failing_since is not None) == (
            2,
            True,
            True,
        )
        with pytest.raises(Refused, match="webhook: answered 503"):
            await notifier.test("webhook")
        taking.down = False
        await notifier.test("webhook")
        await until_waiting(notifier, 0)
        [state] = await notifier.states()
        assert (state.trouble, state.failing_since) == ("", None)


async def test_an_error_has_no_secret(tmp_path):
    address = "http://127.0.0.1:9/path-with-a-token-0001"
    given = {"webhook.enabled": True, "webhook.url": address, "webhook.warning": {"text": "x"}}
    async with telling(tmp_path, **given) as (_, notifier):
        with pytest.raises(Refused) as refused:
            await notifier.test("webhook")
        assert "token-0001" not in str(refused.value)
        with pytest.raises(NotFound):
            await notifier.test("telegram")
