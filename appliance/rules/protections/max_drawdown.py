"""Lock all pairs for a while after a large drawdown."""

import math
from collections.abc import Iterable
from typing import Annotated, Literal

from appliance.config.documented import doc
from appliance.domain.closed_trades.table import ClosedTrades
from appliance.rules.protections.window import LockWish, Moment, Protection, Trades


class MaxDrawdown(Protection, frozen=True, kw_only=True):
    """Lock all pairs if the recent trades have too large a drawdown.

    With "ratios" the drawdown is measured on the running sum of profit ratios; with "equity" it is a ratio of
    the highest account balance, from profits in stake currency.
    """

    trade_limit: Annotated[int, doc("Minimum number of trades to decide on.", ge=0)] = 1
    max_allowed_drawdown: Annotated[float, doc("Largest allowed drawdown.", ge=0)] = 0.0
    calculation_mode: Annotated[
        Literal["ratios", "equity"], doc("Measure profit ratios, or the account balance.")
    ] = "ratios"

    def of_all(self, trades: Trades, moment: Moment) -> LockWish | None:
        recent = self.recent(trades, moment)
        if not recent or len(recent) < self.trade_limit:
            return None
        if self.calculation_mode == "equity":
            before = ClosedTrades.of(trades).profit_of_first(len(trades) - len(recent))
            start = moment.starting_balance + before
            drawdown = relative_drawdown((trade.close_profit_abs for trade in recent), start)
        else:
            drawdown = max_fall(trade.close_profit for trade in recent)
        if drawdown <= self.max_allowed_drawdown:
            return None
        reason = (
            f"{drawdown} passed {self.max_allowed_drawdown} within {self.lookback_in_words()}, "
            f"locked {self.lock_in_words()}"
        )
        return LockWish(self.lock_end(recent, moment), reason)

    def summary(self) -> str:
        return (
            f"{self.name}: stops after a drawdown above {self.max_allowed_drawdown} "
            f"within {self.lookback_in_words()}"
        )


def max_fall(gains: Iterable[float]) -> float:
    """Return the largest fall of the running sum of gains below its highest value (at first 0)."""
    total = highest = largest = 0.0
    for gain in gains:
        total += gain
        highest = max(highest, total)
        largest = max(largest, highest - total)
    return largest


def relative_drawdown(gains: Iterable[float], start: float) -> float:
    """Return the largest fall of `start` plus gains, as a ratio of its highest value before the fall.

    Without a start the ratio is to the highest gain (infinite without any gain).
    """
    total = highest = largest = 0.0
    for gain in gains:
        total += gain
        highest = max(highest, total)
        best, now = start + highest, start + total
        if now < best:
            largest = max(largest, (best - now) / best if best else math.inf)
    return largest
