"""Speak Telegram's Bot API, as far as it is needed here. https://core.telegram.org/bots/api"""

from typing import Any

import aiohttp
import msgspec

from appliance.config.settings import TelegramSettings
from appliance.domain.errors import ApplianceError
from appliance.notify.posting import judged, why_unreachable
from appliance.notify.service import NeverTaken, NotTaken

SECONDS = 30.0
LONGEST_ANSWER = 8 * 1024 * 1024
_PEOPLE_MEND = ("chat not found", "thread not found", "supergroup", "kicked", "not enough rights")
"""What a 400 may say that is not about the message, but about the chat that the settings name."""


class _Parameters(msgspec.Struct):
    retry_after: float | None = None


class _Answer(msgspec.Struct):
    ok: bool = False
    result: Any = None
    error_code: int = 0
    description: str = ""
    parameters: _Parameters = msgspec.field(default_factory=_Parameters)


class NotModified(ApplianceError):
    """Say that a message was to be changed into what it is already."""


class BotApi:
    """Call methods of the Bot API for one bot. The token is in every address, so no error names one."""

    def __init__(self, session: aiohttp.ClientSession, settings: TelegramSettings) -> None:
        self._session = session
        self._address = f"{settings.api_url.rstrip('/')}/bot{settings.token}"

    async def call(self, method: str, *, seconds: float = SECONDS, **parameters: Any) -> Any:
        """Call a method; parameters that are None are left out.

        Raises NotTaken where trying again may help, NeverTaken where it will not, NotModified.
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
                        raise NotTaken("answered too much")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NotTaken(why_unreachable(error)) from None
        return _result(status, content)


def _result(status: int, content: bytes) -> Any:
    try:
        answer = msgspec.json.decode(content, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if status >= 400:
            raise judged(status) from None
        if status >= 300:
            raise NotTaken(f"answered {status}, a redirect, which is not followed") from None
        raise NotTaken("answered what is no JSON") from None
    if answer.ok:
        return answer.result
    said = answer.description.lower()
    if "not modified" in said:
        raise NotModified(answer.description)
    judgement = judged(
        answer.error_code or max(status, 500),
        reason=answer.description,
        retry_after=answer.parameters.retry_after,
    )
    if isinstance(judgement, NeverTaken) and any(words in said for words in _PEOPLE_MEND):
        raise NotTaken(str(judgement))
    raise judgement
