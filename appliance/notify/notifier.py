"""Queue every message for the services of the settings, and have it sent."""

import asyncio
import contextlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp

from appliance.bot.state.notifications import ServiceState
from appliance.config.secrets import Mask
from appliance.domain.errors import NotFound, Refused, StorageError
from appliance.domain.message import Message, MessageType
from appliance.domain.outbox_message import OutboxMessage
from appliance.notify.bot_facts import Facts, facts_of
from appliance.notify.dispatcher import FIRST_PAUSE, Dispatcher
from appliance.notify.pending_messages import PendingMessages
from appliance.notify.service import NotAccepted, Rejected, Service
from appliance.notify.services import services_of

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.config.settings import Settings

log = logging.getLogger(__name__)

LAST_CHANCE_SECONDS = 3.0
"""How long the shutdown waits for messages being sent; the rest is sent after the next start."""
EXPIRY_SECONDS = 600.0
TEST_SECONDS = 20.0
_STORAGE_RETRY_SECONDS = 5.0


class Notifier:
    """Receive a bot's events, and queue a message for each service of its settings, as of the last reload.

    Messages are composed at once, in memory; a moment later all of that moment are stored in one commit.
    """

    def __init__(self, bot: "Bot", *, first_pause: float = FIRST_PAUSE) -> None:
        self._bot = bot
        self._first_pause = first_pause
        self._session = aiohttp.ClientSession(trust_env=True)
        self._settings: Settings | None = None
        self._dispatchers: dict[str, tuple[Dispatcher, asyncio.Task[None]]] = {}
        self._pending = PendingMessages()
        self._overflows = False
        self._added = asyncio.Event()
        self._follow_settings()
        self._unsubscribe = bot.events.subscribe(self._receive, from_the_start=True)
        self._tasks = [
            asyncio.create_task(self._write_pending(), name="outbox"),
            asyncio.create_task(self._expire(), name="outbox expiry"),
        ]
        bot.notifications = self
        bot.before_closing(self.close)

    async def waiting(self) -> dict[str, int]:
        """Return how many messages are queued, by service. Raises StorageError."""
        return await self._bot.outbox.waiting()

    async def states(self) -> list[ServiceState]:
        """Return the state of each service. Raises StorageError."""
        self._follow_settings()
        waiting, dropped, mask = await self.waiting(), self._bot.outbox.dropped, self._mask()
        return [
            ServiceState(
                name=name,
                types=dispatcher.service.types(),
                waiting=waiting.get(name, 0),
                dropped=dropped[name],
                trouble=mask(dispatcher.trouble),
                failing_since=dispatcher.failing_since,
                last_sent=dispatcher.last_sent_at,
            )
            for name, (dispatcher, _) in self._dispatchers.items()
        ]

    async def test(self, name: str) -> str:
        """Send a test message at once, beside what waits. Raises NotFound, Refused with the reason."""
        self._follow_settings()
        if name not in self._dispatchers:
            raise NotFound("There is no such service; the settings have changed")
        dispatcher, facts = self._dispatchers[name][0], facts_of(self._bot)
        text = f"Test message of {facts.bot_name or 'appliance'}: {name} works."
        try:
            async with asyncio.timeout(TEST_SECONDS):
                await dispatcher.send_now(dispatcher.service.test_content(text, facts))
        except TimeoutError:
            raise Refused(f"{name}: no answer in {TEST_SECONDS:g} seconds") from None
        except (NotAccepted, Rejected) as reason:
            raise Refused(f"{name}: {self._mask()(str(reason))}") from None
        except Exception as error:  # the edge to the services: its text may have the address
            log.exception("%s: a test message failed", name)
            raise Refused(f"{name}: failed with {type(error).__name__}; see the log") from None
        return f"{name} has accepted a test message."

    def _mask(self) -> Mask:
        """Return what masks the secrets of the settings: a service may repeat them in its answer."""
        mask = Mask()
        mask.learn(self._bot.raw)
        return mask

    async def close(self) -> None:
        """Store what is pending, wait a moment for what is being sent, and end."""
        self._unsubscribe()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await self._write()
        except StorageError as error:
            log.error("%d messages could not be stored and are lost: %s", len(self._pending), error)
        idle = asyncio.gather(*(dispatcher.idle.wait() for dispatcher, _ in self._dispatchers.values()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(idle, LAST_CHANCE_SECONDS)
        ending = [task for _, task in self._dispatchers.values()]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self._session.close()

    # -- receiving -------------------------------------------------------------------------------------

    def _receive(self, message: Message) -> None:
        """Compose a message for each service; never waits."""
        self._follow_settings()
        if not self._dispatchers:
            return
        facts = facts_of(self._bot)
        for dispatcher, _ in self._dispatchers.values():
            self._compose(dispatcher.service, message, facts)

    def _compose(self, service: Service, message: Message, facts: Facts) -> None:
        try:
            content = service.compose(message, facts)
        except Exception:  # the edge to the services: a failure of one affects no other
            log.exception("%s: composing a %s message failed", service.name, message.type.value)
            return
        if content is None:
            return
        queued = OutboxMessage(service=service.name, created_at=self._bot.now(), content=content)
        most = self._bot.settings.notifications.outbox.most_messages
        if self._pending.add(queued, most=most):
            self._bot.outbox.count_dropped(service.name, 1)
            if not self._overflows:
                log.error("%s: messages are lost: the database cannot be written", service.name)
            self._overflows = True
        self._added.set()

    def _follow_settings(self) -> None:
        """Apply the services of the bot's settings, once after each reload."""
        if self._bot.settings is self._settings:
            return
        self._settings = self._bot.settings
        services = {service.name: service for service in services_of(self._settings, self._session)}
        for name in self._dispatchers.keys() - services.keys():
            self._dispatchers.pop(name)[1].cancel()
        for name, service in services.items():
            if name in self._dispatchers:
                dispatcher = self._dispatchers[name][0]
                dispatcher.service = service
                dispatcher.wake()
            else:
                dispatcher = Dispatcher(service, self._bot.outbox, self._bot.now, self._first_pause)
                task = asyncio.create_task(dispatcher.run(), name=f"dispatcher to {name}")
                self._dispatchers[name] = (dispatcher, task)

    # -- writing ---------------------------------------------------------------------------------------

    async def _write_pending(self) -> None:
        while True:
            await self._added.wait()
            self._added.clear()
            try:
                await self._write()
            except StorageError as error:
                log.error("Messages cannot be stored and wait in memory: %s", error)
                await asyncio.sleep(_STORAGE_RETRY_SECONDS)
                self._added.set()

    async def _write(self) -> None:
        """Store what is pending in one commit, then have it sent. Raises StorageError."""
        messages = self._pending.begin_writing()
        if not messages:
            return
        most, written = self._bot.settings.notifications.outbox.most_messages, False
        try:
            dropped = await self._bot.outbox.add(messages, most=most)
            written, self._overflows = True, False
        finally:
            self._pending.end_writing(written=written)
        for name in {message.service for message in messages} & self._dispatchers.keys():
            self._dispatchers[name][0].notify()
        self._report_dropped(dropped, "too many were queued")
        self._report_dropped(self._pending.lost(), "the database could not be written")

    async def _expire(self) -> None:
        while True:
            hours = self._bot.settings.notifications.outbox.keep_hours
            try:
                gone = await self._bot.outbox.expire(self._bot.now() - timedelta(hours=hours))
                self._report_dropped(gone, f"they were queued for {hours:g} hours")
            except StorageError as error:
                log.warning("Old messages cannot be dropped: %s", error)
            await asyncio.sleep(EXPIRY_SECONDS)

    def _report_dropped(self, dropped: dict[str, int], why: str) -> None:
        """Log how many were dropped, and queue a warning to the service itself."""
        for name, count in dropped.items():
            text = f"{count} messages were dropped: {why}"
            log.warning("%s: %s", name, text)
            if name in self._dispatchers:
                warning = Message(MessageType.WARNING, {"status": text})
                self._compose(self._dispatchers[name][0].service, warning, facts_of(self._bot))
