"""Count requests and messages, as cheaply as can be: what is made of the counts is worked out when asked."""

from collections import Counter
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler

from appliance.domain.message import Message

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

ELSEWHERE = "elsewhere"
"""What stands for paths that no route has: their number is without end."""


class Rates:
    """Hold how many requests were answered, by route and status, and how many messages were announced."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.messages: Counter[str] = Counter()

    def follow(self, bot: "Bot") -> None:
        """Count what `bot` announces."""
        bot.events.subscribe(self._hear, from_the_start=True)

    def _hear(self, message: Message) -> None:
        self.messages[message.type.value] += 1


RATES = web.AppKey("rates", Rates)


@web.middleware
async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count a request by its route, once it is answered."""
    response = await handler(request)
    resource = request.match_info.route.resource
    path = resource.canonical if resource is not None else ELSEWHERE
    request.app[RATES].requests[request.method, path, response.status] += 1
    return response
