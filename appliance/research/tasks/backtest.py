"""Run a backtest as a job: what `backtesting` does, with the result as an answer of the API."""

import gc
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError
from appliance.research.session import BacktestSession
from appliance.research.tasks.settings import Arguments, checked_strategy, settings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appliance.research.jobs.report import Report
    from appliance.research.results.result import BacktestResult


def run(arguments: Arguments, report: "Report") -> bytes:
    """Test a strategy, store the result, and return it as the API shows it. Raises ApplianceError."""
    gc.set_threshold(50_000, 50, 100)  # as the command does
    loaded = settings_of(arguments, RunMode.BACKTEST, **_changes(arguments["settings"]))
    session = BacktestSession.of(loaded)
    result = session.run(report)
    if session.files:
        for stated in result.metadata.values():
            stated.setdefault("filename", session.files[0].stem)
    return ended(result, "Backtest ended", "finished")


def ended(result: "BacktestResult", text: str, step: str) -> bytes:
    """Return an answer with a result."""
    shown = {
        "metadata": {name: _with_strategy(name, stated) for name, stated in result.metadata.items()},
        "strategy": result.strategy,
        "strategy_comparison": result.strategy_comparison,
        "warnings": result.warnings,
    }
    answer = {
        "status": "ended",
        "running": False,
        "status_msg": text,
        "step": step,
        "progress": 1.0,
        "trade_count": None,
        "backtest_result": shown,
    }
    return msgspec.json.encode(answer, enc_hook=str)


def _with_strategy(name: str, stated: "Mapping[str, Any]") -> dict[str, Any]:
    return {**stated, "strategy": name}


def _changes(asked: "Mapping[str, Any]") -> dict[str, Any]:
    """Return the settings that a request changes; null changes nothing. Raises ConfigurationError."""
    given = {name: value for name, value in asked.items() if value is not None}
    if given.pop("freqaimodel", None) or given.pop("freqai", None):
        raise ConfigurationError("freqaimodel: FreqAI is not supported here: test a strategy without it")
    checked_strategy(given["strategy"])
    if isinstance(stake := given.get("stake_amount"), str) and stake != "unlimited":
        try:
            given["stake_amount"] = float(stake)
        except ValueError:
            raise ConfigurationError(
                f'stake_amount: expected a number or "unlimited", found "{stake}"'
            ) from None
    if given.get("max_open_trades") == 0:
        del given["max_open_trades"]  # as on the command line
    return {**given, "strategy_list": [], "dry_run": True}
