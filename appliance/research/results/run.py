"""State what a result is made of: the runs of strategies, and the market that they ran over."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.research.backtest.outcome import Outcome
from appliance.research.backtest.series import PairSeries

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.backtest.series import Rows


class Market(msgspec.Struct, frozen=True):
    """Hold the pairs that were tested, in the order of the whitelist, and a way to their candles.

    `rows` returns the candles of a pair as they are stored, gaps filled, from the first tested one on: the
    one that can only give a signal included, startup candles not. It is called pair by pair, and its answers
    are not kept, so that pairs may be streamed.
    """

    pairs: Sequence[str]
    rows: "Callable[[str], Rows]"


class StrategyRun(msgspec.Struct, frozen=True, kw_only=True):
    """Hold one strategy's run.

    `config` is what the strategy had as `self.config`: a freqtrade configuration, completed by the strategy's
    attributes, under freqtrade's names. `series` is what was walked over, by pair. `run_id` is that of
    `cache.run_id`. `started` and `ended` (UTC) are when it ran, by the clock. `source` is the file of the
    strategy. `analysed` loads the frame of a pair after `populate_indicators`, without startup candles; it is
    called only to export signals.
    """

    outcome: Outcome
    config: Mapping[str, Any]
    series: Mapping[str, PairSeries]
    run_id: str
    started: datetime
    ended: datetime
    source: Path | None = None
    analysed: "Callable[[str], DataFrame] | None" = None

    @property
    def starting_balance(self) -> float:
        """The simulated balance at the start, in stake currency, whatever part of it was to be traded."""
        wallet = self.config["dry_run_wallet"]
        balance: float = (
            wallet.get(self.config["stake_currency"], 0.0) if isinstance(wallet, Mapping) else wallet
        )
        return balance
