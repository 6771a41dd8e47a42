"""Decide whether a request comes from a page of this server, by its origin and host.

Programs other than browsers send no origin, and are never taken for pages.
"""

from collections.abc import Collection
from enum import Enum
from urllib.parse import urlsplit

from aiohttp import web

_PORTS = {"http": 80, "https": 443}


def is_of(origin: str, host: str) -> bool:
    """Return whether `origin` (`https://bot.example:8443`) is of `host` (the header): same name and port.

    The scheme is not compared: a proxy may have terminated TLS. A host without a port matches every port,
    since nginx's `$host` leaves it out. So a page of another port of this machine passes without
    Sec-Fetch-Site, and fails at the next check: it has no token of ours.
    """
    try:
        page, requested = urlsplit(origin), urlsplit(f"//{host}")
        page_port, requested_port = page.port or _PORTS.get(page.scheme), requested.port
    except ValueError:
        return False
    if not page.hostname or page.hostname != requested.hostname:
        return False
    return requested_port is None or requested_port == page_port


class Page(Enum):
    """Say whose page sent a request. OTHER_HOST: the host differs, but a proxy may have rewritten it."""

    OWN = "own"
    OTHER_HOST = "other host"
    FOREIGN = "foreign"


def page_of(request: web.BaseRequest, allowed: Collection[str]) -> Page:
    """Return whose page sent the request; OWN also for programs, and for the origins in `allowed`.

    Sec-Fetch-Site is the browser's own judgement; where it is not sent (plain HTTP other than loopback), the
    host of Origin must be that of the request.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin in allowed:
        return Page.OWN
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return Page.OWN if site in ("same-origin", "none") else Page.FOREIGN
    if origin is None:
        return Page.OWN
    return Page.OWN if is_same_host(origin, request) else Page.OTHER_HOST


def is_same_host(origin: str, request: web.BaseRequest) -> bool:
    """Return whether `origin` is the host of the request, by its own header or those of proxies."""
    forwarded = request.headers.get("X-Forwarded-Host", "").split(",")  # each proxy adds its own
    return any(is_of(origin, host.strip()) for host in (request.headers.get("Host", ""), *forwarded))
