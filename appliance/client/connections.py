"""Send requests over persistent connections, with the standard library only.

`http.client` is used because urllib opens a connection for each request, and aiohttp takes 0.15 s to import
and needs an event loop.
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
"""Seconds before a failed request is repeated; doubled each time."""


class Connections:
    """Hold up to `most` idle connections to one server. Safe to use from several threads.

    `timeout` is in seconds, for connecting and for each wait for data.
    """

    def __init__(self, server: Address, timeout: float, most: int, trust: Trust = DEFAULT_TRUST) -> None:
        self._server = server
        self._context = trust.context() if server.scheme == "https" else None
        self._timeout = timeout
        self._most = most
        self._idle: list[HTTPConnection] = []

    def send(self, request: Request, retry: int) -> Reply:
        """Send; retry up to `retry` times if the connection fails and the request may be repeated."""
        for attempt in range(retry):
            try:
                return self._send(request)
            except NoAnswer:
                if not request.may_be_repeated:
                    raise
            time.sleep(FIRST_PAUSE * 2**attempt)
        return self._send(request)

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _send(self, request: Request) -> Reply:
        connection = self._usable() or self._opened()
        try:
            connection.request(
                request.method,
                self._server.prefix + request.target,
                request.content,
                request.headers(compressed=not self._server.is_local),
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

    def _usable(self) -> HTTPConnection | None:
        """Take an idle connection that the server has not closed.

        This is checked before sending, since a request that was sent may not be repeated.
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
    """Return the error for a connection that could not be opened."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"certificate not trusted: {error.verify_message}"
        return NoAnswer(
            f"No secure connection to {server} ({why}): use the host name of its certificate, "
            "or give the certificate to trust with --cafile"
        )
    if isinstance(error, ssl.SSLError):
        return NoAnswer(f"No secure connection to {server}: check whether it serves https")
    why = "timed out" if isinstance(error, TimeoutError) else _reason(error)
    advice = "is it running, with api_server.enabled, at this address and port?"
    return NoAnswer(f"No bot answers at {server} ({why}): {advice}")


def _reason(error: OSError) -> str:
    # asyncio sets its own text as strerror; errors of name resolution have negative numbers.
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
    return (reason or str(error)).lower()


def timed_out(server: Address, seconds: float) -> TimedOut:
    """Return the error for an answer that did not arrive in time."""
    return TimedOut(
        f"{server} did not answer within {seconds:g} s; increase the timeout, or check the load of the bot"
    )


def cut(server: Address) -> NoAnswer:
    """Return the error for a connection that was closed before the answer."""
    return NoAnswer(f"{server} ended the connection before it answered: check whether the bot still runs")
