"""The client for asyncio, on aiohttp."""

from collections.abc import AsyncIterator, Generator
from typing import Any, TypeVar

import aiohttp

from appliance.client.address import address
from appliance.client.async_connections import AsyncConnections
from appliance.client.commands import BY_NAME, MESSAGE_TYPES, ON_REQUEST
from appliance.client.errors import WrongLogin
from appliance.client.exchange import Reply, Request, answer
from appliance.client.listening import messages
from appliance.client.login import Login
from appliance.client.methods import AsyncCommands
from appliance.client.rest import ping_of
from appliance.client.trust import DEFAULT_TRUST, Trust

Last = TypeVar("Last", Reply, Reply | None)


class AsyncRestClient(AsyncCommands):
    """Call the REST API of a bot from asyncio: a coroutine for each command returns the decoded JSON.

    The arguments are those of `RestClient`; errors are always raised, as ClientError. Use it in an
    `async with` statement, or `close` it. ws_token: token of the websocket; default: the login.
    """

    def __init__(  # noqa: PLR0913 -- the interface of freqtrade_client
        self,
        serverurl: str,
        username: str | None = None,
        password: str | None = None,
        *,
        token: str | None = None,
        ws_token: str | None = None,
        timeout: float = 10,
        retry: int = 2,
        trust: Trust = DEFAULT_TRUST,
    ) -> None:
        server = address(serverurl)
        self._server = server
        self._login = Login(username or server.username, password or server.password, token)
        self._connections = AsyncConnections(server, timeout, trust)
        self._ws_token = ws_token
        self._retry = retry

    async def __aenter__(self) -> "AsyncRestClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; a later call opens a new one."""
        await self._connections.close()

    async def ping(self) -> Any:
        """Check whether the bot answers, with a login whether it trades: `pong`, else `not_running`."""
        if not self._login.is_possible:
            return await self._call("ping", (), {})
        return ping_of(await self.show_config())

    def messages(self, *types: str, pause: float = 1.0) -> AsyncIterator[dict[str, Any]]:
        """Yield the messages of the bot, and reconnect when the connection is lost.

        types: types of messages; default: all but new_candle, analyzed_df, decision.
        pause: seconds until a new attempt to connect, doubled with each failure up to a minute.
        Raises NoAnswer if the first attempt fails, WrongLogin if the token is refused.
        """
        wanted = types or tuple(name for name in MESSAGE_TYPES if name not in ON_REQUEST)
        return messages(self._listen, wanted, pause)

    async def _listen(self) -> aiohttp.ClientWebSocketResponse:
        if self._ws_token:
            return await self._connections.listen(self._ws_token)
        if self._login.access_token:
            try:
                return await self._connections.listen(self._login.access_token)
            except WrongLogin:  # it expires within minutes
                pass
        return await self._connections.listen(await self._new_token())

    async def _new_token(self) -> str:
        refusal = await self._converse(self._login.renew())
        if refusal is not None:
            answer(refusal, str(self._server), raises=True, with_token=self._login.has_token)
        return self._login.access_token

    async def _call(self, command: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        request = BY_NAME[command].request(arguments, keywords)
        reply = await self._converse(self._login.conversation(request))
        return answer(reply, str(self._server), raises=True, with_token=self._login.has_token)

    async def _converse(self, conversation: Generator[Request, Reply, Last]) -> Last:
        try:
            due = next(conversation)
            while True:
                due = conversation.send(await self._connections.send(due, self._retry))
        except StopIteration as end:
            last: Last = end.value
            return last
