"""Show what was found: freqtrade's table, then the evidence."""

from collections.abc import Iterator, Sequence
from typing import Any

from appliance.domain.timeframe import to_date
from appliance.research.lookahead.columns import is_missing
from appliance.research.lookahead.result import BiasedColumn, BiasedSignal, LookaheadResult, Memory
from appliance.research.lookahead.summing import difference
from appliance.research.results.printing.output import HEADING, Table

HEADINGS = (
    *("filename", "strategy", "has_bias", "total_signals"),
    *("biased_entry_signals", "biased_exit_signals", "biased_indicators"),
)
MOST_SIGNALS = 10
"""Signals that are listed for each strategy."""


def verdicts(results: Sequence[LookaheadResult], failed: Sequence[tuple[str, str]] = ()) -> Table:
    """Return freqtrade's table; `failed` are names and files of strategies that could not be examined."""
    rows = [_verdict(result) for result in results]
    rows += [(file, name, "error while checking", "", "", "", "") for name, file in failed]
    return Table("Lookahead Analysis", HEADINGS, rows, justify="left")


def _verdict(result: LookaheadResult) -> tuple[str, ...]:
    verdict = f"{HEADING}Yes" if result.has_bias else "No"
    if result.has_too_few:
        verdict = f"too few signals ({result.found_signals}/{result.minimum_signals})"
    return (
        result.filename,
        result.strategy,
        verdict,
        str(result.total_signals),
        str(result.biased_entry_signals),
        str(result.biased_exit_signals),
        ", ".join(result.biased_indicators),
    )


def column_table(strategy: str, columns: Sequence[BiasedColumn]) -> Table:
    """Return how each column differs that knows later candles."""
    headings = (
        *("column", "candles ahead", "candles", "pair", "candle", "last known candle"),
        *("with all candles", "with those known", "difference"),
    )
    rows = [_column(column) for column in columns]
    return Table(f"What {strategy} knows too early", headings, rows, justify="left")


def _column(column: BiasedColumn) -> tuple[str, ...]:
    example = column.example
    more = f" and {len(column.pairs) - 1} more" if len(column.pairs) > 1 else ""
    return (
        column.column,
        f"at least {column.ahead}",
        str(column.candles),
        f"{example.pair}{more}",
        _at(example.candle_ms),
        _at(example.known_ms),
        shown(example.whole),
        shown(example.known),
        _difference(example.whole, example.known),
    )


def signal_table(result: LookaheadResult) -> Table:
    """Return the first signals that later candles change."""
    rows = [_signal(signal) for signal in result.signals[:MOST_SIGNALS]]
    more = len(result.signals) - len(rows)
    title = f"Signals of {result.strategy} that later candles change"
    headings = ("signal", "pair", "candle", "with those known")
    return Table(
        f"{title} ({more} more are not shown)" if more > 0 else title, headings, rows, justify="left"
    )


def _signal(signal: BiasedSignal) -> tuple[str, ...]:
    what = {
        "vanishes": "there is none",
        "appears": "there is one; with all candles there is none",
        "tag": f"its tag is {signal.known_tag or 'empty'}; with all candles {signal.whole_tag or 'empty'}",
    }[signal.change]
    return (signal.kind, signal.pair, _at(signal.candle_ms), what)


def notes(result: LookaheadResult) -> Iterator[str]:
    """Yield sentences about what was checked, and what not."""
    quiet = result.checked_candles - result.total_signals
    yield (
        f"{result.total_signals} of {result.found_signals} candles with a signal were checked, and {quiet} "
        "without."
    )
    if result.has_too_few:
        yield (
            "There are too few signals to tell: choose a longer --timerange or more pairs, or lower "
            f"--minimum-trade-amount ({result.minimum_signals})."
        )
    if result.unsteady:
        yield (
            "These columns differ from run to run over the same candles, so that they could not be compared: "
            f"{', '.join(result.unsteady)}."
        )
    if result.memory != "none":
        yield _MEMORY[result.memory]
    if result.failures:
        yield (
            f"{result.failures} candles could not be checked, since the strategy fails there without the "
            f"later ones; first: {result.failure}"
        )


_MEMORY: dict[Memory, str] = {
    "kept apart": (
        "The strategy keeps something of its candles in itself or its module. Each run got a process of its "
        "own; whether callbacks look at later candles there was not checked."
    ),
    "in the way": (
        "The strategy keeps something of its candles in itself or its module, and runs could not be kept "
        "apart here: what one run leaves behind, the next one sees. Repeat the analysis on Linux."
    ),
}


def shown(value: Any) -> str:
    """Return a short text for a value of a column."""
    if is_missing(value):
        return "none"
    return f"{value:.8g}" if isinstance(value, float) else str(value)


def _difference(whole: Any, known: Any) -> str:
    share = difference(whole, known)
    return f"{share:.3%}" if 0 < share < 1e6 else ""


def _at(moment_ms: int) -> str:
    return f"{to_date(moment_ms):%Y-%m-%d %H:%M}"
