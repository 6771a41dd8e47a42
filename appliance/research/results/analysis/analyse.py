"""Analyse a result: the tables of `backtesting-analysis`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from appliance.domain.timeframe import to_date
from appliance.research.results.analysis.analysed_trades import Selection, analysed_trades, row_of
from appliance.research.results.analysis.groups import Group, group_table
from appliance.research.results.analysis.indicators import indicator_table
from appliance.research.results.analysis.result_table import ResultTable
from appliance.research.results.analysis.stored_frames import Frame, load_frames
from appliance.research.results.read import load_result

_REJECTED = ("pair", "date", "enter_tag")


class Question(Struct, frozen=True, kw_only=True):
    """State what to analyse. `pairs`: only those; None: all."""

    groups: Sequence[Group] = ()
    indicators: Sequence[str] = ()
    rejected: bool = False
    entry_only: bool = False
    exit_only: bool = False
    selection: Selection = Selection()
    pairs: Sequence[str] | None = None


def analyse(file: Path, question: Question) -> Iterator[tuple[str, list[ResultTable]]]:
    """Yield each strategy that has trades, and its tables; none where no trade was selected.

    Raises DataError for a result without the candles of its signals.
    """
    result = load_result(file)
    traded = {name: stored["trades"] for name, stored in result.strategy.items() if stored["trades"]}
    if not traded:
        return
    signals, exits = load_frames(file, "signals"), load_frames(file, "exited")
    rejected = load_frames(file, "rejected") if question.rejected else {}
    for strategy, trades in traded.items():
        found = analysed_trades(
            trades,
            _of_pairs(signals.get(strategy, {}), question.pairs),
            _of_pairs(exits.get(strategy, {}), question.pairs),
            question.selection,
        )
        if not found:
            yield strategy, []
            continue
        rows = [trade.row for trade in found]
        tables = [group_table(group, rows) for group in question.groups]
        if question.rejected:
            tables.append(
                _rejected(_of_pairs(rejected.get(strategy, {}), question.pairs), question.selection)
            )
        if question.indicators:
            sides = {"entry_only": question.entry_only, "exit_only": question.exit_only}
            tables.append(indicator_table(found, question.indicators, **sides))
        yield strategy, tables


def _of_pairs(frames: dict[str, Frame], pairs: Sequence[str] | None) -> dict[str, Frame]:
    if pairs is None:
        return frames
    return {pair: frames[pair] for pair in pairs if pair in frames}


def _rejected(frames: dict[str, Frame], selection: Selection) -> ResultTable:
    """Return the signals for which no slot was free, by their date."""
    rows: list[dict[str, Any]] = []
    for frame in frames.values():
        rows += [row_of(frame, place) for place in range(len(frame.get("date", ())))]
    chosen = [row for row in rows if selection.is_in_range(row)]
    chosen.sort(key=lambda row: (row["date"], row["pair"], row["enter_tag"] or ""))
    cells = [(row["pair"], to_date(row["date"]), row["enter_tag"]) for row in chosen]
    return ResultTable("Rejected Signals:", _REJECTED, cells, if_empty="There were no rejected signals.")
