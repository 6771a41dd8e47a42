"""Describe what came of a search, for pages: few figures, its best epochs, the parameters of the best."""

import heapq
import math
from pathlib import Path
from textwrap import dedent
from typing import Any

from appliance.research.hyperopt.epoch import MAX_LOSS
from appliance.research.hyperopt.results.details import parameter_lines
from appliance.research.hyperopt.results.stored import Record, epochs_of
from appliance.research.hyperopt.results.views import EpochView, SearchView

MOST_EPOCHS = 20
"""Epochs of a search that are shown, those with the least loss."""
LARGEST_FILE = 1024**3
"""Bytes of a file that is read for a page: each second reads about 200 MB."""
MOST_TEXT = 20_000


def view_of(file: Path) -> SearchView:
    """Read a file of a search, ours or freqtrade's. Raises DataError for one that is none."""
    if (size := file.stat().st_size) > LARGEST_FILE:
        text = f"{file.name} has {size / 1024**3:.1f} GB, too much for a page: use `hyperopt-list` instead"
        return SearchView(file=file.stem, problem=text)
    epochs, last, best = [], None, None
    least = math.inf
    for record in epochs_of(file):
        epoch = _epoch(record)
        epochs.append(epoch)
        last = record
        if (rank := _rank(epoch)) < least:
            least, best = rank, record
    if last is None:
        return SearchView(file=file.stem, problem=f"{file.name} has no epoch yet")
    metrics = (best or last)["results_metrics"]
    usable = [epoch for epoch in epochs if _rank(epoch) < math.inf]
    return SearchView(
        file=file.stem,
        strategy=_text(metrics.get("strategy_name")),
        epochs=len(epochs),
        usable=len(usable),
        profitable=sum((epoch.profit or 0.0) > 0 for epoch in epochs),
        currency=_text(metrics.get("stake_currency")),
        timeframe=_text(metrics.get("timeframe")),
        first=int((_number(metrics.get("backtest_start_ts")) or 0) / 1000),
        last=int((_number(metrics.get("backtest_end_ts")) or 0) / 1000),
        best=heapq.nsmallest(MOST_EPOCHS, usable, key=_rank),
        parameters=dedent("\n".join(parameter_lines(best))).strip()[:MOST_TEXT] if best else "",
    )


def _rank(epoch: EpochView) -> float:
    """Return the loss; infinite where it does not count."""
    return math.inf if epoch.loss is None or epoch.loss >= MAX_LOSS else epoch.loss


def _epoch(record: Record) -> EpochView:
    metrics = record["results_metrics"]
    return EpochView(
        number=int(record["current_epoch"]),
        loss=_number(record["loss"]),
        trades=int(_number(metrics.get("total_trades")) or 0),
        wins=int(_number(metrics.get("wins")) or 0),
        profit=_number(metrics.get("profit_total_abs")),
        profit_ratio=_number(metrics.get("profit_total")),
        mean_ratio=_number(metrics.get("profit_mean")),
        drawdown=_number(metrics.get("max_drawdown_account")),
        held=_number(metrics.get("holding_avg_s")),
        was_best=bool(record.get("is_best")),
    )


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None


def _text(value: Any) -> str:
    return str(value)[:200] if value is not None else ""
