"""What an outage does to messages: of a service, of the bot, of the database. It delays them."""

import asyncio
from datetime import UTC, datetime

from appliance.domain.outbox_message import OutboxMessage
from appliance.notify.notifier import Notifier
from appliance.notify.pending_messages import PendingMessages
from tests.bot.state.test_pending_writes import read_only
from tests.notify.notifying import target, telling, until_none_waits, until_waiting, warn, webhook_settings
from tests.support.scripted import QUIET, scene
from tests.support.sink import sink


async def test_an_outage_delays_messages_and_loses_none_in_their_order(tmp_path):
    async with sink() as taking, telling(tmp_path, **webhook_settings(taking)) as (one, notifier):
        taking.down = True
        warn(one, "1", "2")
        await taking.until(lambda: taking.refused >= 2)
        warn(one, "3")
        await until_waiting(notifier, 3)
        taking.down = False
        await taking.until(lambda: len(taking.posts) == 3)
        assert [body["text"] for body in taking.json] == ["1", "2", "3"]
        await until_none_waits(notifier)


BREATHING = (
    QUIET.replace("Quiet", "Breathing")
    + """
    def bot_start(self, **kwargs):
        self.dp.send_msg("the first breath")
"""
)


async def test_events_during_assembly_are_delivered(tmp_path):
    async with sink() as taking:
        more = {"strategy_msg": {"text": "{msg}"}, "allow_custom_messages": True}
        breathing = {"strategy": "Breathing", "code": BREATHING}
        async with telling(tmp_path, **breathing, **webhook_settings(taking, **more)) as (one, _):
            warn(one, "later")
            await taking.until(lambda: len(taking.posts) == 2)
    assert [body["text"] for body in taking.json] == ["the first breath", "later"]


async def test_hundreds_of_messages_outlast_restarts_in_their_order(tmp_path):
    where = {"db_url": f"sqlite:///{tmp_path}/trades.sqlite"}
    async with sink() as taking:
        taking.down = True
        for first in (0, 150):
            async with telling(tmp_path, **where, **webhook_settings(taking)) as (one, _):
                warn(one, *map(str, range(first, first + 150)))
        taking.down = False
        async with telling(tmp_path, **where, **webhook_settings(taking)) as (_, notifier):
            await until_none_waits(notifier)
    assert [body["text"] for body in taking.json] == [str(number) for number in range(300)]


async def test_a_service_that_is_down_does_not_hold_up_the_others(tmp_path):
    async with sink() as up, sink() as down:
        down.down = True
        settings = webhook_settings(down) | target(up)
        async with telling(tmp_path, **settings) as (one, notifier):
            warn(one, "1")
            await up.until(lambda: up.posts)
            assert (await notifier.waiting())["webhook"] == 1


async def test_what_waits_when_the_bot_ends_is_sent_after_the_next_start(tmp_path):
    where = {"db_url": f"sqlite:///{tmp_path}/trades.sqlite"}
    async with sink() as taking:
        taking.down = True
        async with telling(tmp_path, **where, **webhook_settings(taking)) as (one, _):
            warn(one, "before")
            await taking.until(lambda: taking.refused)
        taking.down = False
        async with telling(tmp_path, **where, **webhook_settings(taking)) as (one, _):
            warn(one, "after")
            await taking.until(lambda: len(taking.posts) == 2)
    assert [body["text"] for body in taking.json] == ["before", "after"]


async def test_each_attempt_at_a_message_has_the_same_key(tmp_path):
    async with sink() as taking, telling(tmp_path, **webhook_settings(taking)) as (one, _):
        warn(one, "1", "2")
        await taking.until(lambda: len(taking.posts) == 2)
        keys = [headers["Idempotency-Key"] for headers, _ in taking.posts]
        assert len(set(keys)) == 2


async def test_a_message_that_is_refused_for_good_is_reported_and_lets_the_next_ones_through(
    tmp_path, caplog
):
    async with sink() as taking, telling(tmp_path, **webhook_settings(taking)) as (one, _):
        taking.answers.append(422)
        warn(one, "bad", "good")
        await taking.until(lambda: taking.posts)
        assert [body["text"] for body in taking.json] == ["good"]
        assert "webhook: a message was rejected and is dropped: answered 422" in caplog.text


async def test_a_wrong_address_is_the_settings_fault_not_the_messages(tmp_path):
    async with sink() as taking, telling(tmp_path, **webhook_settings(taking)) as (one, _):
        taking.answers.extend([404, 401, 403, 429])
        warn(one, "kept")
        await taking.until(lambda: taking.posts)
        assert taking.refused == 4


async def test_more_messages_than_fit_drop_the_oldest_and_the_reader_is_informed(tmp_path, caplog):
    bounds = {"notifications.outbox.most_messages": 10}
    told = "2 messages were dropped: too many were queued"
    async with sink() as taking, telling(tmp_path, **bounds, **webhook_settings(taking)) as (one, notifier):
        taking.down = True
        warn(one, *map(str, range(10)))
        await until_waiting(notifier, 10)
        warn(one, "10")
        async with asyncio.timeout(30):
            while told not in caplog.text:
                await asyncio.sleep(0.01)
        await until_waiting(notifier, 10)  # nine, and the news of the two
        before = taking.refused
        await taking.until(lambda: taking.refused >= before + 2)  # one of the two may have been on its way
        taking.down = False
        await until_none_waits(notifier)
        texts = [body["text"] for body in taking.json]
        assert texts == [*map(str, range(2, 11)), told]


async def test_while_the_database_is_full_a_limited_number_is_queued_and_losses_are_reported(
    tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr("appliance.notify.notifier._STORAGE_RETRY_SECONDS", 0.05)
    bounds = {"notifications.outbox.most_messages": 10}
    async with sink() as taking, telling(tmp_path, **bounds, **webhook_settings(taking)) as (one, notifier):
        async with read_only(one):
            warn(one, *map(str, range(13)))
            async with asyncio.timeout(30):
                while "wait in memory" not in caplog.text:
                    await asyncio.sleep(0.01)
        told = "3 messages were dropped: the database could not be written"
        await taking.until(lambda: any(told in body for body in taking.bodies))
        await until_none_waits(notifier)
        texts = [body["text"] for body in taking.json]
        kept = [text for text in texts if text.isdigit()]
        assert kept == [str(number) for number in range(13 - len(kept), 13)]
        # The news may push out more, of which some are on their way already.
        assert one.bot.outbox.dropped["webhook"] >= 13 - len(kept) >= 3
        assert caplog.text.count("messages are lost") == 1


def test_what_is_being_written_is_not_dropped():
    unwritten, messages = PendingMessages(), [message(number) for number in range(5)]
    for one in messages[:2]:
        assert not unwritten.add(one, most=2)
    assert unwritten.begin_writing() == tuple(messages[:2])
    assert unwritten.add(messages[2], most=2)  # the newcomer itself: the others are on their way
    unwritten.end_writing(written=False)
    assert unwritten.add(messages[3], most=2)
    assert unwritten.begin_writing() == (messages[1], messages[3])
    unwritten.end_writing(written=True)
    assert (len(unwritten), unwritten.lost(), unwritten.lost()) == (0, {"webhook": 2}, {})


def message(number: int) -> OutboxMessage:
    return OutboxMessage(service="webhook", created_at=datetime(2026, 1, 1, tzinfo=UTC), content=str(number))


async def test_messages_that_are_too_old_are_dropped_and_that_is_reported(tmp_path, caplog):
    where = {"db_url": f"sqlite:///{tmp_path}/trades.sqlite"}
    async with sink() as taking:
        taking.down = True
        async with telling(tmp_path, **where, **webhook_settings(taking)) as (one, _):
            warn(one, "old")
            await taking.until(lambda: taking.refused)
            market = one.market
        market.wait(hours=80)
        taking.down = False
        async with scene(tmp_path, market=market, **where, **webhook_settings(taking)) as one:
            Notifier(one.bot, first_pause=0.01)
            await taking.until(lambda: any("72 hours" in body for body in taking.bodies))
    assert "webhook: 1 messages were dropped: they were queued for 72 hours" in caplog.text
