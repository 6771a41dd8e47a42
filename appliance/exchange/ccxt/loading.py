"""Make ccxt's instance of an exchange in a thread: import, construction and markets take seconds of CPU."""

import asyncio
import importlib
import importlib.util
from collections.abc import Callable

from appliance.domain.errors import ConfigurationError
from appliance.exchange.ccxt.errors import scrubbed
from appliance.exchange.ccxt.protocol import CcxtExchange, Json, Params
from appliance.exchange.ccxt.settings import SPOT, MarketType, with_stream_proxy
from appliance.exchange.ccxt.transport import record_requests
from appliance.exchange.ccxt_import import exchange_class, streaming_class
from appliance.exchange.families import lineage
from appliance.exchange.steady_clock import wall_ms
from appliance.exchange.traits import SUPPORTED, traits_of

_FIRST_ERROR_STATUS = 300
_SHORT_LIST = 20
_CANDLES_IN_STREAMS = 12
"""How many candles ccxt stores of each stream; its default is a thousand."""


def ready_exchange(
    name: str,
    class_settings: Params,
    account_settings: Params | None = None,
    *,
    demo: bool = False,
    market_type: MarketType = SPOT,
) -> tuple[CcxtExchange, int]:
    """Return an exchange with its markets loaded and no connection, and how far its clock is ahead (ms).

    It is made with `account_settings` where there are any, which have the credentials; markets are loaded
    without. `demo` is the exchange's own demo account; `market_type` says which markets are loaded.

    Blocks for seconds and runs an event loop of its own: only for a worker thread, which also imports numpy
    here, so that reading the first candles does not, and looks up what the class is made of.
    Raises ccxt's errors, and `ConfigurationError` when the class cannot be made with these settings.
    """
    importlib.import_module("numpy")
    lineage(name)
    return asyncio.run(_load(name, class_settings, account_settings or class_settings, demo, market_type))


def bare_exchange(name: str, class_settings: Params, *, demo: bool = False) -> CcxtExchange:
    """Return an exchange as it is before anything is asked of it. For a worker thread; raises the same."""
    return _build(exchange_class(name), class_settings, demo)


def streaming_exchange(name: str, class_settings: Params, loaded: CcxtExchange) -> CcxtExchange | None:
    """Return an exchange that streams candles, with the markets of `loaded`; None: it has no streams.

    For a worker thread; raises the same.
    """
    cls = streaming_class(name)
    if cls is None:
        return None
    exchange = _build(cls, with_stream_proxy(class_settings))
    if exchange.has.get("watchOHLCV") is not True:
        return None
    exchange.options["OHLCVLimit"] = _CANDLES_IN_STREAMS
    share_markets(loaded, exchange)
    exchange.ssl_context = loaded.ssl_context
    return exchange


def share_markets(loaded: CcxtExchange, exchange: CcxtExchange) -> None:
    """Give an exchange the markets that another one has loaded."""
    for name in loaded.options.get("marketHelperProps") or ():
        loaded.options.setdefault(name, None)  # ccxt looks for all of them (Hyperliquid, spot alone)
    exchange.set_markets_from_exchange(loaded)


def bases(name: str, class_settings: Params, market_type: MarketType) -> dict[str, frozenset[str]]:
    """Return the base currencies of the open markets of a type, by quote currency.

    Blocks as `ready_exchange` does, and raises the same.
    """
    return asyncio.run(_load_bases(name, class_settings, market_type))


async def _load_bases(
    name: str, class_settings: Params, market_type: MarketType
) -> dict[str, frozenset[str]]:
    loader = _build(exchange_class(name), class_settings, market_type=market_type)
    loader.timeout_on_exit = 0
    try:
        await loader.load_markets(False)
    finally:
        await loader.close()
    found: dict[str, set[str]] = {}
    for market in loader.markets.values():
        if market_type.includes(market) and market.get("active") is not False:
            found.setdefault(market["quote"], set()).add(market["base"])
    return {quote: frozenset(bases) for quote, bases in found.items()}


async def _load(
    name: str,
    class_settings: Params,
    account_settings: Params,
    demo: bool,
    market_type: MarketType,
) -> tuple[CcxtExchange, int]:
    cls = exchange_class(name)
    loader = _build(cls, class_settings, demo, market_type)
    loader.timeout_on_exit = 0
    try:
        await _load_markets(loader, name, _markets_query(name, market_type))
        ahead = await _ahead(loader, signs=account_settings is not class_settings)
    finally:
        await loader.close()
    exchange = _build(cls, account_settings, demo, market_type)
    share_markets(loader, exchange)
    exchange.ssl_context = loader.ssl_context
    return exchange, ahead


def _markets_query(name: str, market_type: MarketType) -> Params:
    return SUPPORTED[name].markets_query if market_type is SPOT and name in SUPPORTED else {}


async def _load_markets(loader: CcxtExchange, name: str, query: Params) -> None:
    """Load markets and drop what is bulky and of no use in them."""
    from ccxt.base.errors import ExchangeError

    try:
        await loader.load_markets(False, query)
    except ExchangeError:
        if not query:
            raise
        await loader.load_markets(True)
    for market in loader.markets.values():
        market["info"] = _slim(market["info"])


def _slim(info: Json) -> Json:
    """Keep of an exchange's own description of a market what is plain or a short list of plain things."""
    if not isinstance(info, dict):
        return info
    return {name: value for name, value in info.items() if _is_plain(value) or _is_short_list(value)}


def _is_plain(value: Json) -> bool:
    return value is None or isinstance(value, str | int | float)


def _is_short_list(value: Json) -> bool:
    return isinstance(value, list) and len(value) <= _SHORT_LIST and all(map(_is_plain, value))


def _build(
    cls: Callable[..., CcxtExchange],
    class_settings: Params,
    demo: bool = False,
    market_type: MarketType = SPOT,
) -> CcxtExchange:
    from ccxt.base.errors import NotSupported

    try:
        exchange = cls(class_settings)
        exchange.on_rest_response = _json_only(exchange.on_rest_response)
        record_requests(exchange)
        market_type.restrict(exchange.options)
        _sends_once(exchange.options)
        for method in traits_of(exchange.id).unasked:
            setattr(exchange, method, _nothing)
        if demo:
            exchange.enable_demo_trading(True)
        _check_proxies(exchange)
    except NotSupported as error:
        raise ConfigurationError(f"exchange: {scrubbed(str(error), ())}") from None
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        # ccxt takes any settings unchecked; what makes it fail came from the user. Its text may hold
        # secrets, and says little.
        raise ConfigurationError(_unmade(cls, class_settings, demo, error)) from None
    return exchange


def _sends_once(options: Params) -> None:
    """Keep ccxt from sending anything again by itself: orders are sent once, we repeat questions."""
    for section in (options, *(each for each in options.values() if isinstance(each, dict))):
        for name in ("maxRetriesOnFailure", "defaultMaxRetriesOnFailure"):
            section.pop(name, None)


def _check_proxies(exchange: CcxtExchange) -> None:
    """Raise `ConfigurationError` for proxies that contradict each other, or that a package is missing for."""
    from ccxt.base.errors import InvalidProxySettings

    try:
        _, _, socks = exchange.check_proxy_settings("https://exchange", "GET", None, None)
        _, _, stream_socks = exchange.check_ws_proxy_settings()
    except InvalidProxySettings:
        raise ConfigurationError(
            "exchange.ccxt_config: expected one proxy, found several of httpProxy, httpsProxy, socksProxy"
        ) from None
    if (socks or stream_socks) and importlib.util.find_spec("aiohttp_socks") is None:
        raise ConfigurationError(
            "exchange.ccxt_config.socksProxy: the Python package aiohttp-socks is missing; install it with "
            "`appliance packages install aiohttp-socks`, or use httpsProxy"
        )


async def _nothing(*_: Json) -> bool:
    return True


def _unmade(cls: Callable[..., CcxtExchange], class_settings: Params, demo: bool, error: Exception) -> str:
    """Return why a class could not be made."""
    urls = cls().urls
    if demo and not urls.get("demo"):
        return f"exchange.demo_trading: {cls.__name__} has no demo account; set it to false"
    if class_settings.get("sandbox") and not urls.get("test"):
        return f"exchange.ccxt_config.sandbox: {cls.__name__} has no sandbox; set it to false"
    return f"exchange.ccxt_config: ccxt's {cls.__name__} cannot be made with it ({type(error).__name__})"


def _json_only(hook: Callable[..., str]) -> Callable[..., str]:
    """Wrap ccxt's hook for answers, so that status 200 with what is no JSON (whole) is a bad answer.

    ccxt would go on with the bare text, and find in it a ticker without prices or a book without offers.
    """

    def checked(code: int, reason: str, url: str, method: str, *rest: Json) -> str:
        from ccxt.base.errors import BadResponse

        text = hook(code, reason, url, method, *rest)
        if code < _FIRST_ERROR_STATUS and (text[:1], text[-1:]) not in (("{", "}"), ("[", "]")):
            raise BadResponse(f"{method} {url} {code} without JSON: {text}")
        return text

    return checked


async def _ahead(loader: CcxtExchange, *, signs: bool) -> int:
    """Return by how many ms the exchange's clock is ahead; 0 if it refuses to tell and nothing is signed."""
    from ccxt.base.errors import ExchangeError

    try:
        return await clock_ahead(loader)
    except ExchangeError:
        if signs:
            raise
        return 0


async def clock_ahead(exchange: CcxtExchange, clock: Callable[[], int] = wall_ms) -> int:
    """Return by how many ms the exchange's clock is ahead of `clock`; its answer is half the wait old."""
    if exchange.has.get("fetchTime") is not True:
        return 0
    asked = clock()
    answered = await exchange.fetch_time()
    return 0 if answered is None else int(answered) - (asked + clock()) // 2


def set_clock(exchange: CcxtExchange, clock: Callable[[], int], ahead_ms: int = 0) -> None:
    """Make the exchange sign requests `ahead_ms` ahead of `clock`, independent of the machine's time.

    Classes that correct the time by an option of their own (`timeDifference`) have nothing left to correct.
    """
    exchange.milliseconds = lambda: clock() + ahead_ms
    exchange.seconds = lambda: (clock() + ahead_ms) // 1000
    exchange.microseconds = lambda: (clock() + ahead_ms) * 1000
    if "timeDifference" in exchange.options:
        exchange.options["timeDifference"] = 0
