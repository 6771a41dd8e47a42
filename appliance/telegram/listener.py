"""Receive commands from the chat, and carry them out."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import aiohttp

from appliance.domain.errors import ApplianceError
from appliance.notify.bot_api import BotApi, NotModified
from appliance.notify.service import NotAccepted, Rejected
from appliance.queries.bot_slot import BotSlot
from appliance.telegram.access import AccessCheck
from appliance.telegram.answers import Answer, ChatRequest, text_answer
from appliance.telegram.command_audit import audited
from appliance.telegram.commands import COMMANDS
from appliance.telegram.parsing import ParsedCommand, parse_command
from appliance.telegram.replies import AGAIN, DISMISS, DO, Replies
from appliance.telegram.updates import Message, Update, User, number_of, update_of

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.config.settings import TelegramSettings

log = logging.getLogger(__name__)

POLL_SECONDS = 25
"""How long Telegram may hold a request open until something happens."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 120.0
TOO_LATE_SECONDS = 600
"""A command that changes something, received later than that after an outage, is not carried out."""
MOST_AT_ONCE = 8


class Listener:
    """Poll Telegram for updates; commands are carried out concurrently.

    Updates from before the listener started are skipped: a command of yesterday must not run today.
    """

    def __init__(
        self, bot: "Bot", slot: BotSlot, session: aiohttp.ClientSession, *, first_pause: float = FIRST_PAUSE
    ) -> None:
        settings = bot.settings.telegram
        self._bot = bot
        self._slot = slot
        self._settings: TelegramSettings = settings
        self._api = BotApi(session, settings)
        self._replies = Replies(self._api, settings)
        self._access = AccessCheck(settings)
        self._first_pause = first_pause
        self._name = ""
        self._next = 0
        self._failures = 0
        self._used: set[int] = set()
        self._free = asyncio.Semaphore(MOST_AT_ONCE)
        self._working: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Listen until cancelled; a failure is logged once, and tried again."""
        try:
            while True:
                try:
                    await self._listen()
                except (NotAccepted, Rejected, NotModified) as error:
                    await self._pause(error)
                except Exception:  # an edge: whatever Telegram sends, the bot goes on listening
                    log.exception("Telegram: processing an update failed")
                    await self._pause(NotAccepted("see above"))
        finally:
            for task in self._working:
                task.cancel()
            await asyncio.gather(*self._working, return_exceptions=True)

    async def _listen(self) -> None:
        if not self._name:
            self._name = str((await self._api.call("getMe")).get("username", ""))
            # The newest update alone; the next request, for what follows it, confirms all earlier ones.
            self._advance_past(await self._updates(offset=-1, timeout=0))
            log.info("Telegram: listening as @%s", self._name)
        updates = await self._updates(offset=self._next, timeout=POLL_SECONDS)
        if self._failures:
            log.info("Telegram: listening again")
            self._failures = 0
        for raw in updates:
            self._advance_past([raw])
            update = update_of(raw)
            if update is not None:
                await self._free.acquire()
                task = asyncio.create_task(self._process(update), name="telegram command")
                self._working.add(task)
                task.add_done_callback(self._done)

    async def _updates(self, *, offset: int, timeout: int) -> list[Any]:  # noqa: ASYNC109 - Telegram's
        found = await self._api.call(
            "getUpdates",
            seconds=timeout + 15.0,
            offset=offset,
            timeout=timeout,
            allowed_updates=["message", "callback_query"],
        )
        return found if isinstance(found, list) else []

    def _advance_past(self, updates: list[Any]) -> None:
        self._next = max([self._next, *(number_of(raw) + 1 for raw in updates)])

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._free.release()

    async def _pause(self, error: ApplianceError) -> None:
        if self._failures == 0:
            log.warning("Telegram: cannot listen: %s; trying again", error)
        pause = min(self._first_pause * 2.0 ** min(self._failures, 20), LONGEST_PAUSE)
        self._failures += 1
        requested = error.retry_after if isinstance(error, NotAccepted) else None
        await asyncio.sleep(max(pause, min(requested or 0.0, LONGEST_PAUSE)))

    # -- commands --------------------------------------------------------------------------------------

    async def _process(self, update: Update) -> None:
        message = update.about
        if message is None:
            return
        try:
            if update.press is None:
                await self._answer_message(message, update.user)
            elif self._access.allows(message, update.user):
                await self._answer_press(update, message)
        except Exception:  # an edge: a command that fails stops no other
            log.exception("Telegram: answering a command failed")

    async def _answer_message(self, message: Message, user: User | None) -> None:
        parsed = parse_command(message.text, self._name)
        if parsed is None:
            return
        if parsed.command == "tg_info":
            await self._replies.introduce(message, _introduction(message, user))
            return
        if not self._access.allows(message, user):
            return
        command = COMMANDS.get(parsed.command)
        age = self._bot.now().timestamp() - message.date
        if command is not None and command.command and age > TOO_LATE_SECONDS:
            answer = text_answer(f"{parsed.line} came {age / 60:.0f} minutes late and was not carried out.")
        else:
            answer = await self._carry_out(parsed, user)
        await self._replies.send(answer, parsed.line)

    async def _answer_press(self, update: Update, message: Message) -> None:
        press = update.press
        assert press is not None
        parsed = parse_command(press.data.removeprefix(AGAIN).removeprefix(DO), self._name)
        if press.data == DISMISS or parsed is None or parsed.command not in COMMANDS:
            text = "Cancelled." if press.data == DISMISS else "This button is no longer valid."
            await self._replies.acknowledge(press, text)
        elif press.data.startswith(DO):
            if message.message_id in self._used:
                await self._replies.acknowledge(press)
                return  # pressed twice
            self._used.add(message.message_id)
            await self._replies.acknowledge(press, f"{parsed.line} …")
            await self._replies.send(await self._carry_out(parsed, press.sender), parsed.line)
        elif COMMANDS[parsed.command].command is None:
            await self._replies.acknowledge(press)
            answer = await self._carry_out(parsed, press.sender)
            await self._replies.replace(message, answer, parsed.line, self._bot.now())

    async def _carry_out(self, parsed: ParsedCommand, user: User | None) -> Answer:
        command = COMMANDS.get(parsed.command)
        if command is None:
            return text_answer(f"There is no command /{parsed.command:.40}; /help lists all.")
        request = ChatRequest(bot=self._bot, slot=self._slot, words=parsed.words)
        try:
            if command.command is None:
                return await command.carry_out(request)
            async with audited(self._bot, user, parsed, command.command):
                return await command.carry_out(request)
        except ApplianceError as error:
            return text_answer(f"⚠️ {error}")
        except Exception as error:  # the edge: the chat gets a short answer, the log the traceback
            log.exception("Telegram: /%s failed", parsed.command)
            return text_answer(f"⚠️ /{parsed.command} failed ({type(error).__name__}); see the log.")


def _introduction(message: Message, user: User | None) -> str:
    """Return what to write into the settings for this chat; it is no secret to its members."""
    lines = [f'"chat_id": "{message.chat.id}"']
    if message.message_thread_id is not None:
        lines.append(f'"topic_id": "{message.message_thread_id}"')
    if user is not None and user.id != message.chat.id:
        lines.append(f'"authorized_users": ["{user.id}"]')
    return "For <code>telegram</code> in the configuration:\n<pre>" + ",\n".join(lines) + "</pre>"
