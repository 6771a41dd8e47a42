"""Show how messages reach their services, and try one."""

from msgspec import Struct

from appliance.bot.state.notifications import ServiceState
from appliance.domain.errors import Refused, StorageError
from appliance.domain.message import MessageType
from appliance.queries.bot_slot import BotSlot

_NOT_SENT = (MessageType.ANALYZED_DF, MessageType.NEW_CANDLE, MessageType.DECISION)
"""Types for the websocket; only a webhook can get them, too."""


class NotificationsView(Struct, frozen=True, kw_only=True):
    """Hold the services and the types of messages; `fault` is why there is nothing to show."""

    services: list[ServiceState]
    types: list[str]
    fault: str = ""


async def notifications(slot: BotSlot) -> NotificationsView:
    """Return the services of the running bot. Raises Starting, WrongMode."""
    bot = slot.require_bot()
    if bot.notifications is None:
        text = "No messages are sent: that could not be started. The log says why."
        return NotificationsView(services=[], types=[], fault=text)
    try:
        services = await bot.notifications.states()
    except StorageError as error:
        return NotificationsView(services=[], types=[], fault=f"The outbox cannot be read: {error}")
    got = {kind for service in services for kind in service.types}
    types = [kind.value for kind in MessageType if kind not in _NOT_SENT or kind.value in got]
    return NotificationsView(services=services, types=types)


async def test_service(slot: BotSlot, name: str) -> str:
    """Send a test message by a service; return what came of it. Raises NotFound, Refused."""
    bot = slot.require_bot()
    if bot.notifications is None:
        raise Refused("No messages are sent: that could not be started. The log says why.")
    return await bot.notifications.test(name)
