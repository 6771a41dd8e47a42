"""Messages to the services that apprise supports, and the outbox of all services."""

from typing import Annotated

from msgspec import Struct, field

from appliance.config.documented import doc
from appliance.domain.message import MessageType

TOLD_BY_DEFAULT = (
    MessageType.STARTUP,
    MessageType.WARNING,
    MessageType.EXCEPTION,
    MessageType.ENTRY_FILL,
    MessageType.EXIT_FILL,
    MessageType.PROTECTION_TRIGGER,
    MessageType.PROTECTION_TRIGGER_GLOBAL,
    MessageType.LIQUIDATION_WARNING,
    MessageType.STRATEGY_MSG,
)


class NotificationTarget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service that gets messages, named by an apprise address."""

    name: Annotated[str, doc("Name in the log.", min_length=1, max_length=40)]
    url: Annotated[str, doc("Address in the form of apprise, such as `ntfy://…`; a secret.", min_length=1)]
    types: Annotated[tuple[MessageType, ...], doc("Types of messages that it gets.")] = TOLD_BY_DEFAULT
    title: Annotated[str, doc("Template of the title; default: the bot's name and the first line.")] = ""
    templates: Annotated[
        dict[MessageType, str], doc("Templates by message type, instead of the default texts.")
    ] = field(default_factory=dict)


class OutboxSettings(Struct, frozen=True, kw_only=True):
    """Limits of the messages that wait for an unreachable service."""

    keep_hours: Annotated[float, doc("Hours after which a waiting message is dropped.", gt=0)] = 72.0
    most_messages: Annotated[
        int, doc("Maximum number of messages waiting for a service; the oldest are dropped first.", ge=10)
    ] = 20_000


class NotificationsSettings(Struct, frozen=True, kw_only=True):
    enabled: Annotated[bool, doc("Send messages to `targets`.")] = True
    targets: Annotated[
        tuple[NotificationTarget, ...],
        doc("Services, each with `name`, `url` and optionally `types`, `title`, `templates`."),
    ] = ()
    outbox: Annotated[OutboxSettings, doc("Limits of waiting messages, Telegram and webhooks included.")] = (
        field(default_factory=OutboxSettings)
    )
