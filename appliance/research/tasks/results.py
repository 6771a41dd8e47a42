"""Answer from stored results what is too large to be read in the server."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from appliance.domain.errors import DataError, NotFound
from appliance.domain.timeframe import to_date
from appliance.research.data.formats import read_content
from appliance.research.results.read import load_result, member
from appliance.research.results.result import BacktestResult
from appliance.research.tasks.backtest import ended
from appliance.research.tasks.settings import Arguments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.research.data.formats import Columns
    from appliance.research.jobs.report import Report


def result(arguments: Arguments, report: "Report") -> bytes:
    """Return the result of a strategy in a file. Raises NotFound, DataError."""
    file, strategy = Path(arguments["file"]), arguments["strategy"]
    found = load_result(file)
    if strategy not in found.strategy:
        raise NotFound(f"{file.name} has no strategy {strategy}")
    of_strategy = BacktestResult(
        strategy={strategy: found.strategy[strategy]},
        strategy_comparison=[line for line in found.strategy_comparison if line.get("key") == strategy],
        metadata={strategy: {**found.metadata.get(strategy, {}), "filename": file.stem}},
        warnings={strategy: found.warnings.get(strategy, [])},
    )
    return ended(of_strategy, "Historic result", "")


def market_change(arguments: Arguments, report: "Report") -> bytes:
    """Return how the market moved: date, ms since 1970, mean of the closes, its change as a ratio.

    Raises NotFound.
    """
    file = Path(arguments["file"])
    table = _table(file, "_market_change.feather")
    if "date" not in table:
        raise NotFound(f"{file.name} does not say how the market moved")
    columns = [name for name in ("date", "mean", "rel_mean", "count") if name in table]
    values = [_dates(table["date"]) if name == "date" else table[name].tolist() for name in columns]
    return _rows([*columns, "__date_ts"], [*values, table["date"].tolist()])


def wallet(arguments: Arguments, report: "Report") -> bytes:
    """Return the worth of a strategy's account, in stake currency, by candle. Raises NotFound."""
    file, strategy = Path(arguments["file"]), arguments["strategy"]
    table = _table(file, f"_{strategy}_wallet.feather")
    if not {"date", "rate", "balance"} <= table.keys():
        raise NotFound(f"{file.name} has no balances of {strategy}")
    worth = np.nan_to_num(table["rate"].astype(float) * table["balance"].astype(float))
    moments, places = np.unique(table["date"], return_inverse=True)
    totals = np.bincount(places, weights=worth, minlength=len(moments))
    columns = ["date", "__date_ts", "total_quote"]
    return _rows(columns, [_dates(moments), moments.tolist(), totals.tolist()], capture_start_ts=None)


def _table(file: Path, ending: str) -> "Columns":
    """Return a table of a result: a part of its zip file, or a file beside an old one. Raises NotFound."""
    beside = file.with_name(f"{file.stem}{ending}")
    try:
        content = member(file, ending) if file.suffix == ".zip" else beside.read_bytes()
    except (DataError, OSError) as error:
        raise NotFound(f"{file.name} has no {ending.strip('_')}") from error
    return read_content(content, "feather", str(file))


def _dates(moments: Any) -> list[str]:
    return [f"{to_date(int(moment)):%Y-%m-%dT%H:%M:%SZ}" for moment in moments]


def _rows(columns: list[str], values: "Sequence[Sequence[Any]]", **more: Any) -> bytes:
    data = list(zip(*values, strict=True))
    return msgspec.json.encode({"columns": columns, "length": len(data), "data": data, **more})
