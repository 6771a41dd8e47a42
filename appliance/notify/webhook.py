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
        name = message.type.value
        template = getattr(self._settings, name)
        if template is None and message.type in _OLD_NAMES:
            name = _OLD_NAMES[message.type]
            template = getattr(self._settings, name)
        if not template:
            return None
        try:
            payload = filled(template, fields_for_templates(message, facts))
        except BadTemplate as error:
            self._template_warnings.log_once(f"webhook.{name}", str(error))
            return None
        return msgspec.json.encode(payload).decode()

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
