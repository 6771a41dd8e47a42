"""Post messages to a Discord channel, each as an embed of fields. https://discord.com/developers/docs"""

from typing import Any

import aiohttp
import msgspec

from appliance.config.settings import DiscordSettings
from appliance.domain.message import Message, MessageType
from appliance.domain.outbox_message import OutboxMessage
from appliance.notify.bot_facts import Facts, fields_for_templates
from appliance.notify.posting import post
from appliance.notify.service import TemplateWarnings
from appliance.notify.templates import BadTemplate, filled

_BLUE, _GREEN, _RED = 0x0000FF, 0x00FF00, 0xFF0000
_LONGEST_NAME, _LONGEST_VALUE, _MOST_FIELDS = 256, 1024, 25
"""Discord rejects a message that exceeds these limits, or has an empty value."""


class Discord:
    """Send to the channel of a Discord webhook."""

    name = "discord"

    def __init__(self, settings: DiscordSettings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._session = session
        self._template_warnings = TemplateWarnings()

    def compose(self, message: Message, facts: Facts) -> str | None:
        if message.type is MessageType.STRATEGY_MSG and not self._settings.allow_custom_messages:
            return None
        wanted = getattr(self._settings, message.type.value, ())
        if not wanted:
            return None
        fields = fields_for_templates(message, facts)
        shown: list[dict[str, Any]] = []
        for name, template in (item for field in wanted for item in field.items()):
            if template is None:
                continue
            try:
                value = str(filled(template, fields))
            except BadTemplate as error:
                self._template_warnings.log_once(f"discord.{message.type.value}", str(error))
                value = "?"
            shown.append(
                {"name": name[:_LONGEST_NAME] or "-", "value": value[:_LONGEST_VALUE] or "-", "inline": True}
            )
        embed = {"title": _title(message), "color": _colour(message), "fields": shown[:_MOST_FIELDS]}
        return msgspec.json.encode({"embeds": [embed]}).decode()

    def types(self) -> dict[str, str]:
        found = [kind.value for kind in MessageType if getattr(self._settings, kind.value, ())]
        if not self._settings.allow_custom_messages:
            found = [kind for kind in found if kind != MessageType.STRATEGY_MSG]
        return dict.fromkeys(found, "by fields")

    def test_content(self, text: str, facts: Facts) -> str:
        field = {"name": "Test", "value": text[:_LONGEST_VALUE], "inline": True}
        embed = {"title": facts.bot_name[:_LONGEST_NAME] or "-", "color": _BLUE, "fields": [field]}
        return msgspec.json.encode({"embeds": [embed]}).decode()

    async def send(self, queued: OutboxMessage, *, late: bool) -> None:
        await post(
            self._session,
            self._settings.webhook_url,
            seconds=self._settings.timeout,
            data=queued.content.encode(),
            headers={"Content-Type": "application/json"},
        )


def _title(message: Message) -> str:
    pair = message.fields.get("pair")
    return f"Trade: {pair} {message.type.value}" if pair else message.type.value


def _colour(message: Message) -> int:
    if message.type not in (MessageType.EXIT, MessageType.EXIT_FILL):
        return _BLUE
    return _GREEN if (message.fields.get("profit_ratio") or 0.0) > 0 else _RED
