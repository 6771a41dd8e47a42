"""Tell whether a web page comes from this server, as far as its origin and the request's host say so.

What is not a browser names no page, and is never taken for one.
"""

from collections.abc import Collection
from enum import Enum
from urllib.parse import urlsplit

from aiohttp import web

_PORTS = {"http": 80, "https": 443}


def is_of(origin: str, host: str) -> bool:
    """Tell whether a page of `origin` (`https://bot.example:8443`) comes from where `host` (`Host`) names.

    The scheme is not compared: a proxy may have ended TLS. A host without a port fits every port, since
    nginx's `$host` leaves it out; without Sec-Fetch-Site a browser tells no more than that. So a page
    of another port of this machine passes, and fails at what comes next: it knows no token of ours.
    """
    try:
        page, asked = urlsplit(origin), urlsplit(f"//{host}")
        page_port, asked_port = page.port or _PORTS.get(page.scheme), asked.port
    except ValueError:
        return False
    if not page.hostname or page.hostname != asked.hostname:
        return False
    return asked_port is None or asked_port == page_port


class Page(Enum):
    """Say whose page sent a request. STRANGE: it names another host, which a proxy may have rewritten."""

    OURS = "ours"
    STRANGE = "strange"
    FOREIGN = "foreign"


def page_of(request: web.BaseRequest, allowed: Collection[str]) -> Page:
    """Tell whose page sent the request; OURS, too, for programs and for pages that `allowed` names.

    Sec-Fetch-Site is the browser's own judgement; where it is not sent (plain HTTP other than loopback), the
    host of Origin must be the one asked for.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin in allowed:
        return Page.OURS
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return Page.OURS if site in ("same-origin", "none") else Page.FOREIGN
    if origin is None:
        return Page.OURS
    return Page.OURS if is_asked_for(origin, request) else Page.STRANGE


def is_asked_for(origin: str, request: web.BaseRequest) -> bool:
    """Tell whether a page of `origin` comes from the host asked for, by the request or as proxies tell."""
    forwarded = request.headers.get("X-Forwarded-Host", "").split(",")  # each proxy adds its own
    return any(is_of(origin, host.strip()) for host in (request.headers.get("Host", ""), *forwarded))
