"""Write every message down for the services that are to be told, and have it delivered."""

import asyncio
import contextlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp

from appliance.config.settings import Settings
from appliance.domain.errors import StorageError
from appliance.domain.message import Message, MessageType
from appliance.domain.outbox_message import Letter
from appliance.notify.bot_facts import Facts, facts_of
from appliance.notify.delivery import FIRST_PAUSE, Delivery
from appliance.notify.pending_messages import Unwritten
from appliance.notify.service import Service
from appliance.notify.services import services_of

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

log = logging.getLogger(__name__)

LAST_CHANCE_SECONDS = 3.0
"""How long the end of the program waits for what is on its way; the rest is sent after the next start."""
EXPIRY_SECONDS = 600.0
_STORAGE_RETRY_SECONDS = 5.0


class Notifier:
    """Listen to a bot, and tell the services that its settings name, as of its last reload.

    Messages become letters at once, in memory; a moment later all of that moment are written in one commit.
    """

    def __init__(self, bot: "Bot", *, first_pause: float = FIRST_PAUSE) -> None:
        self._bot = bot
        self._first_pause = first_pause
        self._session = aiohttp.ClientSession(trust_env=True)
        self._settings: Settings | None = None
        self._deliveries: dict[str, tuple[Delivery, asyncio.Task[None]]] = {}
        self._unwritten = Unwritten()
        self._overflows = False
        self._heard = asyncio.Event()
        self._follow_settings()
        self._leave = bot.events.subscribe(self._hear, from_the_start=True)
        self._tasks = [
            asyncio.create_task(self._write_down(), name="outbox"),
            asyncio.create_task(self._expire(), name="outbox expiry"),
        ]
        bot.before_closing(self.close)

    async def waiting(self) -> dict[str, int]:
        """Return how many messages wait, by service. Raises StorageError."""
        return await self._bot.outbox.waiting()

    async def close(self) -> None:
        """Write down what was heard, give deliveries a last chance, and end."""
        self._leave()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await self._write()
        except StorageError as error:
            log.error("%d messages were not written down and are lost: %s", len(self._unwritten), error)
        settled = asyncio.gather(*(delivery.settled.wait() for delivery, _ in self._deliveries.values()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(settled, LAST_CHANCE_SECONDS)
        ending = [task for _, task in self._deliveries.values()]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self._session.close()

    # -- hearing ---------------------------------------------------------------------------------------

    def _hear(self, message: Message) -> None:
        """Make letters of a message; never waits."""
        self._follow_settings()
        if not self._deliveries:
            return
        facts = facts_of(self._bot)
        for delivery, _ in self._deliveries.values():
            self._address(delivery.service, message, facts)

    def _address(self, service: Service, message: Message, facts: Facts) -> None:
        try:
            content = service.compose(message, facts)
        except Exception:  # the edge to the services: what one cannot say, the others do
            log.exception("%s: a %s message cannot be told", service.name, message.type.value)
            return
        if content is None:
            return
        letter = Letter(service=service.name, created_at=self._bot.now(), content=content)
        most = self._bot.settings.notifications.outbox.most_messages
        if self._unwritten.add(letter, most=most):
            self._bot.outbox.count_dropped(service.name, 1)
            if not self._overflows:
                log.error("%s: messages are lost: the database cannot be written", service.name)
            self._overflows = True
        self._heard.set()

    def _follow_settings(self) -> None:
        """Take over the services of the bot's settings, once after each reload."""
        if self._bot.settings is self._settings:
            return
        self._settings = self._bot.settings
        services = {service.name: service for service in services_of(self._settings, self._session)}
        for name in self._deliveries.keys() - services.keys():
            self._deliveries.pop(name)[1].cancel()
        for name, service in services.items():
            if name in self._deliveries:
                delivery = self._deliveries[name][0]
                delivery.service = service
                delivery.wake()
            else:
                delivery = Delivery(service, self._bot.outbox, self._bot.now, self._first_pause)
                task = asyncio.create_task(delivery.run(), name=f"delivery to {name}")
                self._deliveries[name] = (delivery, task)

    # -- writing ---------------------------------------------------------------------------------------

    async def _write_down(self) -> None:
        while True:
            await self._heard.wait()
            self._heard.clear()
            try:
                await self._write()
            except StorageError as error:
                log.error("Messages cannot be written down, they wait in memory: %s", error)
                await asyncio.sleep(_STORAGE_RETRY_SECONDS)
                self._heard.set()

    async def _write(self) -> None:
        """Write what was heard in one commit, then have it delivered. Raises StorageError."""
        letters = self._unwritten.begin_to_write()
        if not letters:
            return
        most, written = self._bot.settings.notifications.outbox.most_messages, False
        try:
            dropped = await self._bot.outbox.add(letters, most=most)
            written, self._overflows = True, False
        finally:
            self._unwritten.end_to_write(written=written)
        for name in {letter.service for letter in letters} & self._deliveries.keys():
            self._deliveries[name][0].more()
        self._tell_dropped(dropped, "more waited than are kept")
        self._tell_dropped(self._unwritten.lost(), "the database could not be written")

    async def _expire(self) -> None:
        while True:
            hours = self._bot.settings.notifications.outbox.keep_hours
            try:
                gone = await self._bot.outbox.expire(self._bot.now() - timedelta(hours=hours))
                self._tell_dropped(gone, f"they had waited for {hours:g} hours")
            except StorageError as error:
                log.warning("Old messages cannot be dropped: %s", error)
            await asyncio.sleep(EXPIRY_SECONDS)

    def _tell_dropped(self, dropped: dict[str, int], why: str) -> None:
        """Tell in the log, and the service itself once it takes messages again."""
        for name, count in dropped.items():
            text = f"{count} messages were dropped: {why}"
            log.warning("%s: %s", name, text)
            if name in self._deliveries:
                warning = Message(MessageType.WARNING, {"status": text})
                self._address(self._deliveries[name][0].service, warning, facts_of(self._bot))
