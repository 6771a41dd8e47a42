"""Decide which series of candles to download: of which pairs, time frames and types."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from appliance.domain.errors import ConfigurationError
from appliance.pairlists.patterns.expand import expand
from appliance.research.data.layout import CandleKey, CandleType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from appliance.domain.market import Market
    from appliance.exchange.gateway import FuturesData, MarketData

HELPERS_TIMEFRAME = "1h"
"""That of mark prices and funding rates, which backtests of futures need besides."""


def matching_pairs(
    patterns: "Sequence[str]", markets: "Mapping[str, Market]", *, with_inactive: bool
) -> list[str]:
    """Return the pairs of an exchange that these patterns name, in their order."""
    return expand(
        patterns, {pair: market for pair, market in markets.items() if with_inactive or market.active}
    )


def series(
    market: "MarketData", pairs: list[str], timeframes: tuple[str, ...], kinds: tuple[CandleType, ...]
) -> list[CandleKey]:
    """Return the series of candles to download. Raises ConfigurationError for what the exchange lacks."""
    for timeframe in timeframes:
        if timeframe not in market.timeframes:
            raise ConfigurationError(
                f"--timeframes: {market.name} has no candles of '{timeframe}'; it has"
                f" {', '.join(market.timeframes)}"
            )
    if market.futures is None:
        return [CandleKey(pair, timeframe) for pair in pairs for timeframe in timeframes]
    kinds = tuple(kind for kind in kinds if kind != "spot")
    for kind in kinds:
        match kind:
            case "spot" | "futures":
                continue
        if not market.futures.has(kind):
            raise ConfigurationError(f"--candle-types: {market.name} has no candles of the type {kind}")
    chosen = dict.fromkeys(_futures_series(market.futures, timeframes, kinds))
    return [CandleKey(pair, *one) for pair in pairs for one in chosen]


def _futures_series(
    futures: "FuturesData", timeframes: tuple[str, ...], kinds: tuple[CandleType, ...]
) -> Iterator[tuple[str, CandleType]]:
    """Yield time frames and types. Funding rates have a time frame of their own."""
    usual: list[CandleType] = ["futures"]
    for kind in kinds or usual:
        if kind == "funding_rate":
            yield HELPERS_TIMEFRAME, kind
        else:
            yield from ((timeframe, kind) for timeframe in timeframes)
    if not kinds:
        yield HELPERS_TIMEFRAME, "mark" if futures.has("mark") else "futures"
        yield HELPERS_TIMEFRAME, "funding_rate"
