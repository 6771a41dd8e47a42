"""Lock pairs with too little profit."""

from typing import Annotated

from appliance.config.documented import doc
from appliance.domain.money import float_sum
from appliance.rules.protections.window import LockWish, Moment, Protection, Trades


class LowProfitPairs(Protection, frozen=True, kw_only=True):
    """Lock the pair if the profit ratios of its recent trades add up to less than `required_profit`."""

    trade_limit: Annotated[int, doc("Minimum number of trades to decide on.", ge=0)] = 1
    required_profit: Annotated[float, doc("Required sum of profit ratios.")] = 0.0
    only_per_side: Annotated[bool, doc("Count and lock long and short trades separately.")] = False

    def of_pair(self, trades: Trades, moment: Moment) -> LockWish | None:
        recent = self.recent(trades, moment, pair=moment.pair)
        if not recent or len(recent) < self.trade_limit:
            return None
        short = moment.side == "short"
        profit = float_sum(
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
            f"{self.name}: locks pairs with a profit below {self.required_profit} "
            f"within {self.lookback_in_words()}"
        )
