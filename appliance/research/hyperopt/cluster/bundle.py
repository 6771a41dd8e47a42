"""Pack what another machine needs to evaluate epochs of a search: settings, strategy, loss, markets, candles.

Secrets stay here. Unpacked, a bundle is a user data folder whose configuration gives the same subject.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.config.loading import LoadedSettings, Sources, load
from appliance.config.secrets import redacted
from appliance.domain.enums import RunMode, TradingMode
from appliance.research.backtest.progress import SILENT
from appliance.research.hyperopt.plan import search_plan
from appliance.research.hyperopt.subject import Subject, subject_of
from appliance.research.markets import markets_file

if TYPE_CHECKING:
    from appliance.research.data.layout import CandleKey

CONFIG = "config.json"
_NOT_NEEDED = """
    api_server coingecko db_url discord exchange external_message_consumer health logfile log_config
    notifications pairlists strategy_path telegram user_data_dir datadir webhook hyperopt_path
    add_config_files scheduler continue_search hyperopt_jobs
"""
_DROPPED = frozenset(_NOT_NEEDED.split())
_OF_EXCHANGE = ("name", "ccxt_config", "ccxt_sync_config", "ccxt_async_config")
_READING_CANDLES = ("get_pair_dataframe", "historic_ohlcv", "ohlcv(")
"""What a strategy calls that reads candles while it is walked."""

File = tuple[str, bytes]
"""Where a file stands in the bundle, and its content."""


@dataclass(frozen=True)
class Bundle:
    """Hold a packed search; `key` tells it from others."""

    key: str
    content: bytes


def packed(subject: Subject) -> Bundle:
    """Pack a search."""
    stored = BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _files(subject):
            archive.writestr(name, content)
    content = stored.getvalue()
    return Bundle(hashlib.sha256(content).hexdigest()[:24], content)


def unpack(bundle: Bundle, folder: Path) -> None:
    """Write a bundle into an empty folder. Raises OSError."""
    with zipfile.ZipFile(BytesIO(bundle.content)) as archive:
        archive.extractall(folder)


def subject_in(folder: Path) -> Subject:
    """Prepare the search of an unpacked bundle. Raises ApplianceError."""
    overrides = {"user_data_dir": str(folder), "datadir": str(folder / "candles")}
    return subject_of(search_plan(_loaded(folder, overrides)), None, SILENT)


def _loaded(folder: Path, overrides: dict[str, Any]) -> LoadedSettings:
    return load(Sources((str(folder / CONFIG),), overrides), {}, runmode=RunMode.HYPEROPT)


def _files(subject: Subject) -> Iterator[File]:
    loaded = subject.plan.backtest.loaded
    yield CONFIG, json.dumps(_settings(subject)).encode()
    yield from _strategy(subject)
    folders = [loaded.user_data_dir / "hyperopts"]
    if subject.plan.options.hyperopt_path:
        folders.insert(0, Path(subject.plan.options.hyperopt_path).expanduser())
    losses = {file.name: file for folder in reversed(folders) for file in folder.glob("*.py")}
    yield from ((f"hyperopts/{name}", file.read_bytes()) for name, file in losses.items())
    known = markets_file(loaded)
    if known.is_file():
        yield str(known.relative_to(loaded.user_data_dir)), known.read_bytes()
    yield from _candles(subject)


def _settings(subject: Subject) -> dict[str, Any]:
    """Return the configuration of a search without its secrets, with the pairs that are tested."""
    plan, facts = subject.plan, subject.shared.facts
    read = redacted(plan.backtest.loaded.gathered.values)
    settings = {name: value for name, value in read.items() if name not in _DROPPED}
    exchange = read.get("exchange") or {}
    ccxt = {name: exchange[name] for name in _OF_EXCHANGE if name in exchange}
    chosen = msgspec.to_builtins(plan.options) | msgspec.to_builtins(plan.backtest.options)
    given = {name: value for name, value in chosen.items() if value is not None and name not in _DROPPED}
    return settings | {
        **given,
        "strategy": plan.name,
        "strategy_list": [],
        "hyperopt_random_state": plan.seed,
        "backtest_cache": "none",
        "fee": facts.fee,
        "exchange": {**ccxt, "pair_whitelist": list(facts.whitelist)},
        "pairlists": [{"method": "StaticPairList"}],
    }


def _strategy(subject: Subject) -> Iterator[File]:
    """Yield the strategy, the Python and JSON files of its folder, and what it imports from elsewhere."""
    folder = subject.plan.candidate.source.parent
    files = {Path(name) for name in subject.repeated.begun.sources.texts} | {subject.plan.candidate.source}
    files |= {file for kind in ("*.py", "*.json") for file in folder.rglob(kind)}
    for file in sorted(files):
        inside = file.relative_to(folder) if file.is_relative_to(folder) else Path(file.name)
        yield f"strategies/{inside}", file.read_bytes()


def _candles(subject: Subject) -> Iterator[File]:
    source = subject.repeated.begun.analysis.source
    for key in sorted(_series(subject)):
        file = source.files.path(key)
        if file is not None:
            yield f"candles/{file.relative_to(source.files.folder)}", file.read_bytes()
    for file in source.files.folder.glob("futures/leverage_tiers_*.json"):
        yield f"candles/{file.relative_to(source.files.folder)}", file.read_bytes()


def _series(subject: Subject) -> "set[CandleKey]":
    """Return all series that the search reads, or may read."""
    repeated = subject.repeated
    source, pairs = repeated.begun.analysis.source, set(subject.shared.facts.whitelist)
    found = set(repeated.reads) | {key for pair in pairs for key in source.keys(pair)}
    if any(repeated.begun.sources.mention(call) for call in _READING_CANDLES):
        futures = source.mode is TradingMode.FUTURES
        found |= {key for key in source.files.keys(futures=futures) if key.pair in pairs}
    return found
