"""`backtesting --explain`: what a backtest saw of a candle, and why it entered or exited, or did not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from appliance.domain.decisions.sentences import sentence
from appliance.domain.timeframe import seconds, to_date
from appliance.research.backtest.analysis.frames import frame_folder
from appliance.research.backtest.explain.explanation import Decided, Explanation, Question, explained
from appliance.research.backtest.plan import planned
from appliance.research.backtest.setup import preparations

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.backtest.progress import Progress

_PRICES = ("open", "high", "low", "close", "volume")
_SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")
_TAGS = ("enter_tag", "exit_tag")
_KNOWN = frozenset(("date", *_PRICES, *_SIGNALS, *_TAGS))


def explanations(loaded: "LoadedSettings", question: Question, progress: "Progress") -> Iterator[Explanation]:
    """Yield the explanation by each strategy. Raises ApplianceError for what the user has to change."""
    plan = planned(loaded)
    with frame_folder(loaded.user_data_dir / "cache") as frames:
        for prepared in preparations(plan, frames, progress=progress):
            progress.begin(f"Testing {prepared.resolved.name}", prepared.last_ms - prepared.first_ms)
            yield explained(prepared, question, partial(_advance, progress, prepared.first_ms))


def _advance(progress: "Progress", first_ms: int, now_ms: int, last_ms: int, trades: int) -> None:
    progress.advance(now_ms - first_ms)


def lines(explanation: Explanation) -> Iterator[str]:
    """Yield an explanation line by line; times are UTC."""
    row, opened = explanation.row, explanation.opened
    closed = opened + timedelta(seconds=seconds(explanation.timeframe))
    title = f"{explanation.strategy}, {explanation.pair} {explanation.timeframe}"
    yield f"{title}, candle {opened:%Y-%m-%d %H:%M}"
    yield f"  prices      {_listed(row, _PRICES)}"
    yield f"  indicators  {_listed(row, [name for name in row if name not in _KNOWN]) or 'none'}"
    signals = [name for name in _SIGNALS if row.get(name) == 1]
    tags = [f"{name} {row[name]}" for name in _TAGS if isinstance(row.get(name), str) and row[name]]
    yield f"  signals     {', '.join([*signals, *tags]) or 'none'} (they act in the candle {closed:%H:%M})"
    yield from _decided("In this candle, on the signals of the one before:", explanation.within)
    yield from _decided(f"In the next candle {closed:%H:%M}, on the signals of this one:", explanation.after)


def _decided(heading: str, decided: Decided | None) -> Iterator[str]:
    yield heading
    if decided is None:
        yield "  it is not tested"
        return
    for step in decided.steps:
        until = f" (until {_time(to_date(step.last), decided.opened)})" if step.last != step.first else ""
        yield f"  {_time(to_date(step.first), decided.opened)}  {sentence(step)}{until}"


def _time(at: datetime, opened: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == opened.date() else f"{at:%Y-%m-%d %H:%M}"


def _listed(row: dict[str, Any], names: Any) -> str:
    return ", ".join(f"{name} {_shown(row[name])}" for name in names if name in row)


def _shown(value: Any) -> str:
    if isinstance(value, bool | str):
        return str(value)
    try:
        return f"{float(value):.8g}"
    except (TypeError, ValueError):
        return str(value)
