"""Find pairs that were listed while the test ran."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from appliance.domain.timeframe import to_date, to_ms
from appliance.research.backtest.outcome import Outcome
from appliance.research.backtest.series import PairSeries


def late_listings(outcome: Outcome, series: Mapping[str, PairSeries]) -> list[tuple[str, datetime]]:
    """Return pairs whose candles begin later than the test, and when (UTC), first listed first."""
    late = []
    for pair, of_pair in series.items():
        opened = of_pair.rows.opened
        if len(opened) < 2:
            continue
        length = int(np.diff(opened).min())
        if opened[0] > to_ms(outcome.first) + length:
            late.append((pair, to_date(int(opened[0]))))
    return sorted(late, key=lambda found: found[1])
