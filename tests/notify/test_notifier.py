"""Messages of a real bot to real servers on loopback: what goes out."""

import asyncio
import json
from datetime import timedelta
from urllib.parse import parse_qs

from appliance.domain.message import MessageType
from appliance.rules.trade_requests import ExitRequest
from tests.notify.notifying import target, telling, until_none_waits, warn, webhook_settings
from tests.support.sink import TOKEN, sink, telegram, telegram_settings


async def test_nothing_is_written_for_services_that_are_not_reported(tmp_path):
    async with sink() as taking, telling(tmp_path, **webhook_settings(taking)) as (one, notifier):
        one.bot.events.emit(MessageType.STATUS, status="running")
        one.bot.events.emit(MessageType.STRATEGY_MSG, msg="hello")
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


async def test_a_template_that_cannot_be_filled_is_reported_once(tmp_path, caplog):
    templates = {"warning": {"text": "{statuss}"}, "startup": {"nested": [{"text": "{status}"}]}}
    async with sink() as taking, telling(tmp_path, **webhook_settings(taking, **templates)) as (one, _):
        warn(one, "1", "2")
        one.bot.events.emit(MessageType.STARTUP, status="here")
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


async def test_apprise_sends_the_wanted_messages_from_templates(tmp_path):
    more = {"types": ["entry", "warning"], "templates": {"entry": "{pair} at {open_rate}"}, "title": "{type}"}
    async with sink() as taking, telling(tmp_path, **target(taking, **more)) as (one, notifier):
        await one.enter()
        warn(one, "look")
        await taking.until(lambda: len(taking.posts) == 2)
        entry, warning = taking.json
        assert (entry["title"], entry["message"], entry["type"]) == ("entry", "ETH/USDT at 100.0", "info")
        assert (warning["title"], warning["message"], warning["type"]) == ("warning", "look", "warning")
        await until_none_waits(notifier)


async def test_an_address_that_apprise_does_not_know_is_reported_without_it(tmp_path, caplog):
    settings = {"notifications.targets": [{"name": "odd", "url": "nothing://secret-topic"}]}
    async with telling(tmp_path, **settings) as (one, notifier):
        warn(one, "1")
        async with asyncio.timeout(30):
            while "apprise does not support this kind of address" not in caplog.text:
                await asyncio.sleep(0.02)
        assert await notifier.waiting() == {"notifications.odd": 1}
    assert "secret-topic" not in caplog.text


async def test_telegram_messages_are_as_loud_as_configured(tmp_path):
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
            await one.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
            await one.cycle()
            one.bot.events.emit(MessageType.STATUS, status="running")
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
        one.bot.events.emit(MessageType.STRATEGY_MSG, msg="*good*")
        await server.until(lambda: server.texts)
        server.answers.append(cannot)
        one.bot.events.emit(MessageType.STRATEGY_MSG, msg="*bad")
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
