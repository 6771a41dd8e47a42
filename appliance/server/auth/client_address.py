"""Determine the client address of a request, also behind a proxy."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from aiohttp import web

Network = IPv4Network | IPv6Network


def networks(trusted_proxies: Sequence[str]) -> tuple[Network, ...]:
    """Return the networks of `api_server.trusted_proxies`. Raises ValueError for an invalid one."""
    return tuple(ip_network(proxy) for proxy in trusted_proxies)


def address_of(request: web.BaseRequest, proxies: Sequence[Network]) -> str:
    """Return the client's address: the connected one, or the one that trusted proxies forward for.

    X-Forwarded-For is read from its end, as long as its writers are trusted: the client may have sent the
    beginning.
    """
    address = request.remote or ""
    if not proxies or not _is_in(address, proxies):
        return address
    named = ",".join(request.headers.getall("X-Forwarded-For", ()))
    for text in reversed(named.split(",")):
        named_address = text.strip()
        if not _is_address(named_address):
            break
        address = named_address
        if not _is_in(address, proxies):
            break
    return address


def _is_in(address: str, proxies: Sequence[Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    plain = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(plain.version == proxy.version and plain in proxy for proxy in proxies)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
