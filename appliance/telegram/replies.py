"""Send answers into the chat: new messages, or in place of the message whose button was touched."""

import asyncio
import logging
from datetime import datetime
from typing import Any

from appliance.config.settings import TelegramSettings
from appliance.notify.bot_api import BotApi, NotModified
from appliance.notify.pages import pages
from appliance.notify.service import NeverTaken, NotTaken
from appliance.notify.telegram import HTML, keyboard
from appliance.telegram.answers import Answer, Button, said
from appliance.telegram.updates import Message, Touch

log = logging.getLogger(__name__)

ATTEMPTS = 3
LONGEST_WAIT = 30.0
"""Seconds: an answer that comes later than that is of no use."""
AGAIN, DO, LEAVE = "again:", "do:", "leave"
"""What the data of a button begins with: ask again, carry out, take the buttons away."""


class Replies:
    """Answer in the chat of the settings."""

    def __init__(self, api: BotApi, settings: TelegramSettings) -> None:
        self._api = api
        self._settings = settings

    async def send(self, answer: Answer, line: str) -> None:
        """Send an answer to the command `line`; what Telegram does not take is told in the log."""
        found = pages(answer.blocks)
        for number, page in enumerate(found, start=1):
            markup = self._markup(answer, line) if number == len(found) else None
            await self._try(
                "sendMessage",
                chat_id=self._settings.chat_id,
                message_thread_id=self._settings.topic_id,
                text=page,
                parse_mode=HTML,
                reply_markup=markup or keyboard(self._settings),
            )

    async def replace(self, message: Message, answer: Answer, line: str, now: datetime) -> None:
        """Put an answer in the place of a message, as far as it fits into one."""
        dated = Answer(
            blocks=(*answer.blocks, *said(f"As of {now:%Y-%m-%d %H:%M:%S} UTC").blocks),
            buttons=answer.buttons,
            refresh=answer.refresh,
        )
        await self._try(
            "editMessageText",
            chat_id=message.chat.id,
            message_id=message.message_id,
            text=pages(dated.blocks)[0],
            parse_mode=HTML,
            reply_markup=self._markup(dated, line) or {"inline_keyboard": []},
        )

    async def heard(self, touch: Touch, text: str | None = None) -> None:
        """Take the waiting sign off a button; with `text`, put that in the place of its message."""
        await self._try("answerCallbackQuery", callback_query_id=touch.id)
        if text is not None and touch.message is not None:
            await self._try(
                "editMessageText",
                chat_id=touch.message.chat.id,
                message_id=touch.message.message_id,
                text=text,
            )

    async def introduce(self, message: Message, text: str) -> None:
        """Answer in whatever chat a message came from."""
        await self._try(
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

    async def _try(self, method: str, **parameters: Any) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._api.call(method, **parameters)
            except NotModified:
                return
            except NeverTaken as error:
                log.warning("Telegram: %s: %s", method, error)
                return
            except NotTaken as error:
                wait = error.retry_after or float(attempt)
                if attempt == ATTEMPTS or wait > LONGEST_WAIT:
                    log.warning("Telegram: an answer was not taken: %s", error)
                    return
                await asyncio.sleep(wait)
            else:
                return


def _button(button: Button) -> dict[str, str]:
    return {"text": button.text, "callback_data": f"{DO}{button.does}" if button.does else LEAVE}
