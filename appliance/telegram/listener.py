"""Hear what people write in the chat, and carry it out."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import aiohttp

from appliance.config.settings import TelegramSettings
from appliance.domain.errors import ApplianceError
from appliance.notify.bot_api import BotApi, NotModified
from appliance.notify.service import NeverTaken, NotTaken
from appliance.queries.bot_slot import BotSlot
from appliance.telegram.access import Entrance
from appliance.telegram.answers import Answer, Asked, said
from appliance.telegram.command_audit import commanded
from appliance.telegram.commands import COMMANDS
from appliance.telegram.parsing import Spoken, spoken
from appliance.telegram.replies import AGAIN, DO, LEAVE, Replies
from appliance.telegram.updates import Message, Update, User, number_of, update_of

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

log = logging.getLogger(__name__)

POLL_SECONDS = 25
"""How long Telegram may hold a request back until something happens."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 120.0
TOO_LATE_SECONDS = 600
"""A command that acts, heard later than that after a break of the connection, may no longer be meant."""
MOST_AT_ONCE = 8


class Listener:
    """Ask Telegram for what happened, again and again; each command is carried out beside the others.

    What was written while nobody listened is left alone when the listener begins: nobody should find that an
    order of yesterday is carried out today.
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
        self._entrance = Entrance(settings)
        self._first_pause = first_pause
        self._name = ""
        self._next = 0
        self._failures = 0
        self._used: set[int] = set()
        self._free = asyncio.Semaphore(MOST_AT_ONCE)
        self._working: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Listen until cancelled; what fails is told once, and tried again."""
        try:
            while True:
                try:
                    await self._listen()
                except (NotTaken, NeverTaken, NotModified) as error:
                    await self._pause(error)
                except Exception:  # an edge: whatever Telegram sends, the bot listens on
                    log.exception("Telegram: something that was heard cannot be understood")
                    await self._pause(NotTaken("see above"))
        finally:
            for task in self._working:
                task.cancel()
            await asyncio.gather(*self._working, return_exceptions=True)

    async def _listen(self) -> None:
        if not self._name:
            self._name = str((await self._api.call("getMe")).get("username", ""))
            # The newest update alone; asking for what comes after it forgets all others.
            self._go_on_after(await self._updates(offset=-1, timeout=0))
            log.info("Telegram: listening as @%s", self._name)
        updates = await self._updates(offset=self._next, timeout=POLL_SECONDS)
        if self._failures:
            log.info("Telegram: listening again")
            self._failures = 0
        for raw in updates:
            self._go_on_after([raw])
            update = update_of(raw)
            if update is not None:
                await self._free.acquire()
                task = asyncio.create_task(self._take_up(update), name="telegram command")
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

    def _go_on_after(self, updates: list[Any]) -> None:
        self._next = max([self._next, *(number_of(raw) + 1 for raw in updates)])

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._free.release()

    async def _pause(self, error: ApplianceError) -> None:
        if self._failures == 0:
            log.warning("Telegram: cannot listen: %s; trying again", error)
        pause = min(self._first_pause * 2.0 ** min(self._failures, 20), LONGEST_PAUSE)
        self._failures += 1
        asked_for = error.retry_after if isinstance(error, NotTaken) else None
        await asyncio.sleep(max(pause, min(asked_for or 0.0, LONGEST_PAUSE)))

    # -- carrying out ----------------------------------------------------------------------------------

    async def _take_up(self, update: Update) -> None:
        message = update.about
        if message is None:
            return
        try:
            if update.touch is None:
                await self._hear(message, update.user)
            elif self._entrance.admits(message, update.user):
                await self._touched(update, message)
        except Exception:  # an edge: one command that fails keeps no other from being heard
            log.exception("Telegram: a command failed")

    async def _hear(self, message: Message, user: User | None) -> None:
        heard = spoken(message.text, self._name)
        if heard is None:
            return
        if heard.command == "tg_info":
            await self._replies.introduce(message, _introduction(message, user))
            return
        if not self._entrance.admits(message, user):
            return
        command = COMMANDS.get(heard.command)
        age = self._bot.now().timestamp() - message.date
        if command is not None and command.acts and age > TOO_LATE_SECONDS:
            answer = said(f"{heard.line} came {age / 60:.0f} minutes late and was not carried out.")
        else:
            answer = await self._carried_out(heard, user)
        await self._replies.send(answer, heard.line)

    async def _touched(self, update: Update, message: Message) -> None:
        touch = update.touch
        assert touch is not None
        heard = spoken(touch.data.removeprefix(AGAIN).removeprefix(DO), self._name)
        if touch.data == LEAVE or heard is None or heard.command not in COMMANDS:
            text = "Left as it is." if touch.data == LEAVE else "This button is out of use."
            await self._replies.heard(touch, text)
        elif touch.data.startswith(DO):
            if message.message_id in self._used:
                await self._replies.heard(touch)
                return  # touched twice
            self._used.add(message.message_id)
            await self._replies.heard(touch, f"{heard.line} …")
            await self._replies.send(await self._carried_out(heard, touch.sender), heard.line)
        elif not COMMANDS[heard.command].acts:
            await self._replies.heard(touch)
            answer = await self._carried_out(heard, touch.sender)
            await self._replies.replace(message, answer, heard.line, self._bot.now())

    async def _carried_out(self, heard: Spoken, user: User | None) -> Answer:
        command = COMMANDS.get(heard.command)
        if command is None:
            return said(f"There is no command /{heard.command:.40}; /help lists all.")
        asked = Asked(bot=self._bot, slot=self._slot, words=heard.words)
        try:
            if not command.acts:
                return await command.carry_out(asked)
            async with commanded(self._bot, user, heard, protective=command.protective):
                return await command.carry_out(asked)
        except ApplianceError as why_not:
            return said(f"⚠️ {why_not}")
        except Exception as error:  # the edge to people: they are told, and the log says more
            log.exception("Telegram: /%s failed", heard.command)
            return said(f"⚠️ /{heard.command} failed ({type(error).__name__}): the log says more.")


def _introduction(message: Message, user: User | None) -> str:
    """Say what to write into the settings for this chat; anybody may know it of his own chat."""
    lines = [f'"chat_id": "{message.chat.id}"']
    if message.message_thread_id is not None:
        lines.append(f'"topic_id": "{message.message_thread_id}"')
    if user is not None and user.id != message.chat.id:
        lines.append(f'"authorized_users": ["{user.id}"]')
    return "For <code>telegram</code> in the configuration:\n<pre>" + ",\n".join(lines) + "</pre>"
