"""Put a result into the zip file that freqtrade writes, part by part."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from appliance.config.secrets import redacted
from appliance.research.data.formats import table_bytes
from appliance.research.results.result import BacktestResult
from appliance.research.results.run import Market, StrategyRun
from appliance.research.results.signals import SignalFrames
from appliance.research.results.statistics.market import market_table
from appliance.research.results.statistics.wallet import balance_rows

Member = tuple[str, bytes]
"""The name of a part behind that of the file, and its content."""

_QUICK = 3
"""Level of compression: the usual one takes three times as long for a tenth less."""

WARNINGS = "_warnings.json"


def result_members(result: BacktestResult, configured: Mapping[str, Any]) -> Iterator[Member]:
    """Yield the statistics, the configuration without its secrets, and the warnings."""
    statistics = {"strategy": result.strategy, "strategy_comparison": result.strategy_comparison}
    yield ".json", to_json(statistics)
    yield "_config.json", to_json(redacted(configured))
    yield WARNINGS, to_json(result.warnings)


def source_members(sources: Mapping[str, Path]) -> Iterator[Member]:
    """Yield the files of strategies, and those of their parameters; what is gone is left out."""
    for name, source in sources.items():
        for file, suffix in ((source, ".py"), (source.with_suffix(".json"), ".json")):
            if file.is_file():
                yield f"_{name}{suffix}", file.read_bytes()


def market_members(runs: Sequence[StrategyRun], market: Market) -> Iterator[Member]:
    """Yield how the market moved, and what each strategy's account held at each candle."""
    if runs:
        outcome = runs[0].outcome
        moved = market_table(market, outcome.first, outcome.last)
        yield "_market_change.feather", table_bytes(moved, "feather")
    for run in runs:
        held = balance_rows(run)
        table = {
            "index": np.arange(len(held.date)),
            "date": held.date,
            "currency": held.currency,
            "rate": held.rate,
            "balance": held.balance,
            "total_quote": held.rate * held.balance,
        }
        yield f"_{run.outcome.strategy}_wallet.feather", table_bytes(table, "feather")


def signal_members(runs: Sequence[StrategyRun], pairs: Sequence[str]) -> Iterator[Member]:
    """Yield the candles of signals, of rejected signals and of exits."""
    collected = SignalFrames()
    for run in runs:
        collected.add(run, pairs)
    for kind in collected.frames:
        yield f"_{kind}.pkl", collected.content(kind)


def zipped(stem: str, members: Iterator[Member]) -> bytes:
    """Return members as a zip file."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK) as archive:
        for name, content in members:
            is_packed = name.endswith(".feather")
            kind = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            archive.writestr(f"{stem}{name}", content, compress_type=kind)
    return target.getvalue()


def to_json(values: Any) -> bytes:
    """Return JSON, with null for what is not a number, and texts for what JSON has no form for."""
    return msgspec.json.encode(values, enc_hook=str)
