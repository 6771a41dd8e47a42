"""List the values of indicators at entries and exits."""

from collections.abc import Sequence
from typing import Any

from appliance.domain.timeframe import to_date
from appliance.research.results.analysis.analysed_trades import ALL, AnalysedTrade
from appliance.research.results.analysis.result_table import ResultTable

_NAME = "Indicators:"
_TRADE = ("pair", "open_date", "enter_reason", "exit_reason")


def indicator_table(
    trades: Sequence[AnalysedTrade],
    wanted: Sequence[str],
    *,
    entry_only: bool = False,
    exit_only: bool = False,
) -> ResultTable:
    """Return a row a trade, by exit reason, with columns of its record and of candles.

    wanted: names of columns, those that entries do not have are left out; `all` returns all of entries. A
    column of candles is there twice, as `(entry)` and `(exit)`, unless only one side is wanted; only trades
    that have both candles have a row then.
    """
    rows = [trade.row for trade in trades]
    if ALL in wanted:
        columns = list(dict.fromkeys(name for row in rows for name in row if name != "orders"))
        return ResultTable(
            _NAME, columns, [[_value(name, row.get(name)) for name in columns] for row in rows]
        )
    known = [name for name in dict.fromkeys(wanted) if any(name in row for row in rows)]
    of_candles = [name for name in known if any(name in (trade.entry or {}) for trade in trades)]
    if entry_only or not any(trade.exit for trade in trades):
        cells = [([row.get(name) for name in _TRADE], [row.get(name) for name in known]) for row in rows]
        return _sorted((*_TRADE, *known), known, cells)
    both = [(trade.row, trade.exit) for trade in trades if trade.exit is not None]
    first = [] if exit_only else known
    names = [f"{name} (entry)" if name in of_candles else name for name in first]
    suffix = "" if exit_only else " (exit)"
    names += [f"{name}{suffix}" for name in of_candles]
    values = [*first, *of_candles]
    cells = [
        (
            [row.get(name) for name in _TRADE],
            [row.get(name) for name in first] + [gone.get(name) for name in of_candles],
        )
        for row, gone in both
    ]
    return _sorted((*_TRADE, *names), values, cells)


def _sorted(
    columns: Sequence[str], values: Sequence[str], cells: Sequence[tuple[list[Any], list[Any]]]
) -> ResultTable:
    ordered = sorted(cells, key=lambda cell: cell[0][_TRADE.index("exit_reason")])
    rows = [
        [*of_trade, *(_value(name, value) for name, value in zip(values, shown, strict=True))]
        for of_trade, shown in ordered
    ]
    return ResultTable(_NAME, columns, rows)


def _value(name: str, value: Any) -> Any:
    """Return a value; the dates of candles are ms, and shown as dates."""
    return to_date(value) if name == "date" and isinstance(value, int | float) else value
