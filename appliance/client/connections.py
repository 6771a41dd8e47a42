"""Send requests over kept-alive connections, with nothing but the standard library.

`http.client` rather than urllib, which opens a connection a request, or aiohttp, which takes 0.15 s to import
and an event loop that a script does not have.
"""

import os
import selectors
import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from appliance.client.address import Address
from appliance.client.errors import ClientError, NoAnswer, TimedOut
from appliance.client.exchange import Reply, Request
from appliance.client.trust import DEFAULT_TRUST, Trust

FIRST_PAUSE = 0.2
"""Seconds before a failed request is sent again; doubled each time."""


class Connections:
    """Keep up to `most` idle connections to one server. May be used from several threads.

    `timeout` is in seconds, for connecting and again for each wait for data.
    """

    def __init__(self, server: Address, timeout: float, most: int, trust: Trust = DEFAULT_TRUST) -> None:
        self._server = server
        self._context = trust.context() if server.scheme == "https" else None
        self._timeout = timeout
        self._most = most
        self._idle: list[HTTPConnection] = []

    def send(self, request: Request, retry: int) -> Reply:
        """Send, up to `retry` times more where the connection fails and repeating does no harm."""
        for attempt in range(retry):
            try:
                return self._send(request)
            except NoAnswer:
                if not request.may_be_repeated:
                    raise
            time.sleep(FIRST_PAUSE * 2**attempt)
        return self._send(request)

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().close()

    def _send(self, request: Request) -> Reply:
        connection = self._living() or self._opened()
        try:
            connection.request(
                request.method,
                self._server.prefix + request.target,
                request.content,
                request.headers(compressed=not self._server.is_near),
            )
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as error:
            connection.close()
            raise self._broken(error) from error
        if response.will_close or len(self._idle) >= self._most:
            connection.close()
        else:
            self._idle.append(connection)
        return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, content)

    def _living(self) -> HTTPConnection | None:
        """Take an idle connection that the server has not closed meanwhile.

        Found out before it is used, since what was sent on it could not be sent again.
        """
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was quicker
                return None
            with selectors.DefaultSelector() as selector:
                selector.register(connection.sock, selectors.EVENT_READ)
                if not selector.select(0):
                    return connection
            connection.close()
        return None

    def _opened(self) -> HTTPConnection:
        server = self._server
        connection: HTTPConnection
        if self._context is not None:
            connection = HTTPSConnection(
                server.host, server.port, timeout=self._timeout, context=self._context
            )
        else:
            connection = HTTPConnection(server.host, server.port, timeout=self._timeout)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise unreachable(server, error) from error
        return connection

    def _broken(self, error: Exception) -> ClientError:
        return (
            timed_out(self._server, self._timeout) if isinstance(error, TimeoutError) else cut(self._server)
        )


def unreachable(server: Address, error: OSError) -> NoAnswer:
    """Return the error for a connection that could not be made."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"certificate not trusted: {error.verify_message}"
        return NoAnswer(
            f"No secure connection to {server} ({why}): use the name that its certificate is for, "
            "or name what to trust with --cafile"
        )
    if isinstance(error, ssl.SSLError):
        return NoAnswer(f"No secure connection to {server}: does it speak https there?")
    why = "timed out" if isinstance(error, TimeoutError) else _reason(error)
    advice = "is it running, with api_server.enabled, at this address and port?"
    return NoAnswer(f"No bot answers at {server} ({why}): {advice}")


def _reason(error: OSError) -> str:
    # asyncio puts a text of its own into strerror; numbers of name resolution are negative.
    told = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
    return (told or str(error)).lower()


def timed_out(server: Address, seconds: float) -> TimedOut:
    """Return the error for an answer that did not come."""
    return TimedOut(
        f"{server} did not answer within {seconds:g} s; give it more time, or see what holds it up"
    )


def cut(server: Address) -> NoAnswer:
    """Return the error for a connection that ended before the answer."""
    return NoAnswer(f"{server} ended the connection before it answered: see whether the bot still runs")
