"""Post messages to a webhook, by the templates of freqtrade's section."""

import asyncio
import logging
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec

from appliance.config.settings import WebhookSettings
from appliance.domain.message import Message, MessageType
from appliance.domain.outbox_message import OutboxMessage
from appliance.notify.bot_facts import Facts, fields_for_templates
from appliance.notify.posting import post
from appliance.notify.service import NotAccepted, Rejected, TemplateWarnings
from appliance.notify.templates import BadTemplate, filled

log = logging.getLogger(__name__)

_OLD_NAMES = {
    MessageType.ENTRY: "webhookentry",
    MessageType.ENTRY_FILL: "webhookentryfill",
    MessageType.ENTRY_CANCEL: "webhookentrycancel",
    MessageType.EXIT: "webhookexit",
    MessageType.EXIT_FILL: "webhookexitfill",
    MessageType.EXIT_CANCEL: "webhookexitcancel",
    MessageType.STATUS: "webhookstatus",
    MessageType.STARTUP: "webhookstatus",
    MessageType.WARNING: "webhookstatus",
    MessageType.EXCEPTION: "webhookstatus",
}


class Webhook:
    """Send to a webhook. Each post has a header `Idempotency-Key`, the same for each attempt."""

    name = "webhook"

    def __init__(self, settings: WebhookSettings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._session = session
        self._template_warnings = TemplateWarnings()

    def compose(self, message: Message, facts: Facts) -> str | None:
        if message.type is MessageType.STRATEGY_MSG and not self._settings.allow_custom_messages:
            return None
        name, template = self._template_of(message.type)
        if not template:
            return None
        try:
            payload = filled(template, fields_for_templates(message, facts))
        except BadTemplate as error:
            self._template_warnings.log_once(f"webhook.{name}", str(error))
            return None
        return msgspec.json.encode(payload).decode()

    def types(self) -> dict[str, str]:
        found = (kind for kind in MessageType if self._template_of(kind)[1])
        allowed = self._settings.allow_custom_messages
        return {
            kind.value: "by template" for kind in found if allowed or kind is not MessageType.STRATEGY_MSG
        }

    def test_content(self, text: str, facts: Facts) -> str:
        """Fill the first template of plain messages; without one, send the text under the usual keys."""
        for kind in (MessageType.STATUS, MessageType.WARNING, MessageType.EXCEPTION, MessageType.STARTUP):
            if content := self.compose(Message(kind, {"status": text}), facts):
                return content
        return msgspec.json.encode({"data": text, "text": text, "value1": text}).decode()

    def _template_of(self, kind: MessageType) -> tuple[str, dict[str, Any] | None]:
        """Return the name and the template of a type; of earlier versions where it has none of its own."""
        name = kind.value
        template = getattr(self._settings, name, None)
        if template is None and kind in _OLD_NAMES:
            name = _OLD_NAMES[kind]
            template = getattr(self._settings, name)
        return name, template

    async def send(self, queued: OutboxMessage, *, late: bool) -> None:
        body = self._body(msgspec.json.decode(queued.content))
        body["headers"] = body.get("headers", {}) | {"Idempotency-Key": queued.key}
        for attempt in range(self._settings.retries + 1):
            try:
                await post(self._session, self._settings.url, seconds=self._settings.timeout, **body)
                return
            except NotAccepted:
                if attempt == self._settings.retries:
                    raise
                await asyncio.sleep(self._settings.retry_delay)

    def _body(self, payload: dict[str, Any]) -> dict[str, Any]:
        if self._settings.format == "json":
            content = msgspec.json.encode(payload)
            return {"data": content, "headers": {"Content-Type": "application/json"}}
        if self._settings.format == "raw":
            if "data" not in payload:
                raise Rejected('the format "raw" sends the key "data", which the template does not have')
            data = payload["data"]
            return {
                "data": ("" if data is None else str(data)).encode(),
                "headers": {"Content-Type": "text/plain"},
            }
        form = {key: _without_null(value) for key, value in payload.items() if value is not None}
        kind = "application/x-www-form-urlencoded"
        return {"data": urlencode(form, doseq=True).encode(), "headers": {"Content-Type": kind}}


def _without_null(value: Any) -> Any:
    """Return a list without nulls, which forms cannot express."""
    return [item for item in value if item is not None] if isinstance(value, list) else value
