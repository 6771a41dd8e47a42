"""Send answers to the chat: as new messages, or in place of the message whose button was pressed."""

import asyncio
import logging
from datetime import datetime
from typing import Any

from appliance.config.settings import TelegramSettings
from appliance.notify.bot_api import BotApi, NotModified
from appliance.notify.pages import pages
from appliance.notify.service import NotAccepted, Rejected
from appliance.notify.telegram import HTML, keyboard
from appliance.telegram.answers import Answer, Button, text_answer
from appliance.telegram.updates import ButtonPress, Message

log = logging.getLogger(__name__)

ATTEMPTS = 3
LONGEST_WAIT = 30.0
"""Seconds: a later answer is of no use."""
AGAIN, DO, DISMISS = "again:", "do:", "leave"
"""What the data of a button begins with: send again, carry out, remove the buttons."""


class Replies:
    """Answer in the chat of the settings."""

    def __init__(self, api: BotApi, settings: TelegramSettings) -> None:
        self._api = api
        self._settings = settings

    async def send(self, answer: Answer, line: str) -> None:
        """Send an answer to the command `line`; what Telegram refuses is logged."""
        found = pages(answer.blocks)
        for number, page in enumerate(found, start=1):
            markup = self._markup(answer, line) if number == len(found) else None
            await self._call(
                "sendMessage",
                chat_id=self._settings.chat_id,
                message_thread_id=self._settings.topic_id,
                text=page,
                parse_mode=HTML,
                reply_markup=markup or keyboard(self._settings),
            )

    async def replace(self, message: Message, answer: Answer, line: str, now: datetime) -> None:
        """Replace a message by an answer, as far as it fits into one message."""
        dated = Answer(
            blocks=(*answer.blocks, *text_answer(f"As of {now:%Y-%m-%d %H:%M:%S} UTC").blocks),
            buttons=answer.buttons,
            refresh=answer.refresh,
        )
        await self._call(
            "editMessageText",
            chat_id=message.chat.id,
            message_id=message.message_id,
            text=pages(dated.blocks)[0],
            parse_mode=HTML,
            reply_markup=self._markup(dated, line) or {"inline_keyboard": []},
        )

    async def acknowledge(self, press: ButtonPress, text: str | None = None) -> None:
        """Stop the spinner of a button; with `text`, replace its message by that."""
        await self._call("answerCallbackQuery", callback_query_id=press.id)
        if text is not None and press.message is not None:
            await self._call(
                "editMessageText",
                chat_id=press.message.chat.id,
                message_id=press.message.message_id,
                text=text,
            )

    async def introduce(self, message: Message, text: str) -> None:
        """Answer in the chat that a message came from, whichever it is."""
        await self._call(
            "sendMessage",
            chat_id=message.chat.id,
            message_thread_id=message.message_thread_id,
            text=text,
            parse_mode=HTML,
        )

    def _markup(self, answer: Answer, line: str) -> dict[str, Any] | None:
        rows = [[_button(button) for button in row] for row in answer.buttons]
        if answer.refresh and self._settings.reload and len(f"{AGAIN}{line}".encode()) <= 64:
            rows.append([{"text": "Refresh", "callback_data": f"{AGAIN}{line}"}])
        return {"inline_keyboard": rows} if rows else None

    async def _call(self, method: str, **parameters: Any) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._api.call(method, **parameters)
            except NotModified:
                return
            except Rejected as error:
                log.warning("Telegram: %s: %s", method, error)
                return
            except NotAccepted as error:
                wait = error.retry_after or float(attempt)
                if attempt == ATTEMPTS or wait > LONGEST_WAIT:
                    log.warning("Telegram: sending an answer failed: %s", error)
                    return
                await asyncio.sleep(wait)
            else:
                return


def _button(button: Button) -> dict[str, str]:
    return {"text": button.text, "callback_data": f"{DO}{button.line}" if button.line else DISMISS}
