"""Notice what another database of this program has begun on the account: its orders bear its mark."""

from collections import defaultdict

from appliance.bot.orders.events import warn
from appliance.bot.state.context import Trading
from appliance.domain.errors import ConfigurationError
from appliance.domain.market import ExchangeOrder
from appliance.exchange.client_ids import is_ours

_LEAST_RATIO = 0.02
"""What is left of a position, as a part of what was bought, to count as one: less is fees and dust."""


class OtherBooks:
    """Add up what orders with other marks have bought and sold, of all that the start is shown."""

    def __init__(self, trading: Trading) -> None:
        self._t = trading
        self._seen: set[tuple[str, str]] = set()
        self._bought: defaultdict[str, float] = defaultdict(float)
        self._sold: defaultdict[str, float] = defaultdict(float)
        self._standing: set[str] = set()

    def note(self, order: ExchangeOrder) -> None:
        """Take an order into account, once."""
        theirs = is_ours(order.client_order_id) and not is_ours(order.client_order_id, self._t.order_mark)
        if not theirs or (order.pair, order.id) in self._seen:
            return
        self._seen.add((order.pair, order.id))
        (self._bought if order.side == "buy" else self._sold)[order.pair] += order.filled
        if order.status == "open":
            self._standing.add(order.pair)

    @property
    def pairs(self) -> list[str]:
        """The pairs in which another database seems to have a position, or orders that stand."""
        open_pairs = {
            pair
            for pair in {*self._bought, *self._sold}
            if abs(self._bought[pair] - self._sold[pair])
            > _LEAST_RATIO * max(self._bought[pair], self._sold[pair])
        }
        return sorted(open_pairs | self._standing)

    def tell(self, *, told: bool) -> None:
        """Say so. Raises `ConfigurationError` where this database is a new one that nobody has named."""
        if not self.pairs:
            return
        words = (
            f"Another database of this program has orders or positions on this account of"
            f" {self._t.gateway.name}: {', '.join(self.pairs)}"
        )
        is_new = not self._t.book.open and not self._t.book.closed and not self._t.inflight.lines
        if is_new and not told:
            raise ConfigurationError(
                f"{words}, and {self._t.store.name} is a new one: name that database with --db-url"
                " sqlite:////path/of/the/file or the key db_url, or this one if a second bot is meant"
            )
        warn(self._t, f"{words}. They are left alone; should there be no other bot, nobody looks after them")
