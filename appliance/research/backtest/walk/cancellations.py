"""Cancel open orders of a walk. A cancelled order leaves its trade, as in freqtrade's backtests."""

from dataclasses import dataclass

from appliance.domain.enums import OrderSide
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.research.backtest.outcome import Counters


@dataclass(frozen=True)
class Cancellations:
    """Cancel orders, and count them."""

    counters: Counters

    def cancel(self, trade: Trade, order: Order) -> None:
        """Take an order out of its trade."""
        trade.orders = [one for one in trade.orders if one is not order]

    def cancel_for_other(self, trade: Trade, order: Order) -> None:
        """Take an order out because another one, or none, is wanted in its place."""
        if order.ft_order_side == trade.entry_side:
            self.counters.canceled_entry_orders += 1
        else:
            self.counters.canceled_exit_orders += 1
        self.cancel(trade, order)

    def is_similar_open(self, trade: Trade, price: float, amount: float, side: OrderSide) -> bool:
        """Return whether the same order is open already; any other open order is cancelled then."""
        if not trade.has_open_orders:
            return False
        same = trade.select_order(side, True)
        if same is not None and same.price == price and same.amount == amount:
            return True
        for order in trade.open_orders:
            self.cancel_for_other(trade, order)
        return False
