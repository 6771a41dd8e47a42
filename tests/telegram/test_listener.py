"""Who is heard, what is heard only once, and what a broken connection does."""

import asyncio
import json

from tests.support.sink import TOKEN, USER
from tests.telegram.conversation import conversation


async def test_unauthorised_chats_get_no_answer_and_are_logged_once(tmp_path, caplog):
    async with conversation(tmp_path, telegram_section={"authorized_users": [str(USER)]}) as talk:
        for _ in range(2):
            await talk.server.write("/stop", chat=666)
            await talk.server.write("/stop", user=18)
            await talk.server.press("do:/stop", user=18)
        assert await talk.ask("/version")
        assert len(talk.server.calls) == 1
        assert talk.bot.state.value == "running"
    assert caplog.text.count("commands of chat 666 are ignored") == 1
    assert caplog.text.count("commands of user 18 are ignored") == 1


async def test_a_topic_is_the_only_one_that_counts(tmp_path):
    async with conversation(tmp_path, telegram_section={"topic_id": "4"}) as talk:
        await talk.server.write("/stop")
        await talk.server.write("/stop", message_thread_id=5)
        await talk.ask("/version", message_thread_id=4)
        assert len(talk.server.calls) == 1
        assert talk.server.calls[0][1]["message_thread_id"] == "4"


async def test_any_user_may_request_the_ids_of_their_own_chat(tmp_path):
    async with conversation(tmp_path) as talk:
        told = await talk.ask("/tg_info", chat=-55, user=7, message_thread_id=9)
        assert talk.server.calls[-1][1]["chat_id"] == -55
        for line in ('"chat_id": "-55"', '"topic_id": "9"', '"authorized_users": ["7"]'):
            assert line in told
        assert TOKEN not in told


async def test_what_was_written_before_the_bot_listened_is_left_alone(tmp_path):
    async with conversation(tmp_path, written_before=("/stop", "/forceexit all")) as talk:
        assert "Version" in await talk.ask("/version")
        assert len(talk.server.calls) == 1
        assert talk.bot.state.value == "running"


async def test_a_command_that_acts_is_not_carried_out_much_too_late(tmp_path):
    async with conversation(tmp_path) as talk:
        long_ago = int(talk.bot.now().timestamp()) - 3600
        late = await talk.ask("/stop", date=long_ago)
        assert late == "/stop came 60 minutes late and was not carried out."
        assert "Version" in await talk.ask("/version", date=long_ago)
        assert talk.bot.state.value == "running"


async def test_other_bots_commands_and_chat_are_ignored(tmp_path):
    async with conversation(tmp_path) as talk:
        for text in ("hello", "/", "/stop@other_bot", "please /stop"):
            await talk.server.write(text)
        assert "Version" in await talk.ask("/version@Test_Bot")
        assert await talk.ask("/nonsense now") == "There is no command /nonsense; /help lists all."
        assert talk.bot.state.value == "running"


async def test_updates_that_make_no_sense_are_passed_over(tmp_path):
    async with conversation(tmp_path) as talk:
        await talk.server._happen({"message": {"chat": "odd"}})
        await talk.server._happen({"poll": {}})
        assert "Version" in await talk.ask("/version")


async def test_a_broken_connection_is_reported_once_and_listening_continues(tmp_path, caplog):
    async with conversation(tmp_path) as talk:
        await talk.ask("/version")
        talk.server.down = True
        talk.server.answers.clear()
        await talk.server.write("/count")  # ends the request that is held back
        async with asyncio.timeout(30):
            while "cannot listen: answered 502" not in caplog.text:
                await asyncio.sleep(0.02)
        talk.server.down = False
        await talk.server.write("/health")
        await talk.server.until(lambda: any("Last cycle" in text for text in talk.server.texts))
        assert caplog.text.count("cannot listen") == 1
    assert TOKEN not in caplog.text


async def test_trades_to_exit_are_offered_as_buttons_that_work_once(tmp_path):
    async with conversation(tmp_path) as talk:
        await talk.scene.enter("ETH/USDT")
        await talk.scene.cycle()
        assert await talk.ask("/forceexit") == "Exit which trade?"
        [[(text, data)], [(_, cancel)]] = talk.buttons
        assert (text, data, cancel) == ("1  ETH/USDT  -0.20%", "do:/forceexit 1", "leave")
        await talk.server.press(data, message_id=1)
        await talk.server.press(data, message_id=1)
        assert await talk.server.reply(2) == "Created exit order for trade 1."
        methods = [method for method, _ in talk.server.calls]
        assert methods.count("editMessageText") == 1
        await talk.server.until(
            lambda: [method for method, _ in talk.server.calls].count("answerCallbackQuery") == 2
        )
        await talk.server.press(cancel, message_id=7)
        await talk.server.until(lambda: talk.server.calls[-1][1].get("text") == "Cancelled.")


async def test_pairs_to_enter_are_offered_as_buttons(tmp_path):
    async with conversation(tmp_path) as talk:
        assert await talk.ask("/forcelong") == "Enter which pair long?"
        assert talk.buttons == [
            [(pair, f"do:/forcelong {pair}") for pair in ("BTC/USDT", "ETH/USDT", "SOL/USDT")],
            [("Cancel", "leave")],
        ]
        await talk.server.press("do:/forcelong SOL/USDT", message_id=1)
        assert (await talk.server.reply(2)).startswith("Trade 1: SOL/USDT long")
        assert await talk.ask("/forceshort") == "⚠️ Spot markets cannot be shorted."


async def test_an_answer_can_be_requested_again_in_its_place(tmp_path):
    async with conversation(tmp_path) as talk:
        await talk.ask("/count")
        assert talk.buttons == [[("Refresh", "again:/count")]]
        await talk.scene.enter()
        await talk.server.press("again:/count", message_id=1)
        await talk.server.until(lambda: talk.server.calls[-1][0] == "editMessageText")
        edited = talk.server.calls[-1][1]
        assert "1     2" in edited["text"]
        assert edited["text"].endswith("As of 2026-01-05 12:00:30 UTC")
        await talk.server.press("again:/stop", message_id=1)
        assert await talk.ask("/version")
        assert talk.bot.state.value == "running"


async def test_without_reload_there_is_no_such_button(tmp_path):
    async with conversation(tmp_path, telegram_section={"reload": False}) as talk:
        await talk.ask("/count")
        assert "keyboard" in talk.server.calls[-1][1]["reply_markup"]


async def test_long_answers_come_in_several_messages(tmp_path):
    async with conversation(tmp_path) as talk:
        patterns = [f"PAIR{number:04}/USDT" for number in range(600)]
        await talk.ask("/blacklist " + " ".join(patterns))
        await talk.server.until(lambda: len(talk.server.texts) >= 3)
        assert all(len(text) <= 4096 for text in talk.server.texts)
        assert all(any(pair in text for text in talk.server.texts) for pair in patterns)


async def test_a_reload_that_changes_the_section_is_followed(tmp_path):
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"telegram": {"reload": True}}))
    async with conversation(tmp_path, files=[str(file)]) as talk:
        await talk.ask("/count")
        assert "inline_keyboard" in talk.server.calls[-1][1]["reply_markup"]
        file.write_text(json.dumps({"telegram": {"reload": False}}))
        talk.server.listening = False
        talk.bot.request_reload()
        await talk.bot.run_one_cycle()
        await talk.server.until(lambda: talk.server.listening)
        await talk.ask("/count")
        assert "keyboard" in talk.server.calls[-1][1]["reply_markup"]


async def test_what_acts_is_written_into_the_audit_log_with_who_and_how_it_ended(tmp_path):
    async with conversation(tmp_path) as talk:
        await talk.ask("/count")
        await talk.ask("/pause")
        await talk.ask("/forceexit 9")
        lines = [line.record for line in await talk.bot._shared.books.store.audit.lines()]
        commanded = [line for line in lines if line.origin == "Telegram"]
        assert {line.who for line in commanded} == {f"user {USER}"}
        pause, _, exit_, outcome = commanded
        assert (pause.what, exit_.what) == ("/pause", "/forceexit 9")
        assert "not done: there is no open trade with id 9" in str(outcome.after)
