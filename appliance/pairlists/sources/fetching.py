"""Fetch JSON over HTTP from services other than the exchange."""

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from appliance import __version__
from appliance.config.secrets import without_url_password
from appliance.domain.errors import PairListError

if TYPE_CHECKING:
    import aiohttp

_MAX_BYTES = 20_000_000
_FIRST_ERROR_STATUS = 400
_REDIRECTS = (301, 302, 303, 307, 308)


async def fetch_json(
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_seconds: float = 60.0,
) -> Any:
    """Return the parsed JSON. Raises `PairListError` without query and headers, which may be secret."""
    import aiohttp  # late: most pair lists need no web

    named = without_url_password(url.partition("?")[0])
    timeout = aiohttp.ClientTimeout(total=timeout_seconds)
    sent = {"User-Agent": f"appliance/{__version__}", **(headers or {})}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True, middlewares=(_check_redirect,)) as session,
            session.get(url, params=query, headers=sent) as response,
        ):
            if response.status >= _FIRST_ERROR_STATUS:
                raise PairListError(f"{named} returned {response.status} {response.reason}")
            if "json" not in response.content_type:
                raise PairListError(f"{named} returned {response.content_type}, expected JSON")
            return json.loads(await _body(response, named))
    except _Redirected as error:
        raise PairListError(f"{named} redirects to {error}: configure the final address") from None
    except RecursionError:
        raise PairListError(f"{named} cannot be read: nested too deeply") from None
    except TimeoutError:
        raise PairListError(f"{named} did not answer within {timeout_seconds:g} seconds") from None
    except ValueError as error:  # an invalid URL, or invalid JSON
        raise PairListError(f"{named} cannot be read: {type(error).__name__}") from None
    except aiohttp.ClientError as error:
        raise PairListError(f"{named} cannot be reached: {type(error).__name__}") from None


class _Redirected(Exception):
    """Carry the host that a response redirects to."""


async def _check_redirect(
    request: "aiohttp.ClientRequest", handler: "aiohttp.ClientHandlerType"
) -> "aiohttp.ClientResponse":
    """Follow a redirect only on the same host and not from https to http: the request may carry secrets."""
    response = await handler(request)
    if response.status in _REDIRECTS and "Location" in response.headers:
        target = request.url.join(type(request.url)(response.headers["Location"]))
        if target.host != request.url.host or (request.url.scheme, target.scheme) == ("https", "http"):
            response.close()
            raise _Redirected(without_url_password(f"{target.scheme}://{target.host}"))
    return response


async def fetch_json_with_retries(
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    pauses: tuple[float, ...] = (1.0, 3.0),
) -> Any:
    """Fetch JSON as `fetch_json` does, and retry after each pause (s) while it fails."""
    for pause in pauses:
        try:
            return await fetch_json(url, query=query, headers=headers)
        except PairListError:
            await asyncio.sleep(pause)
    return await fetch_json(url, query=query, headers=headers)


async def _body(response: "aiohttp.ClientResponse", named: str) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > _MAX_BYTES:
            raise PairListError(f"{named} returned more than {_MAX_BYTES // 1_000_000} MB")
    return bytes(body)
