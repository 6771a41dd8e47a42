"""Open the port, and close it again."""

import asyncio
import errno
import logging
import socket

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.log import ws_logger

from appliance.domain.errors import ConfigurationError
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.connection import FIRST_SECONDS, Connection
from appliance.server.listening.accept import Acceptor, Site, bound_sockets
from appliance.server.listening.connection_slots import CONNECTION_SLOTS
from appliance.server.listening.tls import Certificate, kept_current, require_tls
from appliance.server.middleware.access_log import AccessLog

SHUTDOWN_SECONDS = 1.0
"""How long requests in progress may take when the server closes."""
IDLE_SECONDS = 75.0
"""How long a connection may stay without a whole request head: longer than proxies keep theirs (60), and
short enough that connections which send nothing, or a byte a minute, do not pile up."""
READ_AT_ONCE = 16 * 1024
"""Half the bytes of a body that are buffered before its sender has to wait."""
MOST_HEADERS = 100

_ADVICE = {
    errno.EADDRINUSE: (
        "listen_port",
        "port {port} on {host} is in use: another bot? Choose another port, or stop what uses it",
    ),
    errno.EACCES: ("listen_port", "port {port} needs root rights: choose a port above 1023"),
    errno.EADDRNOTAVAIL: ("listen_ip_address", "{host} is not an address of this machine"),
}


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Serve `app` until the runner's `cleanup()`, which takes two seconds at most.

    Port 0 takes any free port, found in `runner.addresses`. Raises ConfigurationError when the port
    cannot be opened, or the certificate is invalid.
    """
    # It would log the subprotocols that a client offers, which may contain tokens.
    ws_logger.setLevel(logging.ERROR)
    api = app[BOT_SLOT].settings.api_server
    logged = api.verbosity == "info"
    certificate = await asyncio.to_thread(Certificate, api.tls) if api.has_tls else None
    if certificate:
        app.cleanup_ctx.append(kept_current(certificate))
        app.on_response_prepare.append(require_tls)
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    server, slots = runner.server, app[CONNECTION_SLOTS]
    assert server is not None
    options = {
        "access_log_class": AccessLog,
        "access_log": logging.getLogger("appliance.server.access") if logged else None,
        "logger": _protocol_log(),
        "keepalive_timeout": IDLE_SECONDS,
        # Nothing is decompressed, or read without a reader (`connection.py`).
        "auto_decompress": False,
        "lingering_time": 0,
        "read_bufsize": READ_AT_ONCE,
        "max_headers": MOST_HEADERS,
    }
    loop = asyncio.get_running_loop()

    def make(address: str) -> Connection:
        return Connection(server, slots, address, loop=loop, **options)

    try:
        sockets = await bound_sockets(host, port)
    except OSError as error:
        await runner.cleanup()
        raise ConfigurationError(_explained(error, host, port)) from error
    context = certificate.context if certificate else None
    acceptor = Acceptor(sockets, slots, make, context, timeout=min(IDLE_SECONDS, FIRST_SECONDS))
    await Site(runner, acceptor, f"{host}:{port}").start()
    return runner


def _explained(error: OSError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror):
        return f"api_server.listen_ip_address: {host} is not an address: {error.strerror}"
    # Since Python 3.13 asyncio reports an address that the machine does not have without an error number.
    number = errno.EADDRNOTAVAIL if error.errno is None else error.errno
    key, advice = _ADVICE.get(number, ("listen_port", "{host}:{port} cannot be opened: " + str(error)))
    return f"api_server.{key}: {advice.format(host=host, port=port)}"


def _protocol_log() -> logging.Logger:
    """Return a logger that leaves out malformed HTTP: it is an error of the client."""
    log = logging.getLogger("appliance.server.protocol")
    if not log.filters:
        log.addFilter(_is_ours)
    return log


def _is_ours(record: logging.LogRecord) -> bool:
    """Return whether a record reports an error of the server, not malformed HTTP or a lost client."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError | web.RequestPayloadError | ConnectionError)
