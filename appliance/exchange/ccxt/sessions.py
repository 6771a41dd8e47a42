"""Connect a ccxt exchange: connections are shared by questions, and each order has one of its own.

An order on a connection that was used before could meet an answer meant for another request, or a server
that is just closing it; on a new one nothing has been said yet. It costs one TLS handshake an order.
"""

from collections.abc import Callable
from typing import Any

import aiohttp

from appliance.exchange.ccxt.request_trace import current


class CleanConnector(aiohttp.TCPConnector):
    """Use a connection again only if nothing has arrived on it that nobody asked for.

    aiohttp looks for that when a connection is put back, not when it is taken out again: an answer that
    comes twice would be read as the answer to the next request, and all that follow would be one behind.
    """

    async def _get(self, *where: Any) -> Any:
        while (connection := await super()._get(*where)) is not None:
            protocol = connection.protocol
            if protocol is not None and not protocol.should_close:
                return connection
            connection.close()
        return None


class Sessions:
    """Be to ccxt the one session that it knows."""

    def __init__(self, shared: aiohttp.ClientSession, own: aiohttp.ClientSession) -> None:
        self._shared, self._own = shared, own

    def __getattr__(self, method: str) -> Callable[..., Any]:
        wire = current()
        session = self._own if wire is not None and wire.alone else self._shared
        call: Callable[..., Any] = getattr(session, method)
        return call

    async def close(self) -> None:
        await self._shared.close()
        await self._own.close()


def connect(exchange: Any) -> None:
    """Give an exchange its sessions; its own `close` closes them. Call it in the event loop."""

    def session(**how: Any) -> aiohttp.ClientSession:
        connector = CleanConnector(ssl=exchange.ssl_context, **how)
        return aiohttp.ClientSession(connector=connector, trust_env=exchange.aiohttp_trust_env)

    exchange.session = Sessions(session(), session(force_close=True))
