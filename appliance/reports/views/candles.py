"""Show analysed candles: a strategy's dataframe as rows of JSON values."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from appliance.domain.timeframe import milliseconds
from appliance.reports.views.annotations import Annotation, annotations_shown
from appliance.reports.views.dataframe_columns import epoch_ms, is_date, named_columns, values_of

if TYPE_CHECKING:
    from pandas import DataFrame, Series

CANDLE_COLUMNS = ("date", "open", "high", "low", "close", "volume")
SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_Rows = Annotated[Any, Meta(extra_json_schema={"type": "array", "items": {"type": "array"}})]
"""Rows that are encoded already (`msgspec.Raw`)."""


class PairHistory(Struct, kw_only=True):
    """Show candles, oldest first: `data` has rows of values in the order of `columns`.

    `date` is the opening as ISO text, `__date_ts` in ms (UTC). `_…_signal_close` is the close of each
    candle that has that signal, for charts. `*_signals` count signals, `all_columns` names all columns.
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


def pair_history(  # noqa: PLR0913 -- keyword-only options
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

    `columns` chooses indicators; candle and signal columns are always included. `marks` are the strategy's
    chart annotations. `frame` is not modified. Takes about 3 ms for 1,000 candles of 25 columns: call it in a
    thread.
    """
    shown = PairHistory(
        strategy=strategy, pair=pair, timeframe=timeframe, timeframe_ms=_milliseconds_or_none(timeframe)
    )
    if frame is None or frame.empty:
        return shown
    rows = newest(frame, limit)
    places = named_columns(frame)
    values = {name: values_of(rows.iloc[:, at]) for name, at in _chosen(places, columns).items()}
    dates = rows.iloc[:, places["date"]] if "date" in places else None
    values["__date_ts"] = [None] * len(rows) if dates is None else epoch_ms(dates)
    _set_counts(shown, _add_signal_prices(values, len(rows)))
    shown.all_columns = list(places)
    shown.columns = list(values)
    shown.annotations = annotations_shown(marks)
    shown.data = msgspec.Raw(_encoded(list(zip(*values.values(), strict=True))))
    shown.length = len(rows)
    shown.last_analyzed = analyzed_at or NEVER
    shown.last_analyzed_ts = int(shown.last_analyzed.timestamp())
    if dates is not None:
        _set_period(shown, dates, values["__date_ts"])
    return shown


def _chosen(places: Mapping[str, int], columns: list[str] | None) -> Mapping[str, int]:
    if columns is None:
        return places
    wanted = {*CANDLE_COLUMNS, *SIGNALS, *columns}
    return {name: at for name, at in places.items() if name in wanted}


def _set_counts(shown: PairHistory, counts: Mapping[str, int]) -> None:
    shown.enter_long_signals = shown.buy_signals = counts["enter_long"]
    shown.exit_long_signals = shown.sell_signals = counts["exit_long"]
    shown.enter_short_signals = counts["enter_short"]
    shown.exit_short_signals = counts["exit_short"]


def _set_period(shown: PairHistory, dates: "Series", opened_ms: list[int | None]) -> None:
    shown.data_start_ts, shown.data_stop_ts = opened_ms[0] or 0, opened_ms[-1] or 0
    shown.data_start, shown.data_stop = str(dates.iloc[0]), str(dates.iloc[-1])


def newest(frame: "DataFrame", limit: int | None) -> "DataFrame":
    """Return the newest `limit` rows, all where there is no limit."""
    return frame.iloc[-limit:] if limit and limit > 0 else frame


def orient_split(frame: "DataFrame", limit: int | None = None) -> str:
    """Return the newest `limit` rows as JSON that pandas reads with orient="split"; dates in ms."""
    rows = newest(frame, limit)
    places = named_columns(rows)
    columns = [rows.iloc[:, at] for at in places.values()]
    values = [epoch_ms(column) if is_date(column) else values_of(column) for column in columns]
    split = {
        "columns": list(places),
        "index": values_of(rows.index.to_series()),
        "data": list(zip(*values, strict=True)),
    }
    return _encoded(split).decode()


def _milliseconds_or_none(timeframe: str) -> int:
    try:
        return milliseconds(timeframe)
    except ValueError:
        return 0


def _add_signal_prices(values: dict[str, list[Any]], length: int) -> dict[str, int]:
    """Add a column with the close of each candle that has a signal; return how many there are of each."""
    counts = dict.fromkeys(SIGNALS, 0)
    close = values.get("close", [None] * length)
    for name in SIGNALS:
        if name in values:
            set_here = [value == 1 for value in values[name]]
            counts[name] = sum(set_here)
            values[f"_{name}_signal_close"] = [
                price if is_set else None for price, is_set in zip(close, set_here, strict=True)
            ]
    return counts


def _encoded(value: Any) -> bytes:
    """Encode as JSON: NaN and infinity become null, values that JSON does not have become text."""
    import orjson

    return orjson.dumps(value, default=str, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
