"""Make the settings of a ccxt class from the exchange section of the configuration."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from appliance.config.sections.exchange import ExchangeSettings
from appliance.exchange.ccxt.protocol import Json, Params
from appliance.exchange.ccxt.requirements import PRICE_FOR_BUYS
from appliance.exchange.traits import traits_of


class MarketType(msgspec.Struct, frozen=True, kw_only=True):
    """State one type of markets in ccxt's words.

    `subtype` is what ccxt calls them where it lists the abilities of a class; `loaded` the names of what the
    class loads, None for everything that it can. `most_candles` that one request asks for, None for as many
    as ccxt says.
    """

    name: Literal["spot", "swap"]
    subtype: str | None = None
    loaded: tuple[str, ...] | None
    most_candles: int | None = None

    def includes(self, market: Mapping[str, Json]) -> bool:
        """Return whether a market as ccxt describes it is of this type."""
        if self.loaded is None:
            return True
        return bool(market.get(self.name) and (self.name == "spot" or market.get("linear")))

    def restrict(self, options: Params) -> None:
        """Make a class load only these markets, where its options offer that; changes `options`.

        ccxt knows three forms of this option. Derivatives are the larger half of what some exchanges list.
        """
        if self.loaded is None:
            return
        markets = options.get("fetchMarkets")
        types = markets.get("types") if isinstance(markets, dict) else markets
        if isinstance(types, dict):
            types.update({name: name in self.loaded for name in types})
        elif isinstance(types, list) and not set(types).isdisjoint(self.loaded):
            types[:] = [name for name in types if name in self.loaded]


SPOT = MarketType(name="spot", loaded=("spot",))
# Exchanges that weigh requests by their length count up to 499 candles as two, more as five.
FUTURES = MarketType(name="swap", subtype="linear", loaded=("swap", "linear"), most_candles=499)
"""Linear perpetual markets."""


def with_all(market_type: MarketType) -> MarketType:
    """Return a type of which everything that the exchange lists counts, whatever the bot can trade."""
    return msgspec.structs.replace(market_type, loaded=None)


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


def public_settings(settings: ExchangeSettings, kind: str = "spot") -> Params:
    """Return the settings of a class that is asked only public questions: without credentials.

    `kind` is ccxt's word for the markets that are meant where a question leaves that open: spot or swap.
    `ccxt_async_config` overrides `ccxt_sync_config`, that `ccxt_config`, and all the defaults for the
    exchange. Sections within (`urls`, `options`, `headers`) are merged key by key.
    """
    return {name: value for name, value in _whole(settings, kind).items() if name not in _CREDENTIALS}


def account_settings(settings: ExchangeSettings) -> Params:
    """Return the settings of a class that places orders: the same, and the credentials.

    Those of the exchange section itself override any in ccxt's settings.
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


def _whole(settings: ExchangeSettings, kind: str = "spot") -> Params:
    usual: Params = {
        "enableRateLimit": True,
        "options": {
            "defaultType": kind,
            "fetchCurrencies": False,
            **traits_of(settings.name).options,
        },
    }
    for own in (settings.ccxt_config, settings.ccxt_sync_config, settings.ccxt_async_config):
        usual = merged(usual, own)
    # Amounts of orders are in base currency here, always; ccxt must not take them for a sum.
    return usual | {"options": _without(PRICE_FOR_BUYS, usual["options"])}


def _without(option: str, options: Json) -> Json:
    """Leave an option out, in sections of their own too."""
    if not isinstance(options, Mapping):
        return options
    return {name: _without(option, value) for name, value in options.items() if name != option}


def with_stream_proxy(class_settings: Mapping[str, Json]) -> Params:
    """Send streams through the proxy of requests, unless they have one of their own."""
    if any(class_settings.get(name) for name in _STREAM_PROXIES):
        return dict(class_settings)
    found = next(((ws, class_settings[own]) for own, ws in _PROXIES.items() if class_settings.get(own)), None)
    return dict(class_settings) if found is None else {**class_settings, found[0]: found[1]}


def merged(below: Mapping[str, Json], above: Mapping[str, Json]) -> Params:
    """Lay one tree of settings over another."""
    result = dict(below)
    for name, value in above.items():
        under = result.get(name)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        result[name] = merged(under, value) if both else value  # type: ignore[arg-type]
    return result


def secrets_of(settings: ExchangeSettings) -> list[str]:
    """Return every secret text of the section: none of them may reach a log or an error."""
    own = (settings.key, settings.secret, settings.password, settings.uid, settings.privateKey)
    nested = (
        config.get(name)
        for config in (settings.ccxt_config, settings.ccxt_sync_config, settings.ccxt_async_config)
        for name in _CREDENTIALS - {"walletAddress"}
    )
    return [text for text in (*own, *nested) if isinstance(text, str) and len(text) >= _SHORTEST_SECRET]
