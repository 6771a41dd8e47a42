"""Run a strategy on the candles of a pair, and read the newest signal from the result."""

import logging
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pandas as pd

from appliance.domain.enums import TradeDirection
from appliance.domain.errors import StrategyError
from appliance.strategy.informative_candles import add_informatives
from appliance.strategy.safe_call import failed
from appliance.strategy.timeframes import timeframe_to_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.strategy.base import StrategyBase

logger = logging.getLogger(__name__)

MAX_TAG_LENGTH = 1_000
OUTDATED_AFTER_MINUTES = 5
"""How late a dataframe may be beyond two candles (setting `exchange.outdated_offset`)."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """State the signals of the newest candle. `candle_date` is when it opened (UTC)."""

    enter_long: bool = False
    exit_long: bool = False
    enter_short: bool = False
    exit_short: bool = False
    enter_tag: str | None = None
    exit_tag: str | None = None
    candle_date: datetime

    def entry(self, *, can_short: bool = False) -> TradeDirection | None:
        """Return "long" or "short" for an entry signal that no other signal contradicts, else None."""
        if self.enter_long and not (self.exit_long or self.enter_short):
            return "long"
        if can_short and self.enter_short and not (self.exit_short or self.enter_long):
            return "short"
        return None

    def exit(self, *, is_short: bool = False) -> tuple[bool, bool]:
        """Return the (entry, exit) signals for a trade of this direction."""
        if is_short:
            return self.enter_short, self.exit_short
        return self.enter_long, self.exit_long

    def is_expired(self, timeframe: str, now: datetime, after_seconds: int) -> bool:
        """Return whether the candle closed more than `after_seconds` ago (0: signals do not expire)."""
        closed = self.candle_date + timedelta(seconds=timeframe_to_seconds(timeframe))
        return after_seconds > 0 and (now - closed).total_seconds() > after_seconds


def analyze(strategy: "StrategyBase", frame: pd.DataFrame, pair: str) -> pd.DataFrame:
    """Return a copy of the pair's candles with informative columns, indicators, `enter_*` and `exit_*`.

    Raises StrategyError, already logged, naming file:line, pair and callback.
    """
    result = with_indicators(strategy, frame, pair)
    return _after(strategy, result, frame, pair, _signal_steps(strategy, pair))


def with_indicators(strategy: "StrategyBase", frame: pd.DataFrame, pair: str) -> pd.DataFrame:
    """Return a copy of the pair's candles with informative columns and indicators. Raises as `analyze`."""
    return _after(strategy, frame.copy(), frame, pair, _indicator_steps(strategy, pair))


def with_signals(strategy: "StrategyBase", frame: pd.DataFrame, pair: str) -> pd.DataFrame:
    """Return a frame that has its indicators with `enter_*` and `exit_*`; rows may be missing then.

    As in freqtrade's backtests, a `buy_tag` of interface version 2 becomes a second column `enter_tag`.
    Raises as `analyze`.
    """
    return _after(strategy, frame, None, pair, _signal_steps(strategy, pair, both_tags=True))


Step = tuple[str, "Callable[[pd.DataFrame], pd.DataFrame]"]


def _indicator_steps(strategy: "StrategyBase", pair: str) -> tuple[Step, ...]:
    return (
        ("informative", lambda df: add_informatives(strategy, df, pair)),
        ("populate_indicators", lambda df: strategy.populate_indicators(df, {"pair": pair})),
    )


def _signal_steps(strategy: "StrategyBase", pair: str, *, both_tags: bool = False) -> tuple[Step, ...]:
    return (
        ("populate_entry_trend", lambda df: entries(strategy, df, {"pair": pair}, both_tags=both_tags)),
        ("populate_exit_trend", lambda df: exits(strategy, df, {"pair": pair})),
    )


def _after(
    strategy: "StrategyBase",
    frame: pd.DataFrame,
    given: pd.DataFrame | None,
    pair: str,
    steps: "tuple[Step, ...]",
) -> pd.DataFrame:
    """Return the frame after these steps, each of which has to keep the rows of `given`."""
    for callback, step in steps:
        try:
            frame = step(frame)
            _check_type(frame)
            if given is not None:
                _check_rows(strategy, frame, given)
        # The edge between the bot and the strategy: the error is logged with its place; the pair is skipped.
        except (Exception, SystemExit) as error:
            raise failed(strategy, callback, pair, error) from error
    return frame


def without_signals(frame: pd.DataFrame) -> pd.DataFrame:
    """Return an analysed frame without its signals: they counted when the candle was new."""
    none: dict[str, Any] = dict.fromkeys(("enter_long", "exit_long", "enter_short", "exit_short"), 0)
    return frame.assign(**none, enter_tag=None, exit_tag=None)


def oldest_usable(
    timeframe: str, now: datetime, outdated_minutes: float = OUTDATED_AFTER_MINUTES
) -> datetime:
    """Return when a candle must have opened for its signal to count: two candles and some minutes ago."""
    return now - timedelta(seconds=2 * timeframe_to_seconds(timeframe), minutes=outdated_minutes)


def latest_signal(frame: pd.DataFrame, oldest: datetime) -> Signal | None:
    """Return the signal of the newest candle; None if there is none or it opened before `oldest`.

    Raises StrategyError for a date or a signal of the wrong type.
    """
    if frame.empty:
        return None
    opened = _newest(frame, "date")
    if not isinstance(opened, datetime):  # pandas' own type of dates is a subclass
        raise StrategyError(f"the newest date is not a date: {shortly(opened)}")
    opened = opened.to_pydatetime() if isinstance(opened, pd.Timestamp) else opened
    if opened < oldest:
        return None
    return Signal(
        enter_long=_is_set(frame, "enter_long"),
        exit_long=_is_set(frame, "exit_long"),
        enter_short=_is_set(frame, "enter_short"),
        exit_short=_is_set(frame, "exit_short"),
        enter_tag=_tag(_newest(frame, "enter_tag")),
        exit_tag=_tag(_newest(frame, "exit_tag")),
        candle_date=opened,
    )


def signal_of(strategy: "StrategyBase", frame: pd.DataFrame, pair: str, oldest: datetime) -> Signal | None:
    """Return what `latest_signal` does. Raises StrategyError, already logged, if the frame is unusable."""
    try:
        return latest_signal(frame, oldest)
    except Exception as error:  # the edge: a frame is what the strategy made of it
        raise failed(strategy, "populate_exit_trend", pair, error) from error


def _newest(frame: pd.DataFrame, name: str) -> Any:
    """Return the newest value of a column (the last one with that name); None without such a column."""
    places = [place for place, label in enumerate(frame.columns) if isinstance(label, str) and label == name]
    return frame.iloc[:, places[-1]].iloc[-1] if places else None


def _is_set(frame: pd.DataFrame, name: str) -> bool:
    """Return whether a signal is 1; a missing one is 0. Raises StrategyError for a value of a wrong type."""
    value = _newest(frame, name)
    if value is None or value is pd.NA or value is pd.NaT:
        return False
    if isinstance(value, str | int | float | complex | np.number | np.bool_ | Decimal):
        return bool(value == 1)
    raise StrategyError(f"column {name}: expected 0 or 1 in the last row, found {shortly(value)}")


def shortly(value: Any) -> str:
    """Return a short text for a value of any type."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - the edge: `repr` is code of the strategy
        text = ""
    return f"{text[:60]} ({type(value).__name__})"


def entries(
    strategy: "StrategyBase", frame: pd.DataFrame, metadata: dict[str, Any], *, both_tags: bool = False
) -> pd.DataFrame:
    """Return the frame with the strategy's `enter_long`, `enter_short` and `enter_tag`.

    Columns of interface version 2 are renamed, unless the strategy set those of version 3 too. Its `buy_tag`
    takes the place of the empty `enter_tag`; with `both_tags` it stands beside it.
    """
    frame = _without_empty_columns(strategy.populate_entry_trend(_with_tag(frame, "enter_tag"), metadata))
    if frame is not None and "buy" in frame.columns and "enter_long" not in frame.columns:
        if "buy_tag" in frame.columns and not both_tags:
            frame = frame.drop(columns="enter_tag", errors="ignore")
        frame = frame.rename(columns={"buy": "enter_long", "buy_tag": "enter_tag"})
    return frame


def exits(strategy: "StrategyBase", frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
    """Return the frame with the strategy's `exit_long`, `exit_short` and `exit_tag`, renamed likewise."""
    # Some strategies set `sell` in an earlier function: renaming it now keeps both.
    frame = _without_empty_columns(strategy.populate_exit_trend(_with_tag(frame, "exit_tag"), metadata))
    if frame is not None and "sell" in frame.columns and "exit_long" not in frame.columns:
        frame = frame.rename(columns={"sell": "exit_long"})
    return frame


def _without_empty_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop columns that have no values at all.

    Of `dataframe.loc[(), ["exit_long", "exit_tag"]] = (0, "name")`, by which some strategies set no signal,
    pandas makes columns that hold nothing, not even zeros, and cannot be compared with anything.
    """
    if not isinstance(frame, pd.DataFrame):
        return frame  # what else a strategy may return is refused later
    empty = [place for place, kind in enumerate(frame.dtypes) if getattr(kind, "itemsize", 1) == 0]
    return frame.drop(columns=[frame.columns[place] for place in empty]) if empty else frame


def _with_tag(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    # Tags start as empty text, not as numbers: pandas 3 refuses text in a column of numbers.
    frame[column] = pd.Series("", index=frame.index, dtype=object)
    return frame


def _check_type(result: Any) -> None:
    if result is None:
        raise StrategyError("it returned None: expected `return dataframe`")
    if not isinstance(result, pd.DataFrame):
        raise StrategyError(f"it returned {shortly(result)}: expected `return dataframe`")


def _check_rows(strategy: "StrategyBase", result: pd.DataFrame, given: pd.DataFrame) -> None:
    """Check that the strategy returned the rows that it was given, so that signals match their candles."""
    problem = None
    if len(result) != len(given):
        problem = f"it returned {len(result)} rows instead of {len(given)}: keep every row"
    elif len(given) and result["date"].iloc[-1] != given["date"].iloc[-1]:
        problem = "the last date of the returned dataframe was changed"
    elif len(given) and result["close"].iloc[-1] != given["close"].iloc[-1]:
        problem = "the last close of the returned dataframe was changed"
    if problem and strategy.disable_dataframe_checks:
        logger.warning("%s: %s", type(strategy).__name__, problem)
    elif problem:
        raise StrategyError(problem)


def _tag(value: Any) -> str | None:
    """Return a tag that can be stored: valid UTF-8 of limited length; None if it is no text."""
    if not isinstance(value, str) or value == "nan":
        return None
    return value[:MAX_TAG_LENGTH].encode("utf-8", "replace").decode()
