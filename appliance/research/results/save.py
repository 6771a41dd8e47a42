"""Save a result: the files that freqtrade writes, each whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from appliance.research.backtest.options import Export
from appliance.research.data.candles import replace_file
from appliance.research.results.archive import (
    Member,
    market_members,
    result_members,
    signal_members,
    source_members,
    to_json,
    zipped,
)
from appliance.research.results.folder import LAST_RESULT, metadata_file
from appliance.research.results.result import BacktestResult
from appliance.research.results.run import Market, StrategyRun

_NAME = "backtest-result-%Y-%m-%d_%H-%M-%S"
_ABANDONED = timedelta(days=1)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """State where and how to save.

    `folder` is `user_data/backtest_results` or that of `--backtest-directory`, made if it is missing;
    `moment` (UTC) names the files; `configured` is the configuration as it was read (`LoadedSettings.gathered
    .values`), whose secrets are removed. `cached_sources` are the files of strategies that did not run, by
    their names.
    """

    folder: Path
    moment: datetime
    configured: Mapping[str, Any]
    export: Export = "trades"
    cached_sources: Mapping[str, Path] = {}


def save_results(
    result: BacktestResult, runs: Sequence[StrategyRun], market: Market, target: Target
) -> Path | None:
    """Save a result and return its zip file; None where nothing is exported. Raises DataError.

    Writes `backtest-result-<moment>.zip`, then its `.meta.json`, then `.last_result.json`. Whatever happens
    meanwhile, older results stay readable and `.last_result.json` names a whole file.
    """
    if target.export == "none":
        return None
    _remove_abandoned(target)
    file = _free_name(target)
    replace_file(file, zipped(file.stem, _members(result, runs, market, target)))
    replace_file(metadata_file(file), to_json(result.metadata))
    replace_file(target.folder / LAST_RESULT, to_json({"latest_backtest": file.name}))
    return file


def _members(
    result: BacktestResult, runs: Sequence[StrategyRun], market: Market, target: Target
) -> Iterator[Member]:
    of_runs = {run.outcome.strategy: run.source for run in runs if run.source is not None}
    members = chain(
        result_members(result, target.configured),
        source_members({**target.cached_sources, **of_runs}),
        market_members(runs, market),
    )
    return chain(members, signal_members(runs, market.pairs)) if target.export == "signals" else members


def _free_name(target: Target) -> Path:
    """Return a name that no result has: another backtest may have ended in the same second."""
    moment = target.moment
    while (file := target.folder / f"{moment.strftime(_NAME)}.zip").exists():
        moment += timedelta(seconds=1)
    return file


def _remove_abandoned(target: Target) -> None:
    """Remove what killed programs left half-written; what is new, another program may be writing."""
    before = (target.moment - _ABANDONED).timestamp()
    for file in target.folder.glob(".*.part"):
        if file.stat().st_mtime < before:
            file.unlink(missing_ok=True)
