"""Leave a pair alone that has earned too little lately."""

from typing import Annotated

from appliance.config.documented import doc
from appliance.rules.protections.window import LockWish, Moment, Protection, Trades


class LowProfitPairs(Protection, frozen=True, kw_only=True):
    """Lock the pair when the profit ratios of its trades of the while sum up to less than is required."""

    trade_limit: Annotated[int, doc("Least number of trades to judge by.", ge=0)] = 1
    required_profit: Annotated[float, doc("Sum of profit ratios that is asked for.")] = 0.0
    only_per_side: Annotated[bool, doc("Sum up and lock longs and shorts apart.")] = False

    def of_pair(self, trades: Trades, moment: Moment) -> LockWish | None:
        recent = self.recent(trades, moment, pair=moment.pair)
        if not recent or len(recent) < self.trade_limit:
            return None
        short = moment.side == "short"
        profit = sum(
            trade.close_profit for trade in recent if not self.only_per_side or trade.is_short == short
        )
        if profit >= self.required_profit:
            return None
        reason = (
            f"{profit} < {self.required_profit} within {self.lookback_in_words()}, "
            f"locked {self.lock_in_words()}"
        )
        return LockWish(self.lock_end(recent, moment), reason, moment.side if self.only_per_side else "*")

    def summary(self) -> str:
        return (
            f"{self.name}: leaves pairs alone that earn less than {self.required_profit} "
            f"within {self.lookback_in_words()}"
        )
