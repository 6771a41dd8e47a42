"""Make the settings of a ccxt class from the exchange section of the configuration."""

from collections.abc import Mapping, Sequence
from typing import Any

from appliance.config.sections.exchange import ExchangeSettings
from appliance.exchange.ccxt.requirements import PRICE_FOR_BUYS
from appliance.exchange.traits import peculiarities

_CREDENTIALS = frozenset(
    {"apiKey", "secret", "password", "uid", "login", "token", "twofa", "privateKey", "walletAddress"}
)
_SHORTEST_SECRET = 4
_PROXIES = {
    "httpsProxy": "wsProxy",
    "https_proxy": "wsProxy",
    "httpProxy": "wsProxy",
    "http_proxy": "wsProxy",
    "aiohttp_proxy": "wsProxy",
    "socksProxy": "wsSocksProxy",
    "socks_proxy": "wsSocksProxy",
}
"""ccxt's settings of a proxy for requests, and of the same for streams."""
_STREAM_PROXIES = ("wsProxy", "ws_proxy", "wssProxy", "wss_proxy", "wsSocksProxy", "ws_socks_proxy")


def public_settings(settings: ExchangeSettings, kind: str = "spot") -> dict[str, Any]:
    """Return what the class gets when only public questions are put to it: no credentials go along.

    `kind` is ccxt's word for the markets that are meant where a question leaves that open: spot or swap.
    `ccxt_async_config` lies over `ccxt_sync_config`, that over `ccxt_config`, and all over what is usual for
    the exchange. Sections within (`urls`, `options`, `headers`) are merged key by key.
    """
    return {name: value for name, value in _whole(settings, kind).items() if name not in _CREDENTIALS}


def account_settings(settings: ExchangeSettings) -> dict[str, Any]:
    """Return what the class gets when orders go through it: the same, and the credentials.

    Those named in the exchange section itself go over any that stand in ccxt's settings.
    """
    own = {
        "apiKey": settings.key,
        "secret": settings.secret,
        "password": settings.password,
        "uid": settings.uid,
        "walletAddress": settings.walletAddress,
        "privateKey": settings.privateKey,
    }
    return _whole(settings) | {name: value for name, value in own.items() if value}


def _whole(settings: ExchangeSettings, kind: str = "spot") -> dict[str, Any]:
    usual: dict[str, Any] = {
        "enableRateLimit": True,
        "options": {
            "defaultType": kind,
            "fetchCurrencies": False,
            **peculiarities(settings.name).options,
        },
    }
    for own in (settings.ccxt_config, settings.ccxt_sync_config, settings.ccxt_async_config):
        usual = merged(usual, own)
    # Amounts of orders are in base currency here, always; ccxt must not be told to take them for a sum.
    return usual | {"options": _without(PRICE_FOR_BUYS, usual["options"])}


def _without(option: str, options: Any) -> Any:
    """Leave an option out, in sections of their own too."""
    if not isinstance(options, Mapping):
        return options
    return {name: _without(option, value) for name, value in options.items() if name != option}


def with_stream_proxy(class_settings: Mapping[str, Any]) -> dict[str, Any]:
    """Let streams go through the proxy that requests go through, unless they have one of their own."""
    if any(class_settings.get(name) for name in _STREAM_PROXIES):
        return dict(class_settings)
    found = next(((ws, class_settings[own]) for own, ws in _PROXIES.items() if class_settings.get(own)), None)
    return dict(class_settings) if found is None else {**class_settings, found[0]: found[1]}


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one tree of settings over another."""
    result = dict(below)
    for name, value in above.items():
        under = result.get(name)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        result[name] = merged(under, value) if both else value  # type: ignore[arg-type]
    return result


def spot_only(options: dict[str, Any]) -> None:
    """Let a class load only its spot markets, where its options have a say in it; changes `options`.

    ccxt knows three forms of this option. Derivatives are the larger half of what some exchanges list.
    """
    _only(options, ("spot",))


def futures_only(options: dict[str, Any]) -> None:
    """Let a class load only its perpetual markets, where its options have a say in it; changes `options`."""
    _only(options, ("swap", "linear"))


def _only(options: dict[str, Any], wanted: Sequence[str]) -> None:
    markets = options.get("fetchMarkets")
    types = markets.get("types") if isinstance(markets, dict) else markets
    if isinstance(types, dict):
        types.update({kind: kind in wanted for kind in types})
    elif isinstance(types, list) and not set(types).isdisjoint(wanted):
        types[:] = [kind for kind in types if kind in wanted]


def secrets_of(settings: ExchangeSettings) -> list[str]:
    """Return every text that must not be told, wherever it stands in the section."""
    own = (settings.key, settings.secret, settings.password, settings.uid, settings.privateKey)
    handed = (
        config.get(name)
        for config in (settings.ccxt_config, settings.ccxt_sync_config, settings.ccxt_async_config)
        for name in _CREDENTIALS - {"walletAddress"}
    )
    return [text for text in (*own, *handed) if isinstance(text, str) and len(text) >= _SHORTEST_SECRET]
