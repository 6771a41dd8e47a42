"""Show analysed candles: the frame that a strategy left, as rows of JSON values."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from appliance.domain.timeframe import milliseconds
from appliance.reports.annotations import Annotation, annotations_shown

if TYPE_CHECKING:
    from pandas import DataFrame, Series

CANDLE_COLUMNS = ("date", "open", "high", "low", "close", "volume")
SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_Rows = Annotated[Any, Meta(extra_json_schema={"type": "array", "items": {"type": "array"}})]
"""Rows that are encoded already (`msgspec.Raw`)."""


class PairHistory(Struct, kw_only=True):
    """Show candles, oldest first: `data` has rows of values in the order of `columns`.

    `date` is the opening as ISO text, `__date_ts` in ms (UTC). `_…_signal_close` is the close where that
    signal stands, so that charts can draw it. `*_signals` count signals, `all_columns` names what could be
    asked for.
    """

    strategy: str
    pair: str
    timeframe: str
    timeframe_ms: int
    columns: list[str] = []
    all_columns: list[str] = []
    data: _Rows = []
    annotations: list[Annotation] | None = []
    length: int = 0
    buy_signals: int = 0
    sell_signals: int = 0
    enter_long_signals: int = 0
    exit_long_signals: int = 0
    enter_short_signals: int = 0
    exit_short_signals: int = 0
    last_analyzed: datetime = NEVER
    last_analyzed_ts: int = 0
    data_start_ts: int = 0
    data_start: str = ""
    data_stop: str = ""
    data_stop_ts: int = 0


def pair_history(
    frame: "DataFrame | None",
    analyzed_at: datetime | None,
    *,
    strategy: str,
    pair: str,
    timeframe: str,
    limit: int | None = None,
    columns: list[str] | None = None,
    marks: Iterable[Any] = (),
) -> PairHistory:
    """Show the newest `limit` candles (default: all) of `frame`; an empty answer where there is no frame.

    `columns` chooses indicators; candle and signal columns always come along. `marks` are the strategy's for
    the chart. `frame` is only read. Takes
    about 3 ms for 1,000 candles of 25 columns, so it belongs in a thread.
    """
    shown = PairHistory(
        strategy=strategy, pair=pair, timeframe=timeframe, timeframe_ms=_milliseconds_or_none(timeframe)
    )
    if frame is None or frame.empty:
        return shown
    rows = newest(frame, limit)
    wanted = {*CANDLE_COLUMNS, *SIGNALS, *(columns or ())}
    names = [str(name) for name in frame.columns if columns is None or name in wanted]
    values = {name: _values(rows[name]) for name in names}
    opened = _epoch_ms(rows["date"])
    values["__date_ts"] = opened
    counts = _add_signal_prices(values, rows)
    shown.all_columns = [str(name) for name in frame.columns]
    shown.columns = list(values)
    shown.annotations = annotations_shown(marks)
    shown.data = msgspec.Raw(_encoded(list(zip(*values.values(), strict=True))))
    shown.length = len(rows)
    shown.enter_long_signals = shown.buy_signals = counts["enter_long"]
    shown.exit_long_signals = shown.sell_signals = counts["exit_long"]
    shown.enter_short_signals = counts["enter_short"]
    shown.exit_short_signals = counts["exit_short"]
    shown.last_analyzed = analyzed_at or NEVER
    shown.last_analyzed_ts = int(shown.last_analyzed.timestamp())
    shown.data_start_ts, shown.data_stop_ts = opened[0], opened[-1]
    shown.data_start, shown.data_stop = str(rows["date"].iloc[0]), str(rows["date"].iloc[-1])
    return shown


def newest(frame: "DataFrame", limit: int | None) -> "DataFrame":
    """Return the newest `limit` rows, all where there is no limit."""
    return frame.iloc[-limit:] if limit and limit > 0 else frame


def orient_split(frame: "DataFrame", limit: int | None = None) -> str:
    """Return the newest `limit` rows as JSON that pandas reads with orient="split"; dates in ms."""
    rows = newest(frame, limit)
    columns = [
        _epoch_ms(rows[name]) if _is_date(rows[name]) else rows[name].tolist() for name in rows.columns
    ]
    split = {
        "columns": [str(name) for name in rows.columns],
        "index": rows.index.tolist(),
        "data": list(zip(*columns, strict=True)),
    }
    return _encoded(split).decode()


def _milliseconds_or_none(timeframe: str) -> int:
    try:
        return milliseconds(timeframe)
    except ValueError:
        return 0


def _add_signal_prices(values: dict[str, list[Any]], rows: "DataFrame") -> dict[str, int]:
    counts = dict.fromkeys(SIGNALS, 0)
    close = rows["close"]
    for name in SIGNALS:
        if name in rows.columns:
            stands = rows[name] == 1
            counts[name] = int(stands.sum())
            values[f"_{name}_signal_close"] = close.where(stands).tolist()
    return counts


def _values(column: "Series") -> list[Any]:
    if not _is_date(column):
        return list(column.tolist())
    import numpy as np

    plain = column.dt.tz_convert("UTC").dt.tz_localize(None) if column.dt.tz is not None else column
    texts = np.datetime_as_string(plain.to_numpy(dtype="datetime64[s]"))
    return [None if text == "NaT" else f"{text}Z" for text in texts.tolist()]


def _is_date(column: "Series") -> bool:
    return bool(column.dtype.kind == "M")


def _epoch_ms(dates: "Series") -> list[Any]:
    numbers = dates.dt.as_unit("ms").astype("int64").tolist()
    return [None if missing else number for number, missing in zip(numbers, dates.isna(), strict=True)]


def _encoded(value: Any) -> bytes:
    """Encode; NaN and infinity become null, and what JSON does not know its text."""
    import orjson

    return orjson.dumps(value, default=str, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
