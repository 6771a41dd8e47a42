"""Watch what goes over the wire for one question: whether it left, and with what status it was answered.

ccxt's errors do not tell whether a request ever left this machine, and its last headers belong to whatever
was answered last. Here each question has a record of its own, found through a context variable.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec


class Wire(msgspec.Struct):
    """Record the requests of one question.

    `alone`: they want a connection of their own. `may_have_arrived`: one that may change something left, or
    may have. `method` of the last request; `status` and `headers` of its answer, if it had one.
    """

    alone: bool = False
    may_have_arrived: bool = False
    method: str = ""
    status: int | None = None
    headers: Mapping[str, str] = {}

    @property
    def retry_after(self) -> str | None:
        return next((value for name, value in self.headers.items() if name.lower() == "retry-after"), None)


_CURRENT: ContextVar[Wire | None] = ContextVar("wire", default=None)


def current() -> Wire | None:
    return _CURRENT.get()


@contextmanager
def watched(*, alone: bool = False) -> Iterator[Wire]:
    """Record what is sent within; `alone` on a connection of its own."""
    wire = Wire(alone=alone)
    token = _CURRENT.set(wire)
    try:
        yield wire
    finally:
        _CURRENT.reset(token)


def watch(exchange: Any) -> None:
    """Let a ccxt exchange tell of its requests and answers."""
    exchange.fetch = _told_requests(exchange.fetch)
    exchange.on_rest_response = _told_answers(exchange.on_rest_response)


def _told_requests(fetch: Callable[..., Any]) -> Callable[..., Any]:
    async def told(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        wire = _CURRENT.get()
        if wire is None:
            return await fetch(url, method, headers, body)
        before = wire.may_have_arrived
        wire.method, wire.status, wire.headers = method, None, {}
        wire.may_have_arrived = before or method != "GET"
        try:
            return await fetch(url, method, headers, body)
        except Exception as error:
            if _never_connected(error):
                wire.may_have_arrived = before
            raise

    return told


def _told_answers(hook: Callable[..., str]) -> Callable[..., str]:
    def told(code: int, reason: str, url: str, method: str, headers: Any, *rest: Any) -> str:
        wire = _CURRENT.get()
        if wire is not None:
            wire.status, wire.headers = code, headers
        return hook(code, reason, url, method, headers, *rest)

    return told


def _never_connected(error: Exception) -> bool:
    """Tell whether no connection came about (refused, unreachable, no such name, TLS): nothing was sent."""
    from aiohttp import ClientConnectorError

    return isinstance(error.__cause__, ClientConnectorError)
