"""Define the decorator `@informative`, with which a strategy asks for further candles."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from appliance.domain.enums import CandleType
from appliance.domain.errors import StrategyError
from appliance.strategy.timeframes import timeframe_to_seconds

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from pandas import DataFrame

    Moments = npt.NDArray[np.int64]

F = TypeVar("F", bound=Callable[..., "DataFrame"])
Format = str | Callable[..., str]
_MARK = "_ft_informative"
_MAX_CACHED = 512
"""Dataframes cached per strategy, one per pair and decorator; about 100 kB each."""


class InformativeRequest(NamedTuple):
    """State which candles the function `populate` needs. An empty `asset` is the pair itself."""

    populate: Callable[..., "DataFrame"]
    timeframe: str
    asset: str
    fmt: Format | None
    candle_type: CandleType | None
    ffill: bool
    cache: bool


def informative(  # noqa: PLR0913 -- freqtrade's signature
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
    """Return the requests of all decorated methods. Raises StrategyError for a shorter time frame."""
    found: list[InformativeRequest] = []
    for name in dir(strategy_class):
        found += getattr(getattr(strategy_class, name, None), _MARK, [])
    own = getattr(strategy_class, "timeframe", None)
    for request in found:
        if own and timeframe_to_seconds(request.timeframe) < timeframe_to_seconds(own):
            raise StrategyError(
                f"@informative('{request.timeframe}') of {request.populate.__name__}: expected a time frame "
                f"that is not shorter than the strategy's own, {own}"
            )
    return found


def default_candle_type(config: dict[str, Any]) -> CandleType:
    """Return the type of candles to use if a strategy names none."""
    futures = str(config.get("trading_mode", "")).lower().endswith("futures")
    return CandleType.FUTURES if futures else CandleType.SPOT


Key = tuple[InformativeRequest, str]
"""A request, and the pair whose candles are requested."""
Stamp = tuple[int, object, object]
"""The number of candles, and date and value of the last one."""


class InformativeCache:
    """Cache the populated informative dataframes of one strategy until their candles change."""

    def __init__(self) -> None:
        self._cached: dict[Key, tuple[Stamp, DataFrame, Moments]] = {}

    def get(self, key: Key, stamp: Stamp) -> "tuple[DataFrame, Moments] | None":
        cached = self._cached.get(key)
        return cached[1:] if cached is not None and cached[0] == stamp else None

    def put(self, key: Key, stamp: Stamp, frame: "DataFrame", known: "Moments") -> None:
        self._cached.pop(key, None)
        self._cached[key] = (stamp, frame, known)
        if len(self._cached) > _MAX_CACHED:
            del self._cached[next(iter(self._cached))]
