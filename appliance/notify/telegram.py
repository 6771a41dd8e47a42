"""Send messages to a Telegram chat, silently or not, as the settings say."""

from typing import Any

import aiohttp
import msgspec

from appliance.config.settings import TelegramSettings
from appliance.domain.message import Message, MessageType
from appliance.domain.outbox_message import OutboxMessage
from appliance.notify.bot_api import BotApi
from appliance.notify.bot_facts import Facts
from appliance.notify.pages import Block, pages, plain_pages, units
from appliance.notify.service import Rejected
from appliance.notify.text import as_html, text_of

DEFAULT_KEYBOARD = (
    ("/daily", "/profit", "/balance"),
    ("/status", "/status table", "/performance"),
    ("/count", "/start", "/stop", "/help"),
)
HTML, MARKDOWN = "HTML", "Markdown"


class _Content(msgspec.Struct):
    """`mode` is how Telegram parses the text: our HTML, or a strategy's Markdown."""

    text: str
    mode: str
    silent: bool


class Telegram:
    """Send to the chat of the settings."""

    name = "telegram"

    def __init__(self, settings: TelegramSettings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._api = BotApi(session, settings)

    def compose(self, message: Message, facts: Facts) -> str | None:
        loudness = _loudness(self._settings, message)
        if loudness == "off":
            return None
        with_candle = self._settings.notification_settings.show_candle == "ohlc"
        text = text_of(message, facts, with_candle=with_candle)
        if text is None:
            return None
        custom = message.type is MessageType.STRATEGY_MSG
        content = _Content(
            text=text.words if custom else as_html(text),
            mode=MARKDOWN if custom else HTML,
            silent=loudness == "silent",
        )
        return msgspec.json.encode(content).decode() if content.text.strip() else None

    def types(self) -> dict[str, str]:
        found = {kind: getattr(self._settings.notification_settings, kind, "off") for kind in MessageType}
        if not self._settings.allow_custom_messages:
            found[MessageType.STRATEGY_MSG] = "off"
        ways = {kind: "by exit reason" if isinstance(way, dict) else str(way) for kind, way in found.items()}
        return {kind.value: way for kind, way in ways.items() if way != "off"}

    def test_content(self, text: str, facts: Facts) -> str:
        status = text_of(Message(MessageType.STATUS, {"status": text}), facts)
        content = _Content(text=as_html(status) if status else text, mode=HTML, silent=False)
        return msgspec.json.encode(content).decode()

    async def send(self, queued: OutboxMessage, *, late: bool) -> None:
        content = msgspec.json.decode(queued.content, type=_Content)
        text = content.text
        if late:
            text = f"{text}\n(late: this is of {queued.created_at:%Y-%m-%d %H:%M:%S} UTC)"
        if content.mode == HTML:
            for page in pages([Block(tuple(text.split("\n")))]):
                await self._send(page, HTML, content.silent)
        else:
            await self._send_of_strategy(text, content.silent)

    async def _send_of_strategy(self, text: str, silent: bool) -> None:
        """Send as Markdown, as strategies expect; as plain text if Telegram cannot parse it."""
        try:
            if units(text) <= 4096:
                await self._send(text, MARKDOWN, silent)
                return
        except Rejected:
            pass
        for page in plain_pages(text):
            await self._send(page, None, silent)

    async def _send(self, text: str, mode: str | None, silent: bool) -> None:
        settings = self._settings
        await self._api.call(
            "sendMessage",
            chat_id=settings.chat_id,
            message_thread_id=settings.topic_id,
            text=text,
            parse_mode=mode,
            disable_notification=silent,
            reply_markup=keyboard(settings),
        )


def keyboard(settings: TelegramSettings) -> dict[str, Any]:
    """Return the keyboard below the chat, in Telegram's format."""
    rows = settings.keyboard or DEFAULT_KEYBOARD
    return {"keyboard": [[{"text": text} for text in row] for row in rows], "resize_keyboard": True}


def _loudness(settings: TelegramSettings, message: Message) -> str:
    if message.type is MessageType.STRATEGY_MSG and not settings.allow_custom_messages:
        return "off"
    found = getattr(settings.notification_settings, message.type.value, "off")
    if isinstance(found, dict):
        return str(found.get(str(message.fields.get("exit_reason")), found.get("*", "on")))
    return str(found)
