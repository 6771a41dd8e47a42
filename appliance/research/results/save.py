"""Save a result: the files that freqtrade writes, each whole or not at all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from appliance.research.results.result import BacktestResult
from appliance.research.results.run import Market, StrategyRun

Export = Literal["none", "trades", "signals"]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """State where and how to save.

    `folder` is `user_data/backtest_results` or that of `--backtest-directory`, made if it is missing;
    `moment` (UTC) names the files; `configured` is the configuration as it was read (`LoadedSettings.gathered
    .values`), whose secrets are removed.
    """

    folder: Path
    moment: datetime
    configured: Mapping[str, Any]
    export: Export = "trades"


def save_results(
    result: BacktestResult, runs: Sequence[StrategyRun], market: Market, target: Target
) -> Path | None:
    """Save a result and return its zip file; None where nothing is exported. Raises DataError.

    Writes `backtest-result-<moment>.zip`, then its `.meta.json`, then `.last_result.json`. Whatever happens
    meanwhile, older results stay readable and `.last_result.json` names a whole file.
    """
    raise NotImplementedError
