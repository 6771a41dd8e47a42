"""Messages of a real bot to real servers on loopback: what goes out, and what an outage does to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from appliance.domain.letter import Letter
from appliance.domain.message import MessageType
from appliance.notify.notifier import Notifier
from appliance.notify.unwritten import Unwritten
from tests.bot.scripted import Scene, scene
from tests.bot.test_unsaved import read_only
from tests.notify.sink import TOKEN, Sink, sink, telegram, telegram_settings

WARNING = MessageType.WARNING


def webhook_settings(taking: Sink, **more: Any) -> dict[str, Any]:
    given = {"enabled": True, "url": taking.url, "format": "json", "warning": {"text": "{status}"}} | more
    return {f"webhook.{key}": value for key, value in given.items()}


def target(taking: Sink, **more: Any) -> dict[str, Any]:
    """An apprise address: what it posts as JSON."""
    address = taking.url.replace("http://", "json://")
    return {"notifications.targets": [{"name": "phone", "url": address} | more]}


@asynccontextmanager
async def telling(folder: Path, **settings: Any) -> AsyncIterator[tuple[Scene, Notifier]]:
    async with scene(folder, **settings) as one:
        yield one, Notifier(one.bot, first_pause=0.01)


def warn(one: Scene, *texts: str) -> None:
    for text in texts:
        one.bot.announcer.announce(WARNING, status=text)


async def until_waiting(notifier: Notifier, count: int) -> None:
    """Wait until so many messages are on disk and nowhere else."""
    async with asyncio.timeout(30):
        while sum((await notifier.waiting()).values()) != count:
            await asyncio.sleep(0.01)


async def until_none_waits(notifier: Notifier) -> None:
    await until_waiting(notifier, 0)


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


async def test_a_message_that_is_refused_for_good_is_told_and_lets_the_next_ones_through(tmp_path, caplog):
    async with sink() as taking, telling(tmp_path, **webhook_settings(taking)) as (one, _):
        taking.answers.append(422)
        warn(one, "bad", "good")
        await taking.until(lambda: taking.posts)
        assert [body["text"] for body in taking.json] == ["good"]
        assert "webhook: a message was refused and is dropped: answered 422" in caplog.text


async def test_a_wrong_address_is_the_settings_fault_not_the_messages(tmp_path):
    async with sink() as taking, telling(tmp_path, **webhook_settings(taking)) as (one, _):
        taking.answers.extend([404, 401, 403, 429])
        warn(one, "kept")
        await taking.until(lambda: taking.posts)
        assert taking.refused == 4


async def test_more_than_fit_push_out_the_oldest_and_the_reader_is_told(tmp_path, caplog):
    bounds = {"notifications.outbox.most_messages": 10}
    told = "2 messages were dropped: more waited than are kept"
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


async def test_while_the_database_is_full_as_many_are_kept_and_the_reader_is_told_of_the_others(
    tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr("appliance.notify.notifier._STORAGE_RETRY_SECONDS", 0.05)
    bounds = {"notifications.outbox.most_messages": 10}
    async with sink() as taking, telling(tmp_path, **bounds, **webhook_settings(taking)) as (one, notifier):
        async with read_only(one):
            warn(one, *map(str, range(13)))
            async with asyncio.timeout(30):
                while "they wait in memory" not in caplog.text:
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
    unwritten, letters = Unwritten(), [letter(number) for number in range(5)]
    for one in letters[:2]:
        assert not unwritten.add(one, most=2)
    assert unwritten.begin_to_write() == tuple(letters[:2])
    assert unwritten.add(letters[2], most=2)  # the newcomer itself: the others are on their way
    unwritten.end_to_write(written=False)
    assert unwritten.add(letters[3], most=2)
    assert unwritten.begin_to_write() == (letters[1], letters[3])
    unwritten.end_to_write(written=True)
    assert (len(unwritten), unwritten.lost(), unwritten.lost()) == (0, {"webhook": 2}, {})


def letter(number: int) -> Letter:
    return Letter(service="webhook", created_at=datetime(2026, 1, 1, tzinfo=UTC), content=str(number))


async def test_messages_that_are_too_old_are_dropped_and_that_is_told(tmp_path, caplog):
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
    assert "webhook: 1 messages were dropped: they had waited for 72 hours" in caplog.text


async def test_nothing_is_written_for_services_that_are_not_told(tmp_path):
    async with sink() as taking, telling(tmp_path, **webhook_settings(taking)) as (one, notifier):
        one.bot.announcer.announce(MessageType.STATUS, status="running")
        one.bot.announcer.announce(MessageType.STRATEGY_MSG, msg="hello")
        warn(one, "1")
        await taking.until(lambda: taking.posts)
        await until_none_waits(notifier)
        assert [body["text"] for body in taking.json] == ["1"]


async def test_forms_raw_texts_and_old_names_of_templates_work(tmp_path):
    old = {"webhookentry": {"value1": "{pair} {direction}", "value2": "{stake_amount:8f}"}, "format": "form"}
    async with sink() as taking:
        async with telling(tmp_path, **webhook_settings(taking, **old)) as (one, _):
            await one.enter()
            await taking.until(lambda: taking.posts)
            headers, body = taking.posts[0]
            assert headers["Content-Type"] == "application/x-www-form-urlencoded"
            assert parse_qs(body.decode()) == {"value1": ["ETH/USDT Long"], "value2": ["100.000000"]}
        taking.posts.clear()
        raw = {"format": "raw", "warning": {"data": "{bot_name}: {status}"}}
        async with telling(tmp_path, **webhook_settings(taking, **raw)) as (one, _):
            warn(one, "1")
            await taking.until(lambda: taking.posts)
            headers, body = taking.posts[0]
            assert (headers["Content-Type"], body) == ("text/plain", b"appliance: 1")


async def test_a_template_that_cannot_be_filled_is_told_once(tmp_path, caplog):
    templates = {"warning": {"text": "{statuss}"}, "startup": {"nested": [{"text": "{status}"}]}}
    async with sink() as taking, telling(tmp_path, **webhook_settings(taking, **templates)) as (one, _):
        warn(one, "1", "2")
        one.bot.announcer.announce(MessageType.STARTUP, status="here")
        await taking.until(lambda: taking.posts)
        assert taking.json == [{"nested": [{"text": "here"}]}]
        assert caplog.text.count("webhook.warning: ") == 1


async def test_discord_shows_fields_of_a_trade(tmp_path):
    async with sink() as taking:
        settings = {"discord.enabled": True, "discord.webhook_url": taking.url}
        settings["discord.entry"] = [{"Pair": "{pair}"}, {"Tag": "{enter_tag}"}, {"Odd": "{nothing}"}]
        async with telling(tmp_path, **settings) as (one, _):
            await one.enter()
            await one.cycle()
            await taking.until(lambda: len(taking.posts) >= 2)
            entry, fill = (body["embeds"][0] for body in taking.json[:2])
    assert (entry["title"], entry["color"]) == ("Trade: ETH/USDT entry", 0x0000FF)
    assert [field["value"] for field in entry["fields"]] == ["ETH/USDT", "force_entry", "?"]
    assert {"name": "Strategy", "value": "Quiet 5m", "inline": True} in fill["fields"]


async def test_apprise_tells_what_is_wanted_with_templates(tmp_path):
    more = {"types": ["entry", "warning"], "templates": {"entry": "{pair} at {open_rate}"}, "title": "{type}"}
    async with sink() as taking, telling(tmp_path, **target(taking, **more)) as (one, notifier):
        await one.enter()
        warn(one, "look")
        await taking.until(lambda: len(taking.posts) == 2)
        entry, warning = taking.json
        assert (entry["title"], entry["message"], entry["type"]) == ("entry", "ETH/USDT at 100.0", "info")
        assert (warning["title"], warning["message"], warning["type"]) == ("warning", "look", "warning")
        await until_none_waits(notifier)


async def test_an_address_that_apprise_does_not_know_is_told_without_it(tmp_path, caplog):
    settings = {"notifications.targets": [{"name": "odd", "url": "nothing://secret-topic"}]}
    async with telling(tmp_path, **settings) as (one, notifier):
        warn(one, "1")
        async with asyncio.timeout(30):
            while "apprise does not know this kind of address" not in caplog.text:
                await asyncio.sleep(0.02)
        assert await notifier.waiting() == {"notifications.odd": 1}
    assert "secret-topic" not in caplog.text


async def test_telegram_is_told_as_loud_as_the_settings_say(tmp_path):
    loud = {
        "warning": "silent",
        "status": "off",
        "exit_fill": {"force_exit": "off", "*": "on"},
        "entry": "off",
    }
    async with telegram() as server:
        settings = telegram_settings(server, notification_settings=loud, topic_id=5)
        async with telling(tmp_path, **settings) as (one, notifier):
            trade = await one.enter()
            await one.cycle()
            await one.bot.force_exit(str(trade.id))
            await one.cycle()
            one.bot.announcer.announce(MessageType.STATUS, status="running")
            warn(one, "a <b>")
            await server.until(lambda: any("Warning" in text for text in server.texts))
            await until_none_waits(notifier)
            [exiting, warning] = [given for _, given in server.calls]
    assert exiting["text"].startswith("<b>❌ Exiting ETH/USDT (#1), Scripted (dry-run)</b>")
    assert "<b>Reason:</b> <code>force_exit</code>" in exiting["text"]
    assert (exiting["disable_notification"], warning["disable_notification"]) == (False, True)
    assert warning["text"] == "<b>⚠️ Warning</b>\na &lt;b&gt;"
    assert (warning["chat_id"], warning["message_thread_id"]) == ("-1001", 5)
    assert warning["reply_markup"]["keyboard"][0][0] == {"text": "/daily"}


async def test_what_a_strategy_says_is_markdown_where_telegram_can_read_it(tmp_path):
    cannot = {"ok": False, "error_code": 400, "description": "Bad Request: can't parse entities"}
    async with telegram() as server, telling(tmp_path, **telegram_settings(server)) as (one, _):
        one.bot.announcer.announce(MessageType.STRATEGY_MSG, msg="*good*")
        await server.until(lambda: server.texts)
        server.answers.append(cannot)
        one.bot.announcer.announce(MessageType.STRATEGY_MSG, msg="*bad")
        await server.until(lambda: len(server.texts) == 2)
        modes = [(given["text"], given.get("parse_mode")) for method, given in server.calls]
    assert modes == [("*good*", "Markdown"), ("*bad", "Markdown"), ("*bad", None)]


async def test_telegram_may_ask_to_slow_down_or_have_lost_the_chat(tmp_path, caplog):
    busy = {"ok": False, "error_code": 429, "description": "Too Many", "parameters": {"retry_after": 0.01}}
    lost = {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}
    async with telegram() as server, telling(tmp_path, **telegram_settings(server)) as (one, _):
        server.answers.extend([busy, lost])
        warn(one, "1")
        await server.until(lambda: server.texts)
        assert len(server.calls) == 3
    assert TOKEN not in caplog.text


async def test_a_message_that_comes_late_says_so(tmp_path):
    async with telegram() as server, telling(tmp_path, **telegram_settings(server)) as (one, _):
        server.down = True
        warn(one, "1")
        await server.until(lambda: server.refused)
        one.market.now += timedelta(minutes=3)
        before = server.refused
        await server.until(lambda: server.refused >= before + 2)  # one may have been on its way
        server.down = False
        await server.until(lambda: server.texts)
        assert server.texts[0].endswith("\n(late: this is of 2026-01-05 12:00:30 UTC)")


async def test_a_reload_brings_other_services(tmp_path):
    async with sink() as first, sink() as second:
        file = tmp_path / "config.json"
        file.write_text(
            json.dumps({"webhook": {"enabled": True, "url": first.url, "warning": {"t": "{status}"}}})
        )
        async with telling(tmp_path, files=[str(file)]) as (one, _):
            warn(one, "to the first")
            await first.until(lambda: first.posts)
            file.write_text(file.read_text().replace(first.url, second.url))
            one.bot.request_reload()
            await one.cycle()
            warn(one, "to the second")
            await second.until(lambda: second.posts)
        assert len(first.posts) == 1
        assert second.bodies == ["t=to+the+second"]
