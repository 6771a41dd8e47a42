"""Send requests and open the websocket for asyncio, on aiohttp."""

import asyncio

import aiohttp
from yarl import URL

from appliance.client.address import API, Address
from appliance.client.connections import FIRST_PAUSE, cut, timed_out, unreachable
from appliance.client.errors import NoAnswer, RequestFailed, WrongLogin, failure
from appliance.client.exchange import Reply, Request
from appliance.client.trust import DEFAULT_TRUST, Trust

HEARTBEAT = 30.0
"""Seconds between pings on the websocket; without an answer the connection is closed."""
_LONGEST_MESSAGE = 256 * 1024 * 1024
"""Bytes; the candles of a pair take about a hundredth of it."""


class AsyncConnections:
    """Hold the connections to one server.

    `timeout` is in seconds, for connecting and for each wait for data.
    """

    def __init__(self, server: Address, timeout: float, trust: Trust = DEFAULT_TRUST) -> None:
        self._server = server
        self._context = trust.context() if server.scheme == "https" else None
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: Request, retry: int) -> Reply:
        """Send; retry up to `retry` times if the connection fails and the request may be repeated."""
        for attempt in range(retry):
            try:
                return await self._send(request)
            except NoAnswer:
                if not request.may_be_repeated:
                    raise
            await asyncio.sleep(FIRST_PAUSE * 2**attempt)
        return await self._send(request)

    async def listen(self, token: str) -> aiohttp.ClientWebSocketResponse:
        """Open the websocket. Raises NoAnswer, WrongLogin or RequestFailed."""
        url = self._url(f"{API}message/ws").with_query(token=token)
        try:
            return await self._opened().ws_connect(url, heartbeat=HEARTBEAT, max_msg_size=_LONGEST_MESSAGE)
        except aiohttp.WSServerHandshakeError as error:
            raise self._refused(error.status) from None
        except aiohttp.ClientConnectorError as error:
            raise unreachable(self._server, error.os_error) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise cut(self._server) from error

    async def close(self) -> None:
        """Close all connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _send(self, request: Request) -> Reply:
        try:
            async with self._opened().request(
                request.method,
                self._url(request.target),
                data=request.content,
                headers=request.headers(compressed=not self._server.is_local),
                allow_redirects=False,
            ) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Reply(response.status, headers, await response.read())
        except aiohttp.ConnectionTimeoutError as error:
            raise unreachable(self._server, TimeoutError()) from error
        except TimeoutError as error:
            raise timed_out(self._server, self._timeout) from error
        except aiohttp.ClientConnectorError as error:
            raise unreachable(self._server, error.os_error) from error
        except (aiohttp.ClientError, OSError) as error:
            raise cut(self._server) from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            limits = aiohttp.ClientTimeout(connect=self._timeout, sock_read=self._timeout)
            # The reply is decompressed by `Reply`, as in the blocking client.
            connector = aiohttp.TCPConnector(ssl=self._context) if self._context is not None else None
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=limits, auto_decompress=False, middlewares=(self._once,)
            )
        return self._session

    async def _once(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Send once: aiohttp would repeat a DELETE, and so cancel the next order, too."""
        try:
            response = await handler(request)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            raise cut(self._server) from error
        if "token" in request.url.query and 300 <= response.status < 400:
            response.close()
            raise self._refused(response.status)  # following it would send the token to another server
        return response

    def _url(self, target: str) -> URL:
        return URL(str(self._server) + target, encoded=True)

    def _refused(self, status: int) -> RequestFailed | NoAnswer:
        if status in (401, 403):
            return WrongLogin("The bot does not accept this token for its websocket", status, None)
        if status >= 500:
            return NoAnswer(f"{self._server} does not open its websocket ({status}): is it still starting?")
        return failure(status, {}, {"detail": f"no websocket at {self._server}"})
