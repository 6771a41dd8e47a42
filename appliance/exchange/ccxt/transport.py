"""Send a ccxt class's requests, and record of each question what was sent and answered.

Questions share connections; each order has a connection of its own: on one that was used before it could meet
an answer meant for another request, or a server that is just closing it. It costs one TLS handshake an order.

ccxt's errors do not say whether a request ever left this machine, and its last headers belong to whatever
was answered last. Here each question has a record of its own, found through a context variable.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import aiohttp
import msgspec

from appliance.exchange.ccxt.protocol import CcxtExchange


class RequestRecord(msgspec.Struct):
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


_CURRENT: ContextVar[RequestRecord | None] = ContextVar("request_record", default=None)


@contextmanager
def recorded(*, alone: bool = False) -> Iterator[RequestRecord]:
    """Record what is sent within; `alone` on a connection of its own."""
    record = RequestRecord(alone=alone)
    token = _CURRENT.set(record)
    try:
        yield record
    finally:
        _CURRENT.reset(token)


def record_requests(exchange: CcxtExchange) -> None:
    """Make a ccxt exchange record its requests and answers."""
    exchange.fetch = _recording_requests(exchange.fetch)
    exchange.on_rest_response = _recording_answers(exchange.on_rest_response)


def _recording_requests(fetch: Callable[..., Any]) -> Callable[..., Any]:
    async def recording(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        record = _CURRENT.get()
        if record is None:
            return await fetch(url, method, headers, body)
        before = record.may_have_arrived
        record.method, record.status, record.headers = method, None, {}
        record.may_have_arrived = before or method != "GET"
        try:
            return await fetch(url, method, headers, body)
        except Exception as error:
            if _never_connected(error):
                record.may_have_arrived = before
            raise

    return recording


def _recording_answers(hook: Callable[..., str]) -> Callable[..., str]:
    def recording(code: int, reason: str, url: str, method: str, headers: Any, *rest: Any) -> str:
        record = _CURRENT.get()
        if record is not None:
            record.status, record.headers = code, headers
        return hook(code, reason, url, method, headers, *rest)

    return recording


def _never_connected(error: Exception) -> bool:
    """Return whether no connection came about (refused, unreachable, no such name, TLS): nothing was sent."""
    return isinstance(error.__cause__, aiohttp.ClientConnectorError)


class CleanConnector(aiohttp.TCPConnector):
    """Reuse a connection only if nothing has arrived on it that was not asked for.

    aiohttp checks that when a connection is put back, not when it is taken out again: an answer that comes
    twice would be read as the answer to the next request, and all that follow would be one behind.
    """

    async def _get(self, *where: Any) -> Any:
        while (connection := await super()._get(*where)) is not None:
            protocol = connection.protocol
            if protocol is not None and not protocol.should_close:
                return connection
            connection.close()
        return None


class Sessions:
    """Act as the one aiohttp session that ccxt expects: two, chosen by the current record."""

    def __init__(self, shared: aiohttp.ClientSession, own: aiohttp.ClientSession) -> None:
        self._shared, self._own = shared, own

    def __getattr__(self, method: str) -> Callable[..., Any]:
        record = _CURRENT.get()
        session = self._own if record is not None and record.alone else self._shared
        call: Callable[..., Any] = getattr(session, method)
        return call

    async def close(self) -> None:
        await self._shared.close()
        await self._own.close()


def open_sessions(exchange: CcxtExchange) -> None:
    """Give an exchange its sessions; its own `close` closes them. Call it in the event loop."""

    def session(**how: Any) -> aiohttp.ClientSession:
        connector = CleanConnector(ssl=exchange.ssl_context, **how)
        return aiohttp.ClientSession(connector=connector, trust_env=exchange.aiohttp_trust_env)

    exchange.session = Sessions(session(), session(force_close=True))
