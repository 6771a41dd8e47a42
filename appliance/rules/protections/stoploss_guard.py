"""Lock pairs for a while after too many stop losses."""

from typing import Annotated

from appliance.config.documented import doc
from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.enums import ExitType, TradeDirection
from appliance.rules.protections.window import LockWish, Moment, Protection, Trades

_BY_STOP = frozenset(
    kind.value
    for kind in (
        ExitType.STOP_LOSS,
        ExitType.TRAILING_STOP_LOSS,
        ExitType.STOPLOSS_ON_EXCHANGE,
        ExitType.LIQUIDATION,
    )
)


class StoplossGuard(Protection, frozen=True, kw_only=True):
    """Lock the pair, and all pairs, after `trade_limit` recent exits by a stop."""

    trade_limit: Annotated[int, doc("Number of stop losses that sets the lock.", ge=0)] = 10
    only_per_pair: Annotated[bool, doc("Lock only the pair, never all pairs.")] = False
    only_per_side: Annotated[bool, doc("Count and lock long and short trades separately.")] = False
    required_profit: Annotated[float, doc("Count only stops below this profit ratio.")] = 0.0

    def of_pair(self, trades: Trades, moment: Moment) -> LockWish | None:
        return self._decide(self.recent(trades, moment, pair=moment.pair), moment)

    def of_all(self, trades: Trades, moment: Moment) -> LockWish | None:
        return None if self.only_per_pair else self._decide(self.recent(trades, moment), moment)

    def summary(self) -> str:
        return (
            f"{self.name}: stops after {self.trade_limit} stop losses below {self.required_profit:.2%} "
            f"within {self.lookback_in_words()}"
        )

    def _decide(self, recent: list[ClosedTrade], moment: Moment) -> LockWish | None:
        stopped = [trade for trade in recent if self._counts(trade, moment.side)]
        if not stopped or len(stopped) < self.trade_limit:
            return None
        reason = (
            f"{self.trade_limit} stop losses within {self.lookback_minutes(moment)} minutes, "
            f"locked {self.lock_in_words()}"
        )
        side = moment.side if self.only_per_side else "*"
        return LockWish(self.lock_end(stopped, moment), reason, side)

    def _counts(self, trade: ClosedTrade, side: TradeDirection) -> bool:
        """Return whether a trade counts; one without any profit or loss never does."""
        if trade.exit_reason not in _BY_STOP or not trade.close_profit:
            return False
        own_side = "short" if trade.is_short else "long"
        return trade.close_profit < self.required_profit and (not self.only_per_side or own_side == side)
