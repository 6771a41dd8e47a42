"""Show epochs in freqtrade's table."""

from collections.abc import Iterable, Mapping
from typing import Any

from appliance.research.hyperopt.epoch import MAX_LOSS, Epoch
from appliance.research.hyperopt.results.stored import Record
from appliance.research.results.amounts import fixed
from appliance.research.results.printing.lines import outcomes
from appliance.research.results.printing.output import Table

HEADINGS = (
    *("Best", "Epoch", "Trades", "Win  Draw  Loss  Win%", "Avg profit", "Profit", "Avg duration"),
    *("Objective", "Max Drawdown (Acct)"),
)


def epochs_table(epochs: Iterable[Record], total: int) -> Table:
    """Return the table of epochs of a search of `total`."""
    return Table("Hyperopt results", HEADINGS, [row(epoch, total) for epoch in epochs], left=1)


def row_of(epoch: Epoch, total: int) -> tuple[str, ...]:
    """Return the row of an epoch that has just been evaluated."""
    return row(
        {
            "is_initial_point": epoch.is_initial,
            "is_best": epoch.is_best,
            "current_epoch": epoch.number,
            "results_metrics": epoch.metrics,
            "loss": epoch.loss,
        },
        total,
    )


def row(epoch: Record, total: int) -> tuple[str, ...]:
    """Return the row of an epoch."""
    metrics: Mapping[str, Any] = epoch["results_metrics"]
    stake = metrics["stake_currency"]
    mean, profit = metrics["profit_mean"], metrics.get("profit_total_abs") or 0.0
    fall = metrics["max_drawdown_account"]
    initial = epoch.get("is_initial_point") or epoch.get("is_random")
    return (
        " ".join(mark for mark, is_so in (("*", initial), ("Best", epoch["is_best"])) if is_so),
        f"{epoch['current_epoch']}/{total}",
        str(metrics["total_trades"]),
        outcomes(metrics["wins"], metrics["draws"], metrics["losses"]),
        f"{mean:.2%}" if mean is not None else "--",
        f"{fixed(profit, stake)} {stake} {_in_brackets(metrics['profit_total'])}" if profit else "--",
        str(metrics["holding_avg"]),
        f"{epoch['loss']:,.5f}" if epoch["loss"] not in (None, MAX_LOSS) else "N/A",
        f"{fixed(metrics['max_drawdown_abs'], stake)} {stake} {_in_brackets(fall)}" if fall else "--",
    )


def _in_brackets(ratio: float) -> str:
    return f"({ratio:,.2%})".rjust(10)
