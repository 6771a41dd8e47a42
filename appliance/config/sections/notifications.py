"""Messages to any of the services that apprise knows, and how long messages wait for a service."""

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
    """Name one service that is told, by an address as apprise has them."""

    name: Annotated[str, doc("What it is called in the log.", min_length=1, max_length=40)]
    url: Annotated[str, doc("Address as apprise has it, such as `ntfy://…`; it is a secret.", min_length=1)]
    types: Annotated[tuple[MessageType, ...], doc("Which types of messages it gets.")] = TOLD_BY_DEFAULT
    title: Annotated[str, doc("Template of the title; default: the bot's name and the first line.")] = ""
    templates: Annotated[dict[MessageType, str], doc("Templates by type, in place of the usual texts.")] = (
        field(default_factory=dict)
    )


class OutboxSettings(Struct, frozen=True, kw_only=True):
    """Say how much waits for a service that cannot be reached."""

    keep_hours: Annotated[float, doc("Hours that a message waits before it is dropped.", gt=0)] = 72.0
    most_messages: Annotated[int, doc("Messages that wait for one service; the oldest go first.", ge=10)] = (
        20_000
    )


class NotificationsSettings(Struct, frozen=True, kw_only=True):
    enabled: Annotated[bool, doc("Send messages to `targets`.")] = True
    targets: Annotated[
        tuple[NotificationTarget, ...],
        doc("Services, each with `name`, `url` and perhaps `types`, `title`, `templates`."),
    ] = ()
    outbox: Annotated[OutboxSettings, doc("What waits for a service, Telegram and webhooks included.")] = (
        field(default_factory=OutboxSettings)
    )
