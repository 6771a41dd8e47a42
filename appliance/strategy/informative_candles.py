"""Merge the candles that a strategy's `@informative` methods ask for into the candles of a pair."""

from typing import TYPE_CHECKING

from appliance.domain.enums import CandleType
from appliance.domain.errors import StrategyError
from appliance.strategy.informative import InformativeRequest, default_candle_type
from appliance.strategy.safe_call import failed, safe_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandas import DataFrame

    from appliance.strategy.base import StrategyBase
    from appliance.strategy.informative import Moments


def wanted_candles(strategy: "StrategyBase") -> list[tuple[str, str, CandleType]]:
    """Return every (pair, timeframe, candle type) that analysis needs beyond the pairs' own candles.

    If `informative_pairs` of the strategy fails, the error is logged; the requests of its decorators remain.
    """
    usual = default_candle_type(strategy.config)
    wanted: dict[tuple[str, str, CandleType], None] = {}
    for pair, timeframe, *kind in safe_call(strategy, "informative_pairs", []) or []:
        wanted[pair, timeframe, CandleType(kind[0]) if kind and kind[0] else usual] = None
    for pair in strategy.dp.current_whitelist() if strategy.ft_informative_requests else []:
        for request in strategy.ft_informative_requests:
            try:
                asset = _asset(strategy, request, pair)
            except StrategyError as error:
                failed(strategy, request.populate.__name__, pair, error)
                continue
            wanted[asset, request.timeframe, request.candle_type or usual] = None
    return list(wanted)


def _asset(strategy: "StrategyBase", request: InformativeRequest, pair: str) -> str:
    if not request.asset:
        return pair
    stake = strategy.config.get("stake_currency", "")
    return request.asset.format(stake=stake, stake_currency=stake, **_names(strategy, pair)).upper()


def _names(strategy: "StrategyBase", pair: str) -> dict[str, str]:
    market = strategy.dp.market(pair)
    if market is None:
        raise StrategyError(f"informative pair {pair}: the exchange does not have this market")
    base, quote = str(market["base"]), str(market["quote"])
    return {"base": base.lower(), "quote": quote.lower(), "BASE": base.upper(), "QUOTE": quote.upper()}


def add_informatives(strategy: "StrategyBase", dataframe: "DataFrame", pair: str) -> "DataFrame":
    """Return the candles of a pair with the columns of every decorated method."""
    from appliance.strategy.merging import merged  # late: it loads pandas

    for request in strategy.ft_informative_requests:
        frame, known = _populated(strategy, request, pair)
        taken = set(frame.columns) & set(dataframe.columns)
        if taken:
            raise StrategyError(
                f"@informative('{request.timeframe}') of {request.populate.__name__}: the columns "
                f"{', '.join(sorted(taken))} exist already; give the decorator a `fmt` of its own"
            )
        dataframe = merged(dataframe, frame, known, ffill=request.ffill)
    return dataframe


def _populated(
    strategy: "StrategyBase", request: InformativeRequest, pair: str
) -> "tuple[DataFrame, Moments]":
    from appliance.strategy.merging import known_from  # late: it loads pandas

    asset = _asset(strategy, request, pair)
    candles = strategy.dp.get_pair_dataframe(asset, request.timeframe, request.candle_type or "")
    if candles.empty:
        raise StrategyError(
            f"no {request.timeframe} candles of {asset} yet, which {request.populate.__name__} needs"
        )
    # All candles are closed: the same number with the same last close are the same candles.
    last = candles["close" if "close" in candles.columns else "funding_rate"]
    stamp = (len(candles), candles["date"].iloc[-1], last.iloc[-1])
    key = (request, asset)
    cached = strategy.ft_informative_cache.get(key, stamp) if request.cache else None
    if cached is not None:
        return cached
    filled = request.populate(strategy, candles, {"pair": asset, "timeframe": request.timeframe})
    known = known_from(filled["date"], strategy.timeframe, request.timeframe)
    named = filled.rename(columns=_column_names(strategy, request, asset, list(filled.columns)))
    if request.cache:
        strategy.ft_informative_cache.put(key, stamp, named, known)
    return named, known


def _column_names(
    strategy: "StrategyBase", request: InformativeRequest, asset: str, columns: list[str]
) -> dict[str, str]:
    usual = "{base}_{quote}_{column}_{timeframe}" if request.asset else "{column}_{timeframe}"
    fmt = request.fmt or usual
    name: Callable[..., str] = fmt if callable(fmt) else fmt.format
    parts = {**_names(strategy, asset), "asset": asset, "timeframe": request.timeframe}
    return {column: name(column=column, **parts) for column in columns}
