"""Backtest the time in which a bot traded, and compare."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from appliance.bot.reload import code_of
from appliance.config.changes import fingerprint
from appliance.config.loading import LoadedSettings, load
from appliance.domain import timeframe as timeframes
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError
from appliance.research.backtest.plan import Plan, planned
from appliance.research.backtest.progress import SILENT, Progress
from appliance.research.backtest.run import backtest
from appliance.research.backtest.setup import Preparation, preparations
from appliance.research.data.candles import CandleFiles
from appliance.research.replay.compare import compare
from appliance.research.replay.comparison import Comparison
from appliance.research.replay.evidence import StoredEvidence
from appliance.research.replay.scene import Scene
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.domain.json_value import Json
    from appliance.research.backtest.outcome import Outcome
    from appliance.research.replay.past import Past

_STATIC = "StaticPairList"
_FUNDING_MS = 8 * 3_600_000
"""How rarely positions on futures markets pay, at most."""


@dataclass(frozen=True)
class Wanted:
    """State what is compared: a span, by default all of the past; candles to look into the strategy's.

    `configuration` is the fingerprint of the bot's configuration, where it is not that of the settings.
    """

    timerange: TimeRange = field(default_factory=TimeRange)
    timeframe_detail: str | None = None
    configuration: str | None = None


def replay(
    loaded: LoadedSettings, past: "Past", wanted: Wanted | None = None, progress: Progress = SILENT
) -> Comparison:
    """Backtest a bot's past by its configuration, and return how its trades differ.

    `loaded` are the settings of the bot. Not for the event loop. Raises `ApplianceError` for what the user
    has to change: no candles, a strategy that cannot be loaded, a span without any past.
    """
    wanted = wanted or Wanted()
    first, last = _span(past, wanted.timerange)
    notes = _notes(loaded, past, wanted.configuration or fingerprint(loaded.gathered.values))
    plan = planned(_as_backtest(loaded, past, first, wanted))
    plan = _within(plan, first, last)
    prepared = next(preparations(plan, progress=progress))
    progress.begin(f"Testing {prepared.resolved.name}", prepared.last_ms - prepared.first_ms)
    outcome = backtest(prepared, partial(_advance, progress, prepared.first_ms))
    progress.begin("Comparing", 0)
    scene = _scene(prepared, outcome, past, first)
    if outcome.last < last - scene.candle_length:
        notes.append(_too_short(loaded, plan.timeframe, outcome.last, last))
    stake = loaded.settings.stake_currency
    return compare(scene, strategy=prepared.resolved.name, stake_currency=stake, notes=notes)


def _span(past: "Past", wanted: TimeRange) -> tuple[datetime, datetime]:
    first, last = past.first, past.last
    if wanted.start_ms is not None:
        first = max(first, timeframes.to_date(wanted.start_ms))
    if wanted.end_ms is not None:
        last = min(last, timeframes.to_date(wanted.end_ms))
    if first >= last:
        raise ConfigurationError(
            f"--timerange: expected a part of the bot's past, {past.first:%Y-%m-%d %H:%M} to "
            f"{past.last:%Y-%m-%d %H:%M}"
        )
    return first, last


def _as_backtest(loaded: LoadedSettings, past: "Past", first: datetime, wanted: Wanted) -> LoadedSettings:
    """Load the same settings for a backtest: with protections, the bot's balance, and pairs that stay."""
    changes: dict[str, Json] = {
        "enable_protections": True,
        "backtest_cache": "none",
        "export": "none",
        "dry_run_wallet": _balance(loaded, past, first),
    }
    if wanted.timeframe_detail:
        changes["timeframe_detail"] = wanted.timeframe_detail
    if is_dynamic(loaded):
        traded = dict.fromkeys(trade.pair for trade in past.trades)
        changes["pairlists"] = [{"method": _STATIC}]
        changes["exchange.pair_whitelist"] = [
            *dict.fromkeys((*loaded.settings.exchange.pair_whitelist, *traded))
        ]
    sources = replace(loaded.sources, overrides={**loaded.sources.overrides, **changes})
    return load(sources, runmode=RunMode.BACKTEST, database=loaded.database)


def is_dynamic(loaded: LoadedSettings) -> bool:
    """Return whether the pair lists gave other pairs at other times, which nothing has recorded."""
    return any(entry.get("method") != _STATIC for entry in loaded.settings.pairlists)


def _balance(loaded: LoadedSettings, past: "Past", first: datetime) -> float:
    """Return what the bot had in stake currency when the comparison begins."""
    settings, stake = loaded.settings, loaded.settings.stake_currency
    made = sum(
        trade.close_profit_abs or 0.0
        for trade in past.trades
        if trade.close_date and trade.close_date < first
    )
    if settings.dry_run:
        wallet = settings.dry_run_wallet
        return float(wallet.get(stake, 0.0) if isinstance(wallet, dict) else wallet) + made
    known = [record for record in past.wallet if record.timestamp <= first] or list(past.wallet)[:1]
    if not known:
        return settings.available_capital or _balance_of_trades(past)
    newest = max(record.timestamp for record in known)
    return sum(
        record.total_quote or 0.0 for record in known if record.timestamp == newest and record.bot_managed
    )


def _balance_of_trades(past: "Past") -> float:
    """Return enough for all trades that were ever open at once: nothing has recorded more."""
    return 2 * sum(trade.stake_amount for trade in past.trades)


def _within(plan: Plan, first: datetime, last: datetime) -> Plan:
    """Return the plan for a span: a signal of the candle before the first one counts."""
    length = timeframes.milliseconds(plan.timeframe)
    start = timeframes.candle_open_ms(plan.timeframe, timeframes.to_ms(first)) - length
    end = timeframes.candle_open_ms(plan.timeframe, timeframes.to_ms(last))
    options = msgspec.structs.replace(plan.options, timerange=f"{start:013d}-{end:013d}")
    if end - start < _FUNDING_MS and options.futures_funding_rate is None:
        options = msgspec.structs.replace(options, futures_funding_rate=0.0)  # none may be due in it
    return replace(plan, options=options)


def _scene(prepared: Preparation, outcome: "Outcome", past: "Past", first: datetime) -> Scene:
    loaded, files = prepared.loaded, prepared.loaded.datadir
    stored = CandleFiles(files, loaded.settings.dataformat_ohlcv)
    keys = stored.keys(futures=loaded.settings.trading_mode.value == "futures")
    return Scene(
        past=past,
        tested=outcome.trades,
        tested_locks=outcome.locks,
        rejected=outcome.rejected,
        timeframe=prepared.timeframe,
        first=timeframes.to_date(timeframes.candle_open_ms(prepared.timeframe, timeframes.to_ms(first))),
        last=outcome.last,
        max_open_trades=prepared.resolved.max_open_trades,
        start_balance=outcome.starting_balance,
        tradable=loaded.settings.tradable_balance_ratio,
        pairs=list(prepared.series),
        evidence=StoredEvidence(prepared=prepared, files=stored, keys=keys),
        absences=past.absences,
        changed=_changed(prepared, past),
    )


def _changed(prepared: Preparation, past: "Past") -> str:
    """Say that the strategy's file is not the one that the bot ran; empty if it is, or nothing is known."""
    said = _last_run(past)
    now = f"strategy {prepared.resolved.name} {code_of(Path(prepared.resolved.file))}"
    if not said or now in said:
        return ""
    return f"the bot ran {said[said.rfind('strategy') :]}, now it is {now.removeprefix('strategy ')}"


def _last_run(past: "Past") -> str:
    """Return what the audit log says of the last configuration and strategy."""
    lines = [line.after or "" for line in past.audit if "configuration" in (line.after or "")]
    return lines[-1].partition(": {")[0] if lines else ""


def _notes(loaded: LoadedSettings, past: "Past", configuration: str) -> list[str]:
    notes = []
    said = _last_run(past)
    if said and configuration not in said:
        notes.append("The configuration may not be the one that the bot ran last: their fingerprints differ.")
    if is_dynamic(loaded):
        text = "tested are those of the configuration and those that the bot traded."
        notes.append(f"Which pairs the pair lists gave is not recorded: {text}")
    return notes


def _too_short(loaded: LoadedSettings, timeframe: str, ends: datetime, last: datetime) -> str:
    settings = loaded.settings
    pairs = " ".join(settings.exchange.pair_whitelist[:20])
    command = (
        f"appliance download-data --exchange {settings.exchange.source} --pairs {pairs} "
        f"--timeframes {timeframe} --timerange {ends:%Y%m%d}-"
    )
    return (
        f"The stored candles end at {ends:%Y-%m-%d %H:%M} UTC, and the bot's past at {last:%Y-%m-%d %H:%M}; "
        f"for the rest, run `{command}`."
    )


def _advance(progress: Progress, first_ms: int, now_ms: int, last_ms: int, trades: int) -> None:
    progress.advance(now_ms - first_ms)
    progress.note("trades", trades)
