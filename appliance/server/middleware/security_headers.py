"""Send headers that keep browsers careful, and none that tells what the server is made of."""

from aiohttp import web, web_response

web_response.SERVER_SOFTWARE = "appliance"  # type: ignore[attr-defined]  # without versions, also where aiohttp answers by itself

CAREFUL = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


async def add_security_headers(_: web.BaseRequest, response: web.StreamResponse) -> None:
    """Add what the answer itself has not set."""
    headers = response.headers
    for name, value in CAREFUL.items():
        headers.setdefault(name, value)
