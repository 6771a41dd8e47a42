"""Collect the candles at which trades were entered and left, and those of rejected signals, for analysis."""

import pickle
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from appliance.domain.timeframe import to_ms
from appliance.research.backtest.outcome import Outcome, RejectedSignal
from appliance.research.results.run import StrategyRun
from appliance.research.results.statistics.columns import Ints, closing_date

if TYPE_CHECKING:
    from pandas import DataFrame

Kind = Literal["signals", "rejected", "exited"]
Frames = dict[str, "DataFrame"]
"""Candles with their indicators, by pair."""


class SignalFrames:
    """Collect the frames of strategies; each frame of a pair is loaded once."""

    def __init__(self) -> None:
        self.frames: dict[Kind, dict[str, Frames]] = {"signals": {}, "rejected": {}, "exited": {}}

    def add(self, run: StrategyRun, pairs: Sequence[str]) -> None:
        """Add those of a strategy's run; nothing where it cannot load frames."""
        if run.analysed is None:
            return
        outcome, name = run.outcome, run.outcome.strategy
        for collected in self.frames.values():
            collected[name] = {}
        rejected: dict[str, list[RejectedSignal]] = defaultdict(list)
        for signal in outcome.rejected:
            rejected[signal.pair].append(signal)
        for pair in pairs:
            self._add_pair(pair, outcome, run.analysed, rejected.get(pair, []))
        found = self.frames["rejected"][name]
        self.frames["rejected"][name] = {pair: found[pair] for pair in rejected if pair in found}

    def _add_pair(
        self,
        pair: str,
        outcome: Outcome,
        analysed: "Callable[[str], DataFrame]",
        rejected: list[RejectedSignal],
    ) -> None:
        frame = analysed(pair)
        trades = [trade for trade in outcome.trades if trade.pair == pair]
        entered = [to_ms(trade.open_date) for trade in trades]
        left = [to_ms(closing_date(trade)) for trade in trades]
        self.frames["signals"][outcome.strategy][pair] = _before(frame, entered)
        self.frames["exited"][outcome.strategy][pair] = _before(frame, left)
        if rejected:
            self.frames["rejected"][outcome.strategy][pair] = _rejected(frame, pair, rejected)

    def content(self, kind: Kind) -> bytes:
        """Return frames as a pickle, which joblib reads like its own."""
        return pickle.dumps(self.frames[kind], protocol=4)


def _before(frame: "DataFrame", moments_ms: list[int]) -> "DataFrame":
    """Return the last candle before each moment; nothing where there is none."""
    place = np.searchsorted(_dates(frame), np.array(moments_ms, dtype=np.int64), side="left") - 1
    if not len(place):
        return type(frame)()
    return frame.iloc[place[place >= 0]].infer_objects()


def _rejected(frame: "DataFrame", pair: str, signals: list[RejectedSignal]) -> "DataFrame":
    dates = _dates(frame)
    moments = np.array([to_ms(signal.moment) for signal in signals], dtype=np.int64)
    place = np.minimum(np.searchsorted(dates, moments), max(len(dates) - 1, 0))
    known = dates[place] == moments if len(dates) else np.zeros(len(moments), dtype=bool)
    chosen = frame.drop(columns=["pair", "enter_tag"], errors="ignore").iloc[place[known]]
    tags = [signal.tag or "" for signal, is_known in zip(signals, known, strict=True) if is_known]
    return chosen.reset_index(drop=True).infer_objects().assign(pair=pair, enter_tag=tags)


def _dates(frame: "DataFrame") -> Ints:
    dates: Ints = frame["date"].dt.as_unit("ms").astype("int64").to_numpy()
    return dates
