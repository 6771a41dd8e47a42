"""Send headers that keep browsers careful, and none that tells what the server is made of."""

from aiohttp import web

CAREFUL = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


async def add_security_headers(_: web.BaseRequest, response: web.StreamResponse) -> None:
    """Add what the answer itself has not set."""
    headers = response.headers
    headers.popall("Server", None)
    for name, value in CAREFUL.items():
        headers.setdefault(name, value)
