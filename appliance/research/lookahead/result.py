"""State what an analysis found, under freqtrade's names where it has one."""

from typing import Any, Literal

import msgspec

Memory = Literal["none", "kept apart", "in the way"]
"""Whether the strategy remembers something from run to run, and whether runs could be kept apart."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """State how a value differs: `whole` with all candles, `known` with those until the one of `known_ms`.

    Times are when candles opened (ms, UTC).
    """

    pair: str
    candle_ms: int
    known_ms: int
    whole: Any
    known: Any


class BiasedColumn(msgspec.Struct, frozen=True, kw_only=True):
    """State a column that knows later candles: at least `ahead` of them; in `candles` of those checked."""

    column: str
    ahead: int
    candles: int
    pairs: tuple[str, ...]
    is_signal: bool
    example: Evidence


class BiasedSignal(msgspec.Struct, frozen=True, kw_only=True):
    """State a signal that changes with later candles: `vanishes` without them, or `appears`, or has
    another `tag`.
    """

    pair: str
    candle_ms: int
    kind: str
    change: str
    whole_tag: str = ""
    known_tag: str = ""


class LookaheadResult(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the result for a strategy.

    `total_signals` is how many candles with a signal were checked, of `found_signals` that there are; the
    other `checked_candles` had none. `unsteady` columns differ from run to run and were not compared.
    `failures` is how many checks the strategy failed in, `failure` what it raised first.
    """

    filename: str
    strategy: str
    has_bias: bool
    total_signals: int
    biased_entry_signals: int
    biased_exit_signals: int
    biased_indicators: tuple[str, ...]
    found_signals: int
    checked_candles: int
    minimum_signals: int
    columns: tuple[BiasedColumn, ...] = ()
    signals: tuple[BiasedSignal, ...] = ()
    unsteady: tuple[str, ...] = ()
    memory: Memory = "none"
    failures: int = 0
    failure: str = ""

    @property
    def has_too_few(self) -> bool:
        """Whether there are too few signals to say that there is no bias."""
        return not self.has_bias and self.found_signals < self.minimum_signals
