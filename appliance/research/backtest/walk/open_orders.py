"""Look after open orders: time-outs, and prices that the strategy wants changed."""

from dataclasses import dataclass

from appliance.domain.decisions.kinds import Kind
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.research.backtest.outcome import Counters
from appliance.research.backtest.walk.cancellations import Cancellations
from appliance.research.backtest.walk.candle import Candle
from appliance.research.backtest.walk.entries import Entries
from appliance.research.backtest.walk.exits import Exits
from appliance.research.backtest.walk.setup import WalkSetup
from appliance.rules.timeouts import timed_out
from appliance.strategy.questions import Questions


@dataclass(kw_only=True, eq=False)
class OpenOrders:
    """Cancel or replace the orders that earlier candles have not filled."""

    setup: WalkSetup
    questions: Questions
    entries: Entries
    exits: Exits
    cancellations: Cancellations
    counters: Counters

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Take over what the strategy says of itself."""
        self._timeout = self.setup.resolved.unfilledtimeout
        self._unit = str(self._timeout.get("unit", "minutes"))
        self._asks_timeout = self.questions.overrides("check_entry_timeout", "check_exit_timeout")
        self._adjusts = self.questions.adjusts_orders

    def end_trade(self, trade: Trade, candle: Candle) -> bool:
        """Look after the open orders of a trade; return whether that leaves nothing of it."""
        for order in [order for order in trade.orders if order.ft_is_open]:
            if self._times_out(trade, order, candle):
                self.setup.note_order(candle, Kind.ORDER_CANCELLED, order, reason="not filled in time")
                if self._cancel_late(trade, order):
                    return True
            elif self._adjusts and self._adjust(trade, order, candle):
                self.counters.canceled_trade_entries += 1
                return True
        return False

    def _times_out(self, trade: Trade, order: Order, candle: Candle) -> bool:
        entering = order.ft_order_side == trade.entry_side
        limit = self._timeout.get("entry" if entering else "exit")
        if limit is not None and timed_out(order, candle.opened, limit, self._unit):
            return True
        return self._asks_timeout and self.questions.times_out(trade, order, candle.opened)

    def _cancel_late(self, trade: Trade, order: Order) -> bool:
        if order.ft_order_side == trade.entry_side:
            self.counters.timedout_entry_orders += 1
            if trade.nr_of_successful_entries == 0:
                return True
        else:
            self.counters.timedout_exit_orders += 1
        self.cancellations.cancel(trade, order)
        return False

    def _adjust(self, trade: Trade, order: Order, candle: Candle) -> bool:
        """Replace an order where the strategy wants another price; return whether the trade ends by that."""
        if candle.opened <= order.order_date:
            return False
        wanted = self.questions.order_price(trade, order, candle.open, candle.opened)
        if wanted == order.ft_price:
            return False
        entering = order.ft_order_side == trade.entry_side
        reason = "replaced by a new order" if wanted else "cancelled by the strategy"
        self.setup.note_order(candle, Kind.ORDER_CANCELLED, order, reason=reason)
        self.cancellations.cancel_for_other(trade, order)
        if not wanted:
            return trade.nr_of_successful_entries == 0
        if entering:
            self.entries.replace(trade, candle, order, wanted)
            self.counters.replaced_entry_orders += 1
        else:
            self.exits.place(trade, candle, wanted, order.safe_remaining, order.ft_order_tag)
            self.counters.replaced_exit_orders += 1
        return not trade.has_open_orders and entering and trade.nr_of_successful_entries == 0
