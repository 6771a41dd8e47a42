"""Serve TLS with a certificate from files, and load a renewed one without dropping connections."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from aiohttp import web

from appliance.config.sections.server import TlsSettings
from appliance.domain.errors import ConfigurationError

log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
"""How often the files are checked: programs that renew certificates do so weeks ahead."""
HSTS = "max-age=31536000"
"""Strict-Transport-Security: for a year, browsers that have connected by TLS use nothing else."""

Stamp = tuple[tuple[int, int, int], ...]
"""What changes with the files: inode, time of change (ns) and size of each."""


class Certificate:
    """Hold the TLS context of new connections. Existing ones keep their certificate.

    Raises ConfigurationError, with the key path, if the files are no certificate with its key.
    """

    def __init__(self, settings: TlsSettings) -> None:
        self._settings = settings
        self._seen = _stamp(settings)
        self.context = _context(settings)

    def is_renewed(self) -> bool:
        """Return whether the files have changed since the last call, and fit together.

        Raises ConfigurationError if they do not fit; the old ones stay in use.
        """
        stamp = _stamp(self._settings)
        if stamp == self._seen:
            return False
        self._seen = stamp
        _context(self._settings)
        return True

    def load(self) -> None:
        """Use the current files for new connections.

        To be called in the event loop: in a thread, a connection opened meanwhile could get the new
        certificate with the old key.
        """
        _load(self.context, self._settings)

    async def follow(self, interval: float = LOOK_SECONDS) -> None:
        """Check for changed files every `interval` seconds, until cancelled."""
        while True:
            await asyncio.sleep(interval)
            try:
                if await asyncio.to_thread(self.is_renewed):
                    self.load()
                    log.info("The TLS certificate was renewed; new connections use it")
            except ConfigurationError as error:
                log.warning("Loading the renewed TLS certificate failed, the old one stays in use: %s", error)


async def require_tls(_: web.BaseRequest, response: web.StreamResponse) -> None:
    """Have browsers use TLS only."""
    response.headers.setdefault("Strict-Transport-Security", HSTS)


def kept_current(certificate: Certificate) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return a context for `cleanup_ctx` that reloads `certificate` while the application runs."""

    async def follow(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(certificate.follow(), name="certificate")
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return follow


def _stamp(settings: TlsSettings) -> Stamp:
    return tuple(_stamp_of(key, path) for key, path in _files(settings))


def _stamp_of(key: str, path: str) -> tuple[int, int, int]:
    if not path:
        raise _wrong(key, "missing; expected the path of a file in PEM format")
    try:
        found = Path(path).stat()
        Path(path).open("rb").close()
    except OSError as error:
        raise _wrong(key, f'expected a file that can be read, found "{path}": {error.strerror}') from error
    return found.st_ino, found.st_mtime_ns, found.st_size


def _files(settings: TlsSettings) -> tuple[tuple[str, str], ...]:
    return ("certificate", settings.certificate), ("key", settings.key)


def _context(settings: TlsSettings) -> ssl.SSLContext:
    """Return a server context: TLS 1.2 and 1.3, with Python's default ciphers."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    _load(context, settings)
    return context


def _load(context: ssl.SSLContext, settings: TlsSettings) -> None:
    try:
        # OpenSSL would ask for the password of a protected key at the terminal.
        context.load_cert_chain(settings.certificate, settings.key, password=_no_password)
    except _Locked as error:
        raise _wrong(
            "key", f'expected a key without a password, found one with a password in "{settings.key}"'
        ) from error
    except ssl.SSLError as error:
        raise _explained(settings, error) from error
    except OSError as error:
        raise _wrong("certificate", f"expected files that can be read: {error.strerror}") from error


class _Locked(Exception):
    """Say that a key is protected by a password."""


def _no_password() -> str:
    raise _Locked


def _explained(settings: TlsSettings, error: ssl.SSLError) -> ConfigurationError:
    if error.reason == "KEY_VALUES_MISMATCH":
        return _wrong(
            "key", f'expected the key of "{settings.certificate}", found another in "{settings.key}"'
        )
    if not _is_certificate(settings.certificate):
        found = settings.certificate
        return _wrong("certificate", f'expected a certificate in PEM format, found none in "{found}"')
    return _wrong("key", f'expected a private key in PEM format, found none in "{settings.key}"')


def _is_certificate(path: str) -> bool:
    try:
        ssl.create_default_context().load_verify_locations(path)
    except ssl.SSLError:
        return False
    return True


def _wrong(key: str, text: str) -> ConfigurationError:
    return ConfigurationError(f"api_server.tls.{key}: {text}")
