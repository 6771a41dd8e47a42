"""Queued messages: in order for each service, bounded, on disk."""

import sqlite3
from datetime import UTC, datetime, timedelta

from appliance.domain.outbox_message import OutboxMessage
from appliance.storage.store import Store

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def messages(*contents: str, service: str = "telegram", at: datetime = NOON) -> list[OutboxMessage]:
    return [OutboxMessage(service=service, created_at=at, content=content) for content in contents]


async def contents(store: Store, service: str = "telegram", limit: int = 1000) -> list[str]:
    return [message.content for message in await store.outbox.next(service, limit)]


async def test_messages_leave_the_outbox_in_order_per_service(store):
    await store.outbox.add([*messages("1", "2"), *messages("a", service="discord")], most=100)
    await store.outbox.add(messages("3"), most=100)
    assert await contents(store) == ["1", "2", "3"]
    assert await contents(store, limit=2) == ["1", "2"]
    [message] = await store.outbox.next("discord", 10)
    assert (message.service, message.created_at, message.content) == ("discord", NOON, "a")
    assert await store.outbox.waiting() == {"discord": 1, "telegram": 3}


async def test_what_was_taken_is_gone_and_cannot_be_mistaken_for_another(store):
    await store.outbox.add(messages("1"), most=100)
    [first] = await store.outbox.next("telegram", 1)
    await store.outbox.remove(first)
    assert await contents(store) == []
    await store.outbox.add(messages("2", at=NOON + timedelta(milliseconds=1)), most=100)
    [second] = await store.outbox.next("telegram", 1)
    assert second.key != first.key
    await store.outbox.remove(first)
    assert await contents(store) == ["2"]


async def test_they_are_on_disk_when_they_are_written(store, file):
    await store.outbox.add(messages("1"), most=100)
    with sqlite3.connect(file) as another:
        assert another.execute("SELECT content FROM appliance_outbox").fetchall() == [("1",)]


async def test_the_oldest_go_when_too_many_wait(store):
    await store.outbox.add(messages("x", service="discord"), most=20)
    assert await store.outbox.add(messages(*map(str, range(20))), most=20) == {}
    assert await store.outbox.add(messages("20"), most=20) == {"telegram": 3}
    assert await contents(store) == [str(number) for number in range(3, 21)]
    assert await contents(store, "discord") == ["x"]


async def test_the_old_ones_expire(store):
    await store.outbox.add(messages("old", at=NOON - timedelta(hours=2)), most=100)
    await store.outbox.add(messages("new"), most=100)
    assert await store.outbox.expire(NOON - timedelta(hours=1)) == {"telegram": 1}
    assert await store.outbox.expire(NOON - timedelta(hours=1)) == {}
    assert await contents(store) == ["new"]
