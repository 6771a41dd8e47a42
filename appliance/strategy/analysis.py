"""Run a strategy over a pair's candles, and read the newest signal out of the result."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pandas as pd

from appliance.domain.errors import StrategyError
from appliance.strategy.guard import told
from appliance.strategy.informative import add_informatives
from appliance.strategy.timeframes import timeframe_to_seconds

if TYPE_CHECKING:
    from appliance.strategy.interface import IStrategy

logger = logging.getLogger(__name__)

OUTDATED_AFTER_MINUTES = 5
"""What a frame may be late beyond two candles (configuration: `exchange.outdated_offset`)."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """State what the newest candle says. `candle_date` is when it opened (UTC)."""

    enter_long: bool = False
    exit_long: bool = False
    enter_short: bool = False
    exit_short: bool = False
    enter_tag: str | None = None
    exit_tag: str | None = None
    candle_date: datetime

    def entry(self, *, can_short: bool = False) -> str | None:
        """Return "long" or "short" where the signals agree on an entry, with none against it."""
        if self.enter_long and not (self.exit_long or self.enter_short):
            return "long"
        if can_short and self.enter_short and not (self.exit_short or self.enter_long):
            return "short"
        return None

    def exit(self, *, is_short: bool = False) -> tuple[bool, bool]:
        """Return (enter, exit) for a trade of this direction; an exit beside an entry does not count."""
        if is_short:
            return self.enter_short, self.exit_short
        return self.enter_long, self.exit_long

    def is_expired(self, timeframe: str, now: datetime, after_seconds: int) -> bool:
        """Tell whether the candle closed more than `after_seconds` ago (0: signals do not expire)."""
        closed = self.candle_date + timedelta(seconds=timeframe_to_seconds(timeframe))
        return after_seconds > 0 and (now - closed).total_seconds() > after_seconds


def analyze(strategy: "IStrategy", frame: pd.DataFrame, pair: str) -> pd.DataFrame:
    """Return the pair's candles with informative columns, indicators, `enter_*` and `exit_*`.

    Raises StrategyError, already told, naming file:line, pair and callback. The frame given stays as it is.
    """
    metadata = {"pair": pair}
    steps: tuple[tuple[str, Callable[[pd.DataFrame], pd.DataFrame]], ...] = (
        ("informative", lambda df: add_informatives(strategy, df, pair)),
        ("populate_indicators", lambda df: strategy.populate_indicators(df, dict(metadata))),
        ("populate_entry_trend", lambda df: entries(strategy, df, dict(metadata))),
        ("populate_exit_trend", lambda df: exits(strategy, df, dict(metadata))),
    )
    result = frame.copy()
    for callback, step in steps:
        try:
            result = step(result)
            _check(strategy, result, frame)
        # The edge between the bot and the strategy: the error is told with its place; the pair is skipped.
        except (Exception, SystemExit) as error:
            raise told(strategy, callback, pair, error) from error
    return result


def without_signals(frame: pd.DataFrame) -> pd.DataFrame:
    """Return an analysed frame whose signals are taken out: they counted when the candle was new."""
    quiet: dict[str, Any] = dict.fromkeys(("enter_long", "exit_long", "enter_short", "exit_short"), 0)
    return frame.assign(**quiet, enter_tag=None, exit_tag=None)


def latest_signal(
    frame: pd.DataFrame, timeframe: str, now: datetime, outdated_minutes: float = OUTDATED_AFTER_MINUTES
) -> Signal | None:
    """Return the newest candle's signal; None if there is none or it is too old to act on.

    Too old is: opened more than two candles and `outdated_minutes` ago.
    """
    if frame.empty:
        return None
    newest: dict[str, Any] = frame.iloc[-1].to_dict()
    opened: datetime = newest["date"].to_pydatetime()
    oldest = now - timedelta(seconds=2 * timeframe_to_seconds(timeframe), minutes=outdated_minutes)
    if opened < oldest:
        return None
    return Signal(
        enter_long=newest.get("enter_long") == 1,
        exit_long=newest.get("exit_long") == 1,
        enter_short=newest.get("enter_short") == 1,
        exit_short=newest.get("exit_short") == 1,
        enter_tag=_tag(newest.get("enter_tag")),
        exit_tag=_tag(newest.get("exit_tag")),
        candle_date=opened,
    )


def entries(strategy: "IStrategy", frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
    """Return the frame with the strategy's `enter_long`, `enter_short` and `enter_tag`.

    Columns of interface version 2 are renamed, unless the strategy set those of version 3 too.
    """
    frame = strategy.populate_entry_trend(_with_tag(frame, "enter_tag"), metadata)
    if frame is not None and "buy" in frame.columns and "enter_long" not in frame.columns:
        if "buy_tag" in frame.columns:
            frame = frame.drop(columns="enter_tag", errors="ignore")
        frame = frame.rename(columns={"buy": "enter_long", "buy_tag": "enter_tag"})
    return frame


def exits(strategy: "IStrategy", frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
    """Return the frame with the strategy's `exit_long`, `exit_short` and `exit_tag`, renamed likewise."""
    # Some set `sell` before already: what it holds now counts, so it is renamed now and not earlier.
    frame = strategy.populate_exit_trend(_with_tag(frame, "exit_tag"), metadata)
    if frame is not None and "sell" in frame.columns and "exit_long" not in frame.columns:
        frame = frame.rename(columns={"sell": "exit_long"})
    return frame


def _with_tag(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    # Tags begin as empty text, not as numbers: pandas 3 refuses text in a column of numbers.
    frame[column] = pd.Series("", index=frame.index, dtype=object)
    return frame


def _check(strategy: "IStrategy", result: pd.DataFrame | None, given: pd.DataFrame) -> None:
    """Make sure that the strategy gave back its rows, so that signals belong to their candles."""
    if result is None:
        raise StrategyError("it returned nothing: expected `return dataframe`")
    problem = None
    if len(result) != len(given):
        problem = f"it was given {len(given)} rows and returned {len(result)}: keep every row"
    elif len(given) and result["date"].iloc[-1] != given["date"].iloc[-1]:
        problem = "the last date of the frame that it returned is another one"
    elif len(given) and result["close"].iloc[-1] != given["close"].iloc[-1]:
        problem = "the last close of the frame that it returned is another one"
    if problem and strategy.disable_dataframe_checks:
        logger.warning("%s: %s", type(strategy).__name__, problem)
    elif problem:
        raise StrategyError(problem)


def _tag(value: Any) -> str | None:
    return value if isinstance(value, str) and value != "nan" else None
