"""Export the parameters of an epoch: to the strategy's parameter file, and epochs to CSV."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from appliance.domain.errors import DataError
from appliance.research.data.candles import replace_file
from appliance.research.hyperopt.epoch import MAX_LOSS
from appliance.research.hyperopt.results.stored import Record


def export_params(
    strategy: str, source: Path, searched: Mapping[str, Any], not_searched: Mapping[str, Any]
) -> Path:
    """Write the parameter file of a strategy, and return it. Raises DataError."""
    params: dict[str, Any] = {space: dict(values) for space, values in not_searched.items()}
    for space, values in searched.items():
        params[space] = params.get(space, {}) | dict(values)
    content = {
        "strategy_name": strategy,
        "params": params,
        "ft_stratparam_v": 1,
        "export_time": str(datetime.now(UTC)),
    }
    file = source.with_suffix(".json")
    replace_file(file, json.dumps(content, indent=2, default=_plain).encode())
    return file


def write_csv(file: Path, epochs: Sequence[Record]) -> None:
    """Write epochs as freqtrade does. Raises DataError if the file exists, or cannot be written."""
    if file.exists():
        raise DataError(f"--export-csv: {file} exists: remove it, or name another file")
    names = list(epochs[0]["params_dict"]) if epochs else []
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*_COLUMNS, *names))
    for epoch in epochs:
        writer.writerow((*_row(epoch), *(epoch["params_dict"].get(name) for name in names)))
    replace_file(file, text.getvalue().encode())


_COLUMNS = (
    *("Best", "Epoch", "Trades", "Avg profit", "Median profit", "Total profit", "Stake currency", "Profit"),
    *("Avg duration", "Trade count long", "Trade count short", "Max drawdown", "Max drawdown percent"),
    "Objective",
)


def _row(epoch: Record) -> tuple[Any, ...]:
    metrics = epoch["results_metrics"]
    marks = (("*", epoch.get("is_initial_point")), ("Best", epoch["is_best"]))
    total = metrics["profit_total"]
    return (
        " ".join(mark for mark, is_so in marks if is_so),
        str(epoch["current_epoch"]),
        str(metrics["total_trades"]),
        f"{metrics['profit_mean'] * 100:,.2f}%",
        metrics["profit_median"] * 100,
        f"{total:,.8f}" if total else "",
        metrics["stake_currency"],
        f"{metrics['profit_total_abs']:,.2f}",
        metrics["holding_avg"],
        metrics["trade_count_long"],
        metrics["trade_count_short"],
        metrics["max_drawdown_abs"],
        f"{metrics['max_drawdown_account'] * 100:,.2f}%",
        f"{epoch['loss']:,.5f}" if epoch["loss"] not in (None, MAX_LOSS) else "",
    )


def _plain(value: Any) -> Any:
    item = getattr(value, "item", None)
    return item() if callable(item) else str(value)
