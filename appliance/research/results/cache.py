"""Find the result of an earlier run of the same strategy, settings and range."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from appliance import __version__
from appliance.domain.errors import DataError
from appliance.domain.timeframe import to_ms
from appliance.research.backtest.options import CacheAge
from appliance.research.results.folder import result_files
from appliance.research.results.read import load_metadata, load_result
from appliance.research.results.result import BacktestResult

_AGES = {"day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(weeks=4)}

_NAMES = """
api_server backtest_breakdown backtest_cache backtest_notes bot_name config_files db_url discord export
exportdirectory exportfilename external_message_consumer heartbeat internals logfile log_config
notifications original_config print_colorized runmode strategy_list telegram verbosity webhook
"""
_NAMES = """
api_server backtest_breakdown backtest_cache backtest_notes bot_name config_files db_url discord export
exportdirectory exportfilename external_message_consumer heartbeat internals logfile log_config
notifications original_config print_colorized runmode strategy_list telegram verbosity webhook
"""
_WITHOUT_EFFECT = frozenset(_NAMES.split())
"""Settings that do not change what a backtest leads to."""


def run_id(
    config: Mapping[str, Any],
    source: Path,
    parameters: Mapping[str, Any],
    candle_files: Iterable[Path] = (),
) -> str:
    """Return an id (40 hex digits) of everything that decides the result of a run.

    `config` is a strategy's `self.config`, `source` its file, `parameters` what its parameters file says. Of
    candle files name, size and time of the last change count, so that newer candles are tested anew. The
    version of this program is part of it: another one may calculate differently.
    """
    decisive = {name: value for name, value in config.items() if name not in _WITHOUT_EFFECT}
    digest = hashlib.sha1(usedforsecurity=False)
    candles = sorted((file.name, *_state(file)) for file in candle_files)
    for part in (__version__, decisive, parameters, candles):
        digest.update(msgspec.json.encode(part, enc_hook=str, order="deterministic"))
    digest.update(source.read_bytes())
    return digest.hexdigest()


def find_cached(
    folder: Path, run_ids: Mapping[str, str], age: CacheAge, *, now: datetime, end_ms: int | None
) -> BacktestResult | None:
    """Return stored results of these runs (by strategy) that are no older than `age`; None if there are none.

    `end_ms` is the end of `--timerange`: a range that is open, or ends after `now`, is never cached. The
    newest result of a run counts; files that cannot be read are left out.
    """
    if age == "none" or end_ms is None or end_ms > to_ms(now):
        return None
    oldest = (now - _AGES[age]).timestamp()
    found = BacktestResult(strategy={}, strategy_comparison=[], metadata={})
    for file in result_files(folder):
        wanted = [name for name in run_ids if name not in found.strategy]
        if not wanted:
            break
        try:
            _take(file, {name: run_ids[name] for name in wanted}, oldest, found)
        except DataError:
            continue
    return found if found.strategy else None


def _state(file: Path) -> tuple[int, int]:
    """Return the size of a file and the time of its last change (ns); zeros where there is none."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _take(file: Path, run_ids: Mapping[str, str], oldest: float, found: BacktestResult) -> None:
    """Add what a file has of these runs."""
    stored = load_metadata(file)
    names = [name for name, wanted in run_ids.items() if _is_of(stored.get(name), wanted, oldest)]
    if not names:
        return
    result = load_result(file)
    for name in names:
        if name not in result.strategy:
            continue
        found.strategy[name] = result.strategy[name]
        found.metadata[name] = stored[name] | {"filename": file.stem}
        found.strategy_comparison += [line for line in result.strategy_comparison if line["key"] == name]
        found.warnings[name] = result.warnings.get(name, [])


def _is_of(metadata: Any, wanted: str, oldest: float) -> bool:
    if not isinstance(metadata, dict) or metadata.get("run_id") != wanted:
        return False
    started = metadata.get("backtest_start_time")
    return isinstance(started, int | float) and started >= oldest
