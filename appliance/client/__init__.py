"""Control a bot over its REST API and websocket: `RestClient` and, for asyncio, `AsyncRestClient`.

The first needs only the standard library, the second aiohttp. Each is imported when first used.
"""

from typing import TYPE_CHECKING, Any

from appliance.client.errors import ClientError, NoAnswer, NotAnAnswer, RequestFailed, TimedOut, WrongLogin

if TYPE_CHECKING:
    from appliance.client.async_rest import AsyncRestClient
    from appliance.client.rest import RestClient

__all__ = [
    "AsyncRestClient",
    "ClientError",
    "NoAnswer",
    "NotAnAnswer",
    "RequestFailed",
    "RestClient",
    "TimedOut",
    "WrongLogin",
]


def __getattr__(name: str) -> Any:
    if name == "RestClient":
        from appliance.client.rest import RestClient  # late: only what is used is loaded

        return RestClient
    if name == "AsyncRestClient":
        try:
            from appliance.client.async_rest import AsyncRestClient  # late: it loads aiohttp
        except ModuleNotFoundError as error:
            if error.name != "aiohttp":
                raise
            raise ImportError(
                "AsyncRestClient needs aiohttp: pip install 'appliance-client[async]'"
            ) from None
        return AsyncRestClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
