"""Find the result of an earlier run of the same strategy, settings and range."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from appliance.research.results.result import BacktestResult

Age = Literal["none", "day", "week", "month"]


def run_id(config: Mapping[str, Any], source: Path, parameters: Mapping[str, Any]) -> str:
    """Return an id (40 hex digits) of everything that decides the result of a run, candles aside.

    `config` is a strategy's `self.config`, `source` its file, `parameters` what its parameters file says.
    """
    raise NotImplementedError


def find_cached(
    folder: Path, run_ids: Mapping[str, str], age: Age, *, now: datetime, end_ms: int | None
) -> BacktestResult | None:
    """Return stored results of these runs (by strategy) that are no older than `age`; None if there are none.

    `end_ms` is the end of `--timerange`: a range that is open, or ends after `now`, is never cached.
    """
    raise NotImplementedError
