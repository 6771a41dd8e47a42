"""Query the orders of a trade: which are open, which have filled, how often and when.

The names are those that strategies written for freqtrade read and call.
"""

from datetime import datetime

from appliance.domain.enums import FtOrderSide, OrderSide
from appliance.domain.order import CANCELED_STATUSES, NEW, STOP, UNKNOWN, Order


class WithOrders:
    """Add queries of its orders to a trade. Stop orders on the exchange are listed separately."""

    __slots__ = ()

    is_short: bool
    open_date: datetime
    close_date: datetime | None
    amount: float
    orders: list[Order]

    @property
    def entry_side(self) -> OrderSide:
        return "sell" if self.is_short else "buy"

    @property
    def exit_side(self) -> OrderSide:
        return "buy" if self.is_short else "sell"

    # -- dates -----------------------------------------------------------------------------------------

    @property
    def open_date_utc(self) -> datetime:
        return self.open_date

    @property
    def close_date_utc(self) -> datetime | None:
        return self.close_date

    @property
    def date_last_filled_utc(self) -> datetime:
        """When an order last filled; the open date if none has."""
        dates = [o.order_filled_date for o in self.select_filled_orders() if o.order_filled_date]
        return max([self.open_date, *dates])

    @property
    def date_entry_fill_utc(self) -> datetime | None:
        """When the first entry order filled; None if none has."""
        filled = self.select_filled_orders(self.entry_side)
        return min([o.order_filled_date for o in filled if o.order_filled_date], default=None)

    @property
    def stoploss_last_update_utc(self) -> datetime | None:
        """When the stop order on the exchange was placed; None if there is none."""
        return max([o.order_date for o in self.open_sl_orders], default=None)

    # -- open orders -----------------------------------------------------------------------------------

    @property
    def all_open_orders(self) -> list[Order]:
        """All orders that are open on the exchange, stop orders included.

        Unresolved orders come first: cancelling one by one stops at them, so that a stop order after them
        keeps protecting.
        """
        return sorted((o for o in self.orders if o.ft_is_open), key=lambda o: o.status not in (NEW, UNKNOWN))

    @property
    def unknown_orders(self) -> list[Order]:
        """The orders whose answer was lost: whether the exchange has them is unknown."""
        return [o for o in self.orders if o.ft_is_open and o.status == UNKNOWN]

    @property
    def open_orders(self) -> list[Order]:
        """The entries and exits that are open; without stop orders."""
        return [o for o in self.orders if o.ft_is_open and o.ft_order_side != STOP]

    @property
    def has_open_orders(self) -> bool:
        # Asked for each trade on each candle of a backtest: `any` takes three times as long.
        for order in self.orders:  # noqa: SIM110
            if order.ft_is_open and order.ft_order_side != STOP:
                return True
        return False

    @property
    def has_open_exits(self) -> bool:
        """Whether an exit is open; stop orders do not count."""
        return any(o.ft_order_side == self.exit_side for o in self.open_orders)

    @property
    def open_orders_ids(self) -> list[str]:
        return [o.order_id for o in self.open_orders]

    @property
    def sl_orders(self) -> list[Order]:
        return [o for o in self.orders if o.ft_order_side == STOP]

    @property
    def open_sl_orders(self) -> list[Order]:
        return [o for o in self.orders if o.ft_is_open and o.ft_order_side == STOP]

    @property
    def has_open_sl_orders(self) -> bool:
        return bool(self.open_sl_orders)

    @property
    def has_open_position(self) -> bool:
        return self.amount > 0

    # -- selection ------------------------------------------------------------------------------------

    def select_order(
        self, order_side: FtOrderSide | None = None, is_open: bool | None = None, only_filled: bool = False
    ) -> Order | None:
        """Return the newest order that matches, or None."""
        for order in reversed(self.orders):
            if order_side is not None and order.ft_order_side != order_side:
                continue
            if is_open is not None and order.ft_is_open != is_open:
                continue
            if only_filled and not order.safe_filled:
                continue
            return order
        return None

    def select_order_by_order_id(self, order_id: str) -> Order | None:
        return next((o for o in self.orders if o.order_id == order_id), None)

    def select_filled_orders(self, order_side: FtOrderSide | None = None) -> list[Order]:
        """Return the finished orders that filled, as they were placed."""
        return [
            o
            for o in self.orders
            if not o.ft_is_open and o.safe_filled and (order_side is None or o.ft_order_side == order_side)
        ]

    def select_filled_or_open_orders(self) -> list[Order]:
        return [o for o in self.orders if o.ft_is_open or o.safe_filled]

    # -- counts ----------------------------------------------------------------------------------------

    @property
    def nr_of_successful_entries(self) -> int:
        return len(self.select_filled_orders(self.entry_side))

    @property
    def nr_of_successful_exits(self) -> int:
        return len(self.select_filled_orders(self.exit_side))

    @property
    def nr_of_successful_buys(self) -> int:
        return len(self.select_filled_orders("buy"))

    @property
    def nr_of_successful_sells(self) -> int:
        return len(self.select_filled_orders("sell"))

    @property
    def canceled_exit_order_count(self) -> int:
        return sum(
            1 for o in self.orders if o.ft_order_side == self.exit_side and o.status in CANCELED_STATUSES
        )

    def get_canceled_exit_order_count(self) -> int:
        return self.canceled_exit_order_count

    @property
    def fully_canceled_entry_order_count(self) -> int:
        return sum(
            1
            for o in self.orders
            if o.ft_order_side == self.entry_side and o.status in CANCELED_STATUSES and not o.safe_filled
        )
