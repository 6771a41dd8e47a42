"""List the exchanges that ccxt knows: what can be traded there, what is missing. They are not asked."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import msgspec

from appliance.config.sections.exchange import SIMULATED
from appliance.exchange.capabilities import CcxtAbilities, missing_methods
from appliance.exchange.ccxt_import import exchange_class, known_names, streaming_class
from appliance.exchange.factory import check_name
from appliance.exchange.traits import SUPPORTED

_OPTIONAL = ("createMarketOrder", "fetchTickers", "fetchTrades")
_STREAM = "watchOHLCV"
_OF_FUTURES = {
    "fetchFundingRateHistory": (),
    "fetchLeverageTiers": ("fetchMarketLeverageTiers",),
    "fetchMarkOHLCV": (),
}
"""What a dry run of futures uses, and what serves as well."""


class TradeMode(msgspec.Struct, frozen=True):
    """State a trading mode (spot, futures) and its margin mode (isolated; empty on spot markets)."""

    trading_mode: str
    margin_mode: str


class KnownExchange(msgspec.Struct, frozen=True, kw_only=True):
    """Describe an exchange as freqtrade's API does: `classname` is its name in configurations.

    `valid`: live trading has all that it needs, or, of futures, the dry run. `supported`: tested by name.
    `comment` and `comment_futures` list ccxt's methods that are missing. `trade_modes` is empty where this
    program can trade nothing; futures are traded in dry-run only.
    """

    name: str
    classname: str
    valid: bool
    supported: bool = False
    comment: str = ""
    comment_futures: str = ""
    dex: bool = False
    is_alias: bool = False
    alias_for: str | None = None
    trade_modes: tuple[TradeMode, ...]


class CcxtDescription(CcxtAbilities, Protocol):
    """What ccxt's class states of an exchange."""

    name: str
    features: Mapping[str, Any] | None
    options: Mapping[str, Any]


SPOT, FUTURES = TradeMode("spot", ""), TradeMode("futures", "isolated")
_SIMULATED = KnownExchange(
    name="Simulated", classname=SIMULATED, valid=True, supported=True, trade_modes=(SPOT, FUTURES)
)


def known_exchanges() -> list[KnownExchange]:
    """Return all exchanges by name, and the simulated one.

    It imports every class of ccxt, which takes about two seconds: not for the event loop.
    """
    found = [_described(name) for name in known_names()]
    return sorted([*found, _SIMULATED], key=lambda exchange: exchange.classname)


def display_name(name: str) -> str:
    """Return what an exchange calls itself, e.g. `Binance`. Raises `ConfigurationError` if unknown."""
    check_name(name)
    return _SIMULATED.name if name == SIMULATED else str(exchange_class(name)().name)


def timeframes(name: str) -> list[str]:
    """Return the candle lengths of an exchange, as ccxt states them.

    Raises `ConfigurationError` for an unknown one.
    """
    check_name(name)
    if name == SIMULATED:
        from appliance.exchange.simulated.candles import TIMEFRAMES  # late: it loads numpy

        return list(TIMEFRAMES)
    return list(exchange_class(name)().timeframes or ())


def _described(name: str) -> KnownExchange:
    cls = exchange_class(name)
    exchange = cls()
    modes = tuple(_modes(exchange))
    streams = streaming_class(name)
    lacking = missing_methods(exchange)
    optional = [method for method in _OPTIONAL if not exchange.has.get(method)]
    if streams is None or streams().has.get(_STREAM) is not True:
        optional.append(_STREAM)
    futures = [
        method
        for method, others in _OF_FUTURES.items()
        if FUTURES in modes and not _has_one(exchange, method, *others)
    ]
    is_alias = bool(getattr(exchange, "alias", False))
    return KnownExchange(
        name=str(exchange.name),
        classname=name,
        valid=not lacking and bool(modes),
        supported=name in SUPPORTED,
        comment="; ".join(_comments(lacking, optional, has_modes=bool(modes))),
        comment_futures=f"missing futures opt: {', '.join(futures)}" if futures else "",
        dex=bool(getattr(exchange, "dex", False)),
        is_alias=is_alias,
        alias_for=cls.__mro__[1].__name__ if is_alias else None,
        trade_modes=modes,
    )


def _modes(exchange: CcxtDescription) -> Iterator[TradeMode]:
    """Yield what can be traded: spot markets, and perpetual ones that are settled in their quote currency."""
    if exchange.has.get("spot"):
        yield SPOT
    features = exchange.features or {}
    described = features.get("swap") or {}
    is_linear = bool(described.get("linear")) if features else True
    if exchange.has.get("swap") and is_linear and exchange.options.get("defaultSubType") != "inverse":
        yield FUTURES


def _comments(lacking: list[str], optional: list[str], *, has_modes: bool) -> Iterator[str]:
    if not has_modes:
        yield "no spot markets, and no linear perpetual ones"
    if lacking:
        yield f"missing: {', '.join(lacking)}"
    if optional:
        yield f"missing opt: {', '.join(optional)}"


def _has_one(exchange: CcxtAbilities, *methods: str) -> bool:
    return any(exchange.has.get(method) for method in methods)
