"""Count what is asked, and disturb it on demand."""

from collections import Counter, deque
from collections.abc import Awaitable, Callable

from aiohttp import web

Disturbance = Callable[[web.Request], web.StreamResponse]


class Traffic:
    """Remember requests by path, and which of the next ones to answer otherwise than the exchange would."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self._disturbances: deque[tuple[str, Disturbance]] = deque()

    def disturb(self, path: str, answer: Disturbance, times: int = 1) -> None:
        """Let the next requests whose path ends with `path` get this answer."""
        self._disturbances.extend([(path, answer)] * times)

    def calm(self) -> None:
        """Forget what was to be disturbed."""
        self._disturbances.clear()

    def disturbance(self, path: str) -> Disturbance | None:
        """Return the next disturbance for this path, and forget it."""
        for place, (wanted, answer) in enumerate(self._disturbances):
            if path.endswith(wanted):
                del self._disturbances[place]
                return answer
        return None


TRAFFIC: web.AppKey[Traffic] = web.AppKey("traffic", Traffic)


@web.middleware
async def counted_and_disturbed(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    traffic = request.app[TRAFFIC]
    traffic.requests[request.path] += 1
    answer = traffic.disturbance(request.path)
    return await handler(request) if answer is None else answer(request)


def hang_up(request: web.Request) -> web.StreamResponse:
    """Break the connection instead of answering, unless the client has done so."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def slow_down(request: web.Request) -> web.StreamResponse:
    """Ask for a pause, as Binance does when its weight limit is passed."""
    told = {"code": -1003, "msg": "Too many requests; current limit is 6000 request weight per 1 MINUTE."}
    return web.json_response(told, status=429, headers={"Retry-After": "0"})


def unread_parameter(request: web.Request) -> web.StreamResponse:
    """Refuse a request for a parameter that this server does not know."""
    told = {
        "code": -1104,
        "msg": "Not all sent parameters were read; read '0' parameter(s) but was sent '1'.",
    }
    return web.json_response(told, status=400)


def out_of_order(request: web.Request) -> web.StreamResponse:
    return web.Response(
        status=503, text="<html><body>Service Unavailable</body></html>", content_type="text/html"
    )


def gibberish(request: web.Request) -> web.StreamResponse:
    """Answer with status 200 what is not JSON."""
    return web.Response(text="<html>maintenance?</html>", content_type="text/html")


def broken_off(request: web.Request) -> web.StreamResponse:
    """Answer with the first half of something."""
    return web.Response(text='[[1790000000000, "12.', content_type="application/json")


def empty(request: web.Request) -> web.StreamResponse:
    return web.Response(text="")


def wrong_shape(request: web.Request) -> web.StreamResponse:
    """Answer with JSON that is something else."""
    return web.json_response([{"hello": "world"}, 5, None])
