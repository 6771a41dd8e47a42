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


def default_candle_type(config: dict[str, Any]) -> CandleType:
    """Return the kind of candles that are meant where a strategy names none."""
    futures = str(config.get("trading_mode", "")).lower().endswith("futures")
    return CandleType.FUTURES if futures else CandleType.SPOT


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
