"""Send security headers, and none that reveals the server software."""

from aiohttp import web, web_response

web_response.SERVER_SOFTWARE = "appliance"  # type: ignore[attr-defined]  # without versions, also in aiohttp's own answers

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


async def add_security_headers(_: web.BaseRequest, response: web.StreamResponse) -> None:
    """Add the headers that the answer itself has not set."""
    headers = response.headers
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
