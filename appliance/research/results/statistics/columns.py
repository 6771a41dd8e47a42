"""Hold closed trades by columns, and sum them up."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import numpy as np
import numpy.typing as npt

from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.reports.outcomes import added_up

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

MS_PER_DAY = 86_400_000


@dataclass(frozen=True, kw_only=True, eq=False)
class TradeColumns:
    """Hold trades in the order in which they closed.

    `profit` and `stake` in stake currency; `ratio` 0.01 for one percent; `minutes` are whole ones; `opened`
    and `closed` in ms since 1970 (UTC).
    """

    pair: Texts
    enter_tag: Texts
    exit_reason: Texts
    profit: Floats
    ratio: Floats
    stake: Floats
    minutes: Ints
    opened: Ints
    closed: Ints
    is_short: Flags

    @classmethod
    def of(cls, trades: Sequence[Trade]) -> "TradeColumns":
        """Return the columns of closed trades."""
        opened = _ints(to_ms(trade.open_date) for trade in trades)
        closed = _ints(to_ms(closing_date(trade)) for trade in trades)
        return cls(
            pair=_texts(trade.pair for trade in trades),
            enter_tag=_texts(trade.enter_tag or "" for trade in trades),
            exit_reason=_texts(trade.exit_reason or "" for trade in trades),
            profit=_floats(trade.close_profit_abs or 0.0 for trade in trades),
            ratio=_floats(trade.close_profit or 0.0 for trade in trades),
            stake=_floats(round(trade.stake_amount, 8) for trade in trades),
            minutes=(closed - opened) // 60_000,
            opened=opened,
            closed=closed,
            is_short=np.fromiter((trade.is_short for trade in trades), dtype=np.bool_),
        )

    def __len__(self) -> int:
        return len(self.profit)

    def where(self, chosen: Flags) -> "TradeColumns":
        """Return the trades for which `chosen` is true."""
        return TradeColumns(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})


def closing_date(trade: Trade) -> datetime:
    """Return when a closed trade closed."""
    return trade.close_date or trade.date_last_filled_utc


def total(values: "Floats | Ints") -> float:
    """Return a sum, by pairs, as numpy adds (and with it freqtrade)."""
    return float(values.sum())


def mean(values: Floats) -> float:
    """Return the mean; 0 of nothing."""
    return total(values) / len(values) if len(values) else 0.0


def deviation(values: Floats, *, sample: bool = False) -> float:
    """Return the standard deviation, of the population or of a sample; 0 where there are too few values.

    Two passes: sqrt(sum of (x - mean)^2 / (n or n - 1)). Sums are added in the order of the values.
    """
    divisor = len(values) - sample
    if divisor < 1:
        return 0.0
    return math.sqrt(added_up((values - added_up(values) / len(values)) ** 2) / divisor)


def _floats(values: Iterable[float]) -> Floats:
    return np.fromiter(values, dtype=np.float64)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _texts(values: Iterable[str]) -> Texts:
    return np.array(list(values), dtype=object)
