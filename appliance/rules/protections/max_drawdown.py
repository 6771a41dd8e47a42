"""Stop for a while after losing too much from the highest point."""

import math
from collections.abc import Iterable
from typing import Annotated, Literal

from appliance.config.documented import doc
from appliance.domain.closed_trades.table import ClosedTrades
from appliance.rules.protections.window import LockWish, Moment, Protection, Trades


class MaxDrawdown(Protection, frozen=True, kw_only=True):
    """Lock all pairs when the trades of the while fell too far from their best.

    By "ratios" the profit ratios of the trades are summed up and the fall is in the same unit; by "equity"
    the fall is a ratio of the account at its best, from the profits in stake currency.
    """

    trade_limit: Annotated[int, doc("Least number of trades to judge by.", ge=0)] = 1
    max_allowed_drawdown: Annotated[float, doc("How far the sum may fall.", ge=0)] = 0.0
    calculation_mode: Annotated[
        Literal["ratios", "equity"], doc("Sum up profit ratios, or money against the account.")
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
            drawdown = deepest_fall(trade.close_profit for trade in recent)
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


def deepest_fall(gains: Iterable[float]) -> float:
    """Return the most that the running sum of gains fell below its highest value, which is 0 at the start."""
    total = highest = deepest = 0.0
    for gain in gains:
        total += gain
        highest = max(highest, total)
        deepest = max(deepest, highest - total)
    return deepest


def relative_drawdown(gains: Iterable[float], start: float) -> float:
    """Return the deepest fall of `start` and gains, as a ratio of what was highest before it.

    Without a start the ratio is to the highest gain alone (infinite where nothing was gained yet).
    """
    total = highest = deepest = 0.0
    for gain in gains:
        total += gain
        highest = max(highest, total)
        best, now = start + highest, start + total
        if now < best:
            deepest = max(deepest, (best - now) / best if best else math.inf)
    return deepest
