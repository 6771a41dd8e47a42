"""Let a strategy ask for further candles with a decorator, and fill them in before its own indicators."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from appliance.domain.enums import CandleType
from appliance.domain.errors import StrategyError
from appliance.strategy.safe_call import safe_call, told
from appliance.strategy.timeframes import timeframe_to_seconds

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.strategy.interface import IStrategy
    from appliance.strategy.merging import Moments

F = TypeVar("F", bound=Callable[..., Any])
Format = str | Callable[..., str]
_MARK = "_ft_informative"
_MOST_KEPT = 512
"""Frames kept per strategy: one per pair and decorator; about 100 kB each."""


class InformativeRequest(NamedTuple):
    """Ask for candles of `timeframe` of `asset` (empty: the pair itself) for the function `populate`."""

    populate: Callable[..., Any]
    timeframe: str
    asset: str
    fmt: Format | None
    candle_type: CandleType | None
    ffill: bool
    cache: bool


def informative(
    timeframe: str,
    asset: str = "",
    fmt: Format | None = None,
    *,
    candle_type: CandleType | str | None = None,
    ffill: bool = True,
    cache: bool = True,
) -> Callable[[F], F]:
    """Call the decorated method with candles of another time frame (or pair) and merge what it returns.

    `asset` may hold `{stake}`, `{base}` and `{quote}`. `fmt` names the columns, with `{column}`,
    `{timeframe}`, `{asset}`, `{base}`, `{quote}` (`{BASE}`, `{QUOTE}` in capitals); default:
    `{column}_{timeframe}`, with `{base}_{quote}_` before it for other assets. `cache=False` calls the method
    again for every pair.
    """

    def mark(populate: F) -> F:
        request = InformativeRequest(
            populate, timeframe, asset, fmt, CandleType(candle_type) if candle_type else None, ffill, cache
        )
        setattr(populate, _MARK, [*getattr(populate, _MARK, []), request])
        return populate

    return mark


def requests_of(strategy_class: type) -> list[InformativeRequest]:
    """Find what a strategy class asks for with the decorator. Raises StrategyError for shorter candles."""
    found: list[InformativeRequest] = []
    for name in dir(strategy_class):
        found += getattr(getattr(strategy_class, name, None), _MARK, [])
    own = getattr(strategy_class, "timeframe", None)
    for request in found:
        if own and timeframe_to_seconds(request.timeframe) < timeframe_to_seconds(own):
            raise StrategyError(
                f"@informative('{request.timeframe}') of {request.populate.__name__}: expected no shorter "
                f"time frame than the strategy's own, {own}"
            )
    return found


def wanted_frames(strategy: "IStrategy") -> list[tuple[str, str, CandleType]]:
    """Return every (pair, timeframe, candle type) that analysis needs beyond the pairs' own candles.

    A strategy whose `informative_pairs` fails is told so, and gets what its decorators ask for.
    """
    usual = default_candle_type(strategy.config)
    wanted: dict[tuple[str, str, CandleType], None] = {}
    for pair, timeframe, *kind in safe_call(strategy, "informative_pairs", []) or []:
        wanted[pair, timeframe, CandleType(kind[0]) if kind and kind[0] else usual] = None
    for pair in strategy.dp.current_whitelist() if strategy._ft_informative else []:
        for request in strategy._ft_informative:
            try:
                asset = _asset(strategy, request, pair)
            except StrategyError as error:
                told(strategy, request.populate.__name__, pair, error)
                continue
            wanted[asset, request.timeframe, request.candle_type or usual] = None
    return list(wanted)


def default_candle_type(config: dict[str, Any]) -> CandleType:
    """Return the kind of candles that are meant where a strategy names none."""
    futures = str(config.get("trading_mode", "")).lower().endswith("futures")
    return CandleType.FUTURES if futures else CandleType.SPOT


def _asset(strategy: "IStrategy", request: InformativeRequest, pair: str) -> str:
    if not request.asset:
        return pair
    stake = strategy.config.get("stake_currency", "")
    return request.asset.format(stake=stake, stake_currency=stake, **_names(strategy, pair)).upper()


def _names(strategy: "IStrategy", pair: str) -> dict[str, str]:
    market = strategy.dp.market(pair)
    if market is None:
        raise StrategyError(f"informative pair {pair}: the exchange has no such market")
    base, quote = str(market["base"]), str(market["quote"])
    return {"base": base.lower(), "quote": quote.lower(), "BASE": base.upper(), "QUOTE": quote.upper()}


# -- filling in ----------------------------------------------------------------------------------------


class InformativeCache:
    """Keep populated informative frames as long as their candles stay the same; owned by one strategy."""

    def __init__(self) -> None:
        self._kept: dict[Any, tuple[Any, DataFrame, Moments]] = {}

    def get(self, key: Any, stamp: Any) -> "tuple[DataFrame, Moments] | None":
        kept = self._kept.get(key)
        return kept[1:] if kept is not None and kept[0] == stamp else None

    def put(self, key: Any, stamp: Any, frame: "DataFrame", known: "Moments") -> None:
        self._kept.pop(key, None)
        self._kept[key] = (stamp, frame, known)
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]


def add_informatives(strategy: "IStrategy", dataframe: "DataFrame", pair: str) -> "DataFrame":
    """Add the columns of every decorated method to a pair's frame."""
    from appliance.strategy.merging import laid_beside

    for request in strategy._ft_informative:
        frame, known = _populated(strategy, request, pair)
        taken = set(frame.columns) & set(dataframe.columns)
        if taken:
            raise StrategyError(
                f"@informative('{request.timeframe}') of {request.populate.__name__}: the columns "
                f"{', '.join(sorted(taken))} exist already; give the decorator a `fmt` of its own"
            )
        dataframe = laid_beside(dataframe, frame, known, ffill=request.ffill)
    return dataframe


def _populated(strategy: "IStrategy", request: InformativeRequest, pair: str) -> "tuple[DataFrame, Moments]":
    from appliance.strategy.merging import known_from

    asset = _asset(strategy, request, pair)
    candles = strategy.dp.get_pair_dataframe(asset, request.timeframe, request.candle_type or "")
    if candles.empty:
        raise StrategyError(
            f"no {request.timeframe} candles of {asset} yet, which {request.populate.__name__} needs"
        )
    # The candles are closed ones: the same number up to the same close are the same candles.
    last = candles["close" if "close" in candles.columns else "funding_rate"]
    stamp = (len(candles), candles["date"].iloc[-1], last.iloc[-1])
    key = (request, asset)
    kept = strategy._ft_informative_cache.get(key, stamp) if request.cache else None
    if kept is not None:
        return kept
    filled = request.populate(strategy, candles, {"pair": asset, "timeframe": request.timeframe})
    known = known_from(filled["date"], strategy.timeframe, request.timeframe)
    named = filled.rename(columns=_column_names(strategy, request, asset, list(filled.columns)))
    if request.cache:
        strategy._ft_informative_cache.put(key, stamp, named, known)
    return named, known


def _column_names(
    strategy: "IStrategy", request: InformativeRequest, asset: str, columns: list[str]
) -> dict[str, str]:
    usual = "{base}_{quote}_{column}_{timeframe}" if request.asset else "{column}_{timeframe}"
    fmt = request.fmt or usual
    name: Callable[..., str] = fmt if callable(fmt) else fmt.format
    parts = {**_names(strategy, asset), "asset": asset, "timeframe": request.timeframe}
    return {column: name(column=column, **parts) for column in columns}
