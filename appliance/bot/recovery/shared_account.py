"""Detect positions and orders of another database of this program in the account, by their mark."""

from collections import defaultdict
from dataclasses import dataclass

from appliance.bot.state.books import Books
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.inflight import InFlightOrders
from appliance.domain.errors import ConfigurationError
from appliance.domain.market import ExchangeOrder
from appliance.exchange.client_ids import is_ours
from appliance.exchange.gateway import Gateway

_LEAST_RATIO = 0.02
"""The part of what was bought that must be left to count as a position: less is fees and dust."""


@dataclass(kw_only=True, eq=False)
class OtherDatabases:
    """Add up what orders with other marks have bought and sold, over all orders seen at the start."""

    books: Books
    gateway: Gateway
    inflight: InFlightOrders
    events: EventBus

    def __post_init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()
        self._bought: defaultdict[str, float] = defaultdict(float)
        self._sold: defaultdict[str, float] = defaultdict(float)
        self._with_open_orders: set[str] = set()

    def note(self, order: ExchangeOrder) -> None:
        """Take an order into account, once."""
        theirs = is_ours(order.client_order_id) and not is_ours(order.client_order_id, self.books.order_mark)
        if not theirs or (order.pair, order.id) in self._seen:
            return
        self._seen.add((order.pair, order.id))
        (self._bought if order.side == "buy" else self._sold)[order.pair] += order.filled
        if order.status == "open":
            self._with_open_orders.add(order.pair)

    @property
    def pairs(self) -> list[str]:
        """The pairs in which another database seems to have a position or open orders."""
        open_pairs = {
            pair
            for pair in {*self._bought, *self._sold}
            if abs(self._bought[pair] - self._sold[pair])
            > _LEAST_RATIO * max(self._bought[pair], self._sold[pair])
        }
        return sorted(open_pairs | self._with_open_orders)

    def report(self, *, is_named: bool) -> None:
        """Report them. Raises `ConfigurationError` if this database is new and was not named."""
        if not self.pairs:
            return
        words = (
            f"Another database of this program has orders or positions on this account of"
            f" {self.gateway.name}: {', '.join(self.pairs)}"
        )
        is_new = not self.books.trades.open and not self.books.trades.closed and not self.inflight.lines
        if is_new and not is_named:
            raise ConfigurationError(
                f"{words}, and {self.books.store.name} is a new one: name that database with --db-url"
                " sqlite:////path/of/the/file or the key db_url, or this one if a second bot is meant"
            )
        self.events.warn(f"{words}. They are left alone; if no other bot is running, nothing manages them")
