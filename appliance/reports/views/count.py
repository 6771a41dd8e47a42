"""Count the open trades."""

import math
from collections.abc import Iterable

from msgspec import Struct

from appliance.domain.trade import Trade


class Count(Struct, frozen=True):
    """State how many trades are open, how many may be (-1: no limit), and their worth in stake currency."""

    current: int
    max: int
    total_stake: float


def count(trades: Iterable[Trade], max_open_trades: float) -> Count:
    """Count `trades`; their stake is amount times open rate."""
    worths = [trade.open_rate * trade.amount for trade in trades]
    limit = -1 if math.isinf(max_open_trades) else int(max_open_trades)
    return Count(len(worths), limit, sum(worths))
