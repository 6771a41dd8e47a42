"""Make a ccxt exchange ready in a thread: importing, building and reading markets hold the processor long."""

import asyncio
from collections.abc import Callable
from typing import Any

from appliance.domain.errors import ConfigurationError
from appliance.exchange.ccxt_settings import spot_only
from appliance.exchange.only_one import exchange_class

_FIRST_ERROR_STATUS = 300


def ready_exchange(name: str, class_settings: dict[str, Any]) -> tuple[Any, int]:
    """Return an exchange with its markets loaded and no connection, and how far its clock is ahead (ms).

    Blocks for seconds and runs an event loop of its own: only for a worker thread. Raises ccxt's errors, and
    `ConfigurationError` when the class cannot be made with these settings.
    """
    return asyncio.run(_load(name, class_settings))


async def _load(name: str, class_settings: dict[str, Any]) -> tuple[Any, int]:
    cls = exchange_class(name)
    loader = _build(cls, class_settings)
    loader.timeout_on_exit = 0
    try:
        await loader.load_markets()
        ahead = await _clock_ahead(loader)
    finally:
        await loader.close()
    exchange = _build(cls, class_settings)
    exchange.set_markets_from_exchange(loader)
    exchange.ssl_context = loader.ssl_context
    return exchange, ahead


def _build(cls: type[Any], class_settings: dict[str, Any]) -> Any:
    try:
        exchange = cls(class_settings)
        exchange.enableLastResponseHeaders = True
        exchange.on_rest_response = _json_only(exchange.on_rest_response)
        spot_only(exchange.options)
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        # ccxt takes any settings without a look; what it stumbles over came from the user. Its text may hold
        # secrets, and says little.
        raise ConfigurationError(
            f"exchange.ccxt_config: ccxt's {cls.__name__} cannot be made with it ({type(error).__name__})"
        ) from None
    return exchange


def _json_only(hook: Callable[..., str]) -> Callable[..., str]:
    """Wrap ccxt's hook for answers, so that status 200 with what is no JSON (whole) is a bad answer.

    ccxt would go on with the bare text, and find in it a ticker without prices or a book without offers.
    """

    def checked(code: int, reason: str, url: str, method: str, headers: Any, body: str, *sent: Any) -> str:
        from ccxt.base.errors import BadResponse

        text = hook(code, reason, url, method, headers, body, *sent)
        if code < _FIRST_ERROR_STATUS and (text[:1], text[-1:]) not in (("{", "}"), ("[", "]")):
            raise BadResponse(f"{method} {url} {code} without JSON: {text}")
        return text

    return checked


async def _clock_ahead(exchange: Any) -> int:
    """Return by how many ms the exchange's clock is ahead of ours; its answer is half the wait old."""
    if exchange.has.get("fetchTime") is not True:
        return 0
    asked = exchange.milliseconds()
    told = await exchange.fetch_time()
    return 0 if told is None else int(told) - (asked + exchange.milliseconds()) // 2
