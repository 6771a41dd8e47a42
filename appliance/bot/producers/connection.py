"""Consume the messages of one other bot: connect, request its data, receive, and reconnect."""

import asyncio
import json
import logging
from typing import Any

import aiohttp
from yarl import URL

from appliance.bot.producers.dataframes import MEGABYTE, MOST_FRAMES, FrameKey, Memory, ProducerFrames
from appliance.bot.producers.messages import InvalidMessage, Piece, Whitelist, read
from appliance.config.sections.producers import Producer, ProducersSettings
from appliance.strategy.analysis import without_signals

log = logging.getLogger(__name__)

_TOPICS = ["whitelist", "analyzed_df"]
_CONNECT_SECONDS = 30.0


class _Redirected(Exception):
    """Hold the status with which a producer redirects: following it would send our token elsewhere."""


class ProducerLink:
    """Keep a connection to one producer. Each problem is reported once until it has ended."""

    def __init__(
        self, producer: Producer, settings: ProducersSettings, memory: Memory, turn: asyncio.Semaphore
    ) -> None:
        self.producer = producer
        self.settings = settings
        self.frames = ProducerFrames(memory)
        self._turn = turn
        self._asked: set[FrameKey] = set()
        self._trouble = ""
        self._has_reported_invalid = False

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            self._asked.clear()
            self._has_reported_invalid = False
            self._say(await self._listen())
            await asyncio.sleep(self.settings.sleep_time)

    async def _listen(self) -> str:
        """Receive until the connection ends; return the reason, without the token."""
        settings = self.producer
        limit = int(self.settings.message_size_limit * MEGABYTE)
        try:
            # Built within the try: an invalid host fails here.
            url = URL.build(
                scheme="wss" if settings.secure else "ws",
                host=settings.host,
                port=settings.port,
                path="/api/v1/message/ws",
                query={"token": settings.ws_token},
            )
            timeout = aiohttp.ClientTimeout(connect=_CONNECT_SECONDS)
            async with aiohttp.ClientSession(timeout=timeout, middlewares=(_stay,)) as session:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    socket = await session.ws_connect(url, max_msg_size=limit, autoping=False, compress=15)
                try:
                    return await self._converse(socket)
                finally:
                    await socket.close()
        except _Redirected as error:
            return f"no websocket: it redirects ({error}), which is not followed: that would leak the token"
        except aiohttp.WSServerHandshakeError as error:  # its text contains the URL with the token
            why = (
                "it does not accept ws_token" if error.status in (401, 403) else f"it answers {error.status}"
            )
            return f"no websocket: {why}"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return f"no connection: {type(error).__name__}"

    async def _converse(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        await _ask(socket, "subscribe", _TOPICS)
        await _ask(socket, "whitelist")
        await _ask(socket, "analyzed_df", {"limit": self.settings.initial_candle_limit, "pair": None})
        while True:
            message = await self._next(socket)
            if message is None:
                return f"silent for {self.settings.wait_timeout + self.settings.ping_timeout:g} seconds"
            if message.type is aiohttp.WSMsgType.PING:
                await socket.pong(message.data)
            elif message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                await self._take(socket, message.data)
            elif message.type is aiohttp.WSMsgType.ERROR:
                too_big = socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
                limit = f"a message above message_size_limit ({self.settings.message_size_limit:g} MB)"
                return limit if too_big else "it does not speak the websocket protocol"
            elif message.type is not aiohttp.WSMsgType.PONG:
                return "the connection was closed"

    async def _next(self, socket: aiohttp.ClientWebSocketResponse) -> aiohttp.WSMessage | None:
        """Return the next message; None if there is none, not even an answer to a ping."""
        try:
            return await socket.receive(self.settings.wait_timeout)
        except TimeoutError:
            await socket.ping()
        try:
            return await socket.receive(self.settings.ping_timeout)
        except TimeoutError:
            return None

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, text: str | bytes) -> None:
        try:
            async with self._turn:  # one at a time, to limit the memory that reading takes
                said = await asyncio.to_thread(read, text)
            if isinstance(said, Whitelist):
                self.frames.pairs = said.pairs
            elif said is not None:
                await self._add(socket, said)
        except (InvalidMessage, ValueError, TypeError) as error:
            if not self._has_reported_invalid:  # otherwise one bad pair could fill the log
                self._has_reported_invalid = True
                log.warning("The producer %s: invalid message: %s", self.producer.name, error)
            return
        if said is not None and self._trouble:
            log.info("The producer %s sends again", self.producer.name)
            self._trouble = ""

    async def _add(self, socket: aiohttp.ClientWebSocketResponse, piece: Piece) -> None:
        missing = await asyncio.to_thread(self._join, piece)
        if not missing:
            self._asked.discard(piece.key)
        elif piece.key not in self._asked and len(self._asked) < MOST_FRAMES:
            self._asked.add(piece.key)
            await _ask(socket, "analyzed_df", {"limit": missing, "pair": piece.key.pair})

    def _join(self, piece: Piece) -> int:
        quiet = self.settings.remove_entry_exit_signals
        frame = without_signals(piece.frame) if quiet else piece.frame
        return self.frames.add(piece.key, frame, piece.analyzed_at)

    def _say(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            log.warning("The producer %s: %s", self.producer.name, trouble)


async def _ask(socket: aiohttp.ClientWebSocketResponse, kind: str, data: Any = None) -> None:
    await socket.send_str(json.dumps({"type": kind} if data is None else {"type": kind, "data": data}))


async def _stay(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    response = await handler(request)
    if 300 <= response.status < 400:
        response.close()
        raise _Redirected(response.status)
    return response
