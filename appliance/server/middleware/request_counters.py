"""Count requests and messages as cheaply as possible; metrics are computed when they are read."""

from collections import Counter
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler

from appliance.domain.message import Message

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

ELSEWHERE = "elsewhere"
"""Stands for all paths without a route, of which there are arbitrarily many."""


class RequestCounters:
    """Count requests answered, by route and status, and messages emitted, by type."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.messages: Counter[str] = Counter()

    def follow(self, bot: "Bot") -> None:
        """Count the messages that `bot` emits."""
        bot.events.subscribe(self._count_message, from_the_start=True)

    def _count_message(self, message: Message) -> None:
        self.messages[message.type.value] += 1


REQUEST_COUNTERS = web.AppKey("request counters", RequestCounters)


@web.middleware
async def count_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count a request by its route, once it is answered."""
    response = await handler(request)
    resource = request.match_info.route.resource
    path = resource.canonical if resource is not None else ELSEWHERE
    request.app[REQUEST_COUNTERS].requests[request.method, path, response.status] += 1
    return response
