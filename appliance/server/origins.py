"""Tell whether a web page comes from this server, as far as its origin and the request's host say so."""

from urllib.parse import urlsplit

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
