"""Call Telegram's Bot API. https://core.telegram.org/bots/api"""

from typing import Any

import aiohttp
import msgspec

from appliance.config.settings import TelegramSettings
from appliance.domain.errors import ApplianceError
from appliance.notify.posting import error_for, why_unreachable
from appliance.notify.service import NotAccepted, Rejected

SECONDS = 30.0
LONGEST_ANSWER = 8 * 1024 * 1024
_ABOUT_THE_CHAT = ("chat not found", "thread not found", "supergroup", "kicked", "not enough rights")
"""Descriptions of a 400 that is not about the message but about the chat of the settings: retried."""


class _Parameters(msgspec.Struct):
    retry_after: float | None = None


class _Answer(msgspec.Struct):
    ok: bool = False
    result: Any = None
    error_code: int = 0
    description: str = ""
    parameters: _Parameters = msgspec.field(default_factory=_Parameters)


class NotModified(ApplianceError):
    """Say that an edit would not change the message."""


class BotApi:
    """Call methods of the Bot API for one bot. Errors name no address, since each contains the token."""

    def __init__(self, session: aiohttp.ClientSession, settings: TelegramSettings) -> None:
        self._session = session
        self._address = f"{settings.api_url.rstrip('/')}/bot{settings.token}"

    async def call(self, method: str, *, seconds: float = SECONDS, **parameters: Any) -> Any:
        """Call a method; parameters that are None are left out.

        Raises NotAccepted if trying again may help, Rejected if it will not, and NotModified.
        """
        given = {name: value for name, value in parameters.items() if value is not None}
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.post(
                f"{self._address}/{method}",
                data=msgspec.json.encode(given),
                headers={"Content-Type": "application/json"},
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                status, content = response.status, await response.content.read(LONGEST_ANSWER)
                while not response.content.at_eof():
                    more = await response.content.read(LONGEST_ANSWER)
                    content += more
                    if len(content) > LONGEST_ANSWER:
                        raise NotAccepted("the answer is too large")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NotAccepted(why_unreachable(error)) from None
        return _result(status, content)


def _result(status: int, content: bytes) -> Any:
    try:
        answer = msgspec.json.decode(content, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if status >= 400:
            raise error_for(status) from None
        if status >= 300:
            raise NotAccepted(f"answered {status}, a redirect, which is not followed") from None
        raise NotAccepted("the answer is not JSON") from None
    if answer.ok:
        return answer.result
    description = answer.description.lower()
    if "not modified" in description:
        raise NotModified(answer.description)
    error = error_for(
        answer.error_code or max(status, 500),
        reason=answer.description,
        retry_after=answer.parameters.retry_after,
    )
    if isinstance(error, Rejected) and any(words in description for words in _ABOUT_THE_CHAT):
        raise NotAccepted(str(error))
    raise error
