"""Send messages to any service that apprise supports. It is imported for the first message."""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from appliance.config.sections.notifications import NotificationTarget
from appliance.domain.message import Message, MessageType
from appliance.domain.outbox_message import OutboxMessage
from appliance.notify.bot_facts import Facts, fields_for_templates
from appliance.notify.service import NotAccepted, TemplateWarnings
from appliance.notify.templates import BadTemplate, filled
from appliance.notify.text import Text, plain, text_of

_KINDS = {
    MessageType.WARNING: "warning",
    MessageType.LIQUIDATION_WARNING: "warning",
    MessageType.PROTECTION_TRIGGER: "warning",
    MessageType.PROTECTION_TRIGGER_GLOBAL: "warning",
    MessageType.EXCEPTION: "failure",
}
"""apprise's notification types, which some services show as colours. Others are "info"."""


class _Content(msgspec.Struct):
    title: str
    body: str
    kind: str


class AppriseTarget:
    """Send to one target by apprise. Its address is a secret, and never logged."""

    def __init__(self, target: NotificationTarget) -> None:
        self.name = f"notifications.{target.name}"
        self._target = target
        self._apprise: Any = None
        self._template_warnings = TemplateWarnings()

    def compose(self, message: Message, facts: Facts) -> str | None:
        text = text_of(message, facts) if message.type in self._target.types else None
        if text is None:
            return None
        fields = fields_for_templates(message, facts)
        body = self._from_template(self._target.templates.get(message.type, ""), fields)
        title = self._from_template(self._target.title, fields)
        if not title:
            title = f"{facts.bot_name}: {text.headline}" if text.headline else facts.bot_name
        kind = _kind(message)
        below = Text("", text.rows, text.words)
        content = _Content(title, body or plain(below) or text.headline, kind)
        return msgspec.json.encode(content).decode()

    def types(self) -> dict[str, str]:
        templates = self._target.templates
        return {kind.value: "by template" if kind in templates else "on" for kind in self._target.types}

    def test_content(self, text: str, facts: Facts) -> str:
        return msgspec.json.encode(_Content(facts.bot_name, text, "info")).decode()

    async def send(self, queued: OutboxMessage, *, late: bool) -> None:
        content = msgspec.json.decode(queued.content, type=_Content)
        if late:
            content.body += f"\n(late: this is of {queued.created_at:%Y-%m-%d %H:%M:%S} UTC)"
        failure = await _in_a_thread(lambda: self._notify(content))
        if failure:
            raise NotAccepted(failure)

    def _from_template(self, template: str, fields: dict[str, Any]) -> str:
        """Fill a template; return "" if that fails: then the standard text is sent."""
        try:
            return str(filled(template, fields))
        except BadTemplate as error:
            self._template_warnings.log_once(self.name, str(error))
            return ""

    def _notify(self, content: _Content) -> str:
        """Send; return why it failed, or "". Blocks."""
        import apprise

        # Its log lines would contain parts of the address.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        if self._apprise is None:
            made = apprise.Apprise()
            if not made.add(self._target.url):
                return "apprise does not support this kind of address, or parts of it are missing"
            self._apprise = made
        taken = self._apprise.notify(
            body=content.body,
            title=content.title,
            notify_type=apprise.NotifyType(content.kind),
            body_format=apprise.NotifyFormat.TEXT,
        )
        return "" if taken else "the service did not accept it, or cannot be reached"


def _kind(message: Message) -> str:
    if message.type is MessageType.EXIT_FILL:
        return "success" if (message.fields.get("profit_ratio") or 0.0) > 0 else "failure"
    return _KINDS.get(message.type, "info")


async def _in_a_thread(work: Callable[[], str]) -> str:
    """Run `work` in a daemon thread, which does not delay the end of the program."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[str] = loop.create_future()

    def resolve(result: str) -> None:
        if not done.done():
            done.set_result(result)

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - the edge to a hundred plug-ins
            result = f"apprise failed: {type(error).__name__}"
        if not loop.is_closed():
            loop.call_soon_threadsafe(resolve, result)

    threading.Thread(target=run, name="apprise", daemon=True).start()
    return await done
