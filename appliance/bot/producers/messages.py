"""Decode messages of another bot. Strict, since the sender is not trusted; not for the event loop."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.bot.producers.dataframes import FrameKey
from appliance.domain.enums import CandleType
from appliance.domain.timeframe import milliseconds

if TYPE_CHECKING:
    from pandas import DataFrame


MOST_PAIRS = 10_000
MOST_ROWS = 5_000
MOST_COLUMNS = 2_000
"""Of one dataframe; more rows than are ever requested."""
_LONGEST_PAIR = 64
_LONGEST_COLUMN = 256


class InvalidMessage(Exception):
    """Say why a message is invalid."""


class Whitelist(msgspec.Struct, frozen=True):
    pairs: tuple[str, ...]


class Piece(msgspec.Struct, frozen=True):
    """Hold a dataframe or its newest part, and when it was analysed (UTC)."""

    key: FrameKey
    frame: "DataFrame"
    analyzed_at: datetime | None


class _Message(msgspec.Struct):
    type: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


class _Frame(msgspec.Struct):
    kind: str = msgspec.field(name="__type__")
    value: str = msgspec.field(name="__value__")


class _Analyzed(msgspec.Struct):
    key: tuple[str, str, CandleType]
    df: _Frame
    la: datetime | None = None


class _Split(msgspec.Struct):
    columns: list[str]
    data: list[list[Any]]


def read(text: str | bytes) -> Whitelist | Piece | None:
    """Return the content of a message; None for other types, and for dataframes without candles.

    Raises InvalidMessage.
    """
    try:
        message = msgspec.json.decode(text, type=_Message)
        if message.type == "whitelist":
            return _whitelist(msgspec.json.decode(message.data, type=tuple[str, ...]))
        if message.type == "analyzed_df":
            return _piece(msgspec.json.decode(message.data, type=_Analyzed))
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidMessage(f"{type(error).__name__}: {error!s:.200}") from None
    return None


def _whitelist(pairs: tuple[str, ...]) -> Whitelist:
    if len(pairs) > MOST_PAIRS or any(len(pair) > _LONGEST_PAIR for pair in pairs):
        raise InvalidMessage(f"a whitelist of more than {MOST_PAIRS} pairs, or with invalid pairs")
    return Whitelist(pairs)


def _piece(message: _Analyzed) -> Piece | None:
    pair, timeframe, candle_type = message.key
    if len(pair) > _LONGEST_PAIR:
        raise InvalidMessage("a dataframe with an invalid pair")
    milliseconds(timeframe)
    # Counted before it is read: an empty list takes 3 bytes here, and 64 in memory.
    if message.df.value.count("[") > MOST_ROWS + 3:
        raise InvalidMessage(f"a dataframe of more than {MOST_ROWS} candles")
    split = msgspec.json.decode(message.df.value, type=_Split)
    if len(split.columns) > MOST_COLUMNS or any(len(name) > _LONGEST_COLUMN for name in split.columns):
        raise InvalidMessage(f"a dataframe of more than {MOST_COLUMNS} columns, or with invalid names")
    if not split.data:
        return None
    at = message.la if message.la is None or message.la.tzinfo else message.la.replace(tzinfo=UTC)
    return Piece(FrameKey(pair, timeframe, candle_type.value), _frame(split), at)


def _frame(split: _Split) -> "DataFrame":
    """Return the dataframe of checked columns. Raises `InvalidMessage` for invalid values and dates."""
    import pandas as pd

    if any(isinstance(value, dict | list) for row in split.data for value in row):
        raise InvalidMessage("a dataframe whose values are neither numbers nor texts")
    frame = pd.DataFrame(split.data, columns=split.columns)
    if list(split.columns).count("date") != 1:
        raise InvalidMessage("a dataframe without a column of dates")
    frame["date"] = pd.to_datetime(frame["date"], unit="ms", utc=True).dt.as_unit("ms")
    if frame["date"].isna().any() or not frame["date"].is_monotonic_increasing:
        raise InvalidMessage("a dataframe whose dates are missing or out of order")
    return frame
