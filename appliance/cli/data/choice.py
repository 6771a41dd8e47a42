"""Choose what `download-data` downloads: pairs, time frames and types of candles."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.domain.errors import ConfigurationError
from appliance.pairlists.patterns.expand import expand
from appliance.research.data.layout import CandleKey, CandleType

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.domain.market import Market
    from appliance.exchange.gateway import FuturesData, MarketData

HELPERS_TIMEFRAME = "1h"
"""That of mark prices and funding rates, which backtests of futures need besides."""


def named_pairs(loaded: "LoadedSettings", given: Mapping[str, Any]) -> list[str]:
    """Return pairs and patterns by --pairs-file, --pairs, the whitelist, or pairs.json of the data folder."""
    if given["pairs_file"]:
        return _listed_in(Path(given["pairs_file"]).expanduser())
    if given["pairs"]:
        return list(given["pairs"])
    if loaded.settings.exchange.pair_whitelist:
        return list(loaded.settings.exchange.pair_whitelist)
    usual = loaded.datadir / "pairs.json"
    if usual.is_file():
        return _listed_in(usual)
    raise ConfigurationError(
        "No pairs to download: name some with --pairs, --pairs-file, or exchange.pair_whitelist"
    )


def _listed_in(file: Path) -> list[str]:
    try:
        found = json.loads(file.read_bytes())
    except ValueError as error:
        raise ConfigurationError(
            f"{file}: expected a JSON list of pairs; found invalid JSON ({error})"
        ) from error
    if not isinstance(found, list) or not all(isinstance(pair, str) for pair in found):
        raise ConfigurationError(f'{file}: expected a JSON list of pairs, e.g. ["BTC/USDT"]')
    return sorted(found)


def matching_pairs(patterns: list[str], markets: "Mapping[str, Market]", *, with_inactive: bool) -> list[str]:
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
