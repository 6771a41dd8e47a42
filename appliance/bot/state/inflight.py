"""Own what is known of orders in flight: those whose fate is open, and those whose end is not final yet.

Every line of the journal that is written passes through here, and each start reads them from there again.
Nothing else in the program remembers an order whose fate is asked for.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from appliance.domain.journal import JournalEntry
from appliance.domain.order_state import UNRESOLVED, OrderState
from appliance.domain.trade import Trade
from appliance.rules.order_life import NEVER_SENT, checks_of

MOST_REFUSED = 10
"""So many refused orders are asked for again at a time, one a pair: to ask for one in every place costs an
exchange as much as many other questions, and a key that may not trade has all its orders refused."""


SAME_RATIO = 1e-9
"""Amounts that differ by less, as a ratio, are the same: what floats lose."""


class InFlight(msgspec.Struct):
    """Hold what is known of one order in flight; times in seconds of a clock that cannot be set.

    `since` is when its fate was first asked for (None: it is not), `asked` how long that had lasted when the
    exchange last answered. `checks` are the moments at which an order that has ended is asked for again.
    """

    line: JournalEntry
    since: float | None = None
    asked: float | None = None
    checks: list[float] = []

    @property
    def is_unresolved(self) -> bool:
        return self.line.state in UNRESOLVED

    @property
    def is_refused(self) -> bool:
        return self.line.state is OrderState.REJECTED and self.line.note != NEVER_SENT


class InFlightOrders:
    """Hold every order in flight by its client order id.

    `monotonic` counts seconds, whatever the time of day. `timeout` says how long (s) a lost order may still
    be accepted: nothing that was never sent is asked for again before that. 0 is an exchange that cannot take
    back what it said, the dry-run's.
    """

    def __init__(self, monotonic: Callable[[], float], timeout: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._timeout = timeout
        self._orders: dict[str, InFlight] = {}

    def __len__(self) -> int:
        return len(self._orders)

    def load(self, lines: Iterable[JournalEntry], now: datetime, missed: Collection[str] = ()) -> None:
        """Take over what the journal has from before the start; checks that were due are due now.

        Where all of them were due long ago, the start's comparison of orders stands in for them; only orders
        that it does not reach back to, `missed` (client ids), are asked for once more.
        """
        for line in lines:
            age = max((now - line.updated_at).total_seconds(), 0.0)
            self._note(line, age, missed=line.client_order_id in missed)

    @property
    def lines(self) -> list[JournalEntry]:
        """The journal's lines of all orders in flight."""
        return [order.line for order in self._orders.values()]

    def record(self, lines: Sequence[JournalEntry]) -> Sequence[JournalEntry]:
        """Learn from lines that are being written; return them."""
        for line in lines:
            self._note(line, 0.0)
        return lines

    def holds_back(self, trade: Trade, side: str, amount: float | None = None) -> bool:
        """Return whether an order of `side` must wait because the fate of another of the pair is unknown.

        An entry waits for all. An exit waits for exits only, since what was perhaps bought need not be known
        to sell what is held; and not for one of a part, if its `amount` (base currency) is of the rest.
        """
        lost = [order.line for order in self._orders.values() if order.is_unresolved]
        lost = [line for line in lost if line.pair == trade.pair]
        if side == trade.entry_side:
            return bool(lost)
        exits = [line.amount for line in lost if line.side == side]
        return bool(exits) and (amount is None or sum(exits) + amount > trade.amount * (1 + SAME_RATIO))

    @property
    def pairs(self) -> set[str]:
        """The pairs of which something may come about that the books do not know yet."""
        return {order.line.pair for order in self._orders.values()}

    # -- asking for an order whose fate is open --------------------------------------------------------

    def begin(self, line: JournalEntry) -> float:
        """Start the timeout of an order, unless it runs already; return how long it has run (s)."""
        order = self._orders.setdefault(line.client_order_id, InFlight(line))
        now = self._monotonic()
        if order.since is None:
            order.since = now
        return now - order.since

    def asked(self, key: str) -> float | None:
        """Return how long its fate had been open when the exchange last answered about it."""
        order = self._orders.get(key)
        return order.asked if order else None

    def answered(self, key: str, waited: float) -> None:
        """Note that the exchange has answered about an order whose fate was open for `waited` seconds."""
        if key in self._orders:
            self._orders[key].asked = waited

    def end(self, key: str) -> None:
        """Note that the exchange has reported an order: its fate is not asked for any more."""
        order = self._orders.get(key)
        if order is None:
            return
        order.since = order.asked = None
        if order.line.order_id == key:
            del self._orders[key]  # another program's: the journal does not follow it

    def unresolved(self) -> list[JournalEntry]:
        """Return the lines of orders of which it is not known whether the exchange has them."""
        return [order.line for order in self._orders.values() if order.is_unresolved]

    def ask_again(self, line: JournalEntry, seconds: float) -> None:
        """Ask for an order once more in some seconds that no trade of the books has."""
        self._orders.setdefault(line.client_order_id, InFlight(line)).checks = [self._monotonic() + seconds]

    # -- asking again for what has ended ---------------------------------------------------------------

    def due(self) -> list[JournalEntry]:
        """Return the lines whose orders are to be asked for again now, the longest due first."""
        now = self._monotonic()
        found = [order for order in self._orders.values() if order.checks and order.checks[0] <= now]
        return [order.line for order in sorted(found, key=lambda order: order.checks[0])]

    def checked(self, line: JournalEntry) -> None:
        """Note that an order was asked for again, and that its line says what there is to say."""
        order = self._orders.get(line.client_order_id)
        if order is None or order.line.updated_at != line.updated_at:
            return  # something new was written meanwhile, with checks of its own
        now = self._monotonic()
        order.checks = [at for at in order.checks[1:] if at > now]
        if not order.checks and not order.is_unresolved:
            del self._orders[line.client_order_id]

    def postpone(self, line: JournalEntry, seconds: float) -> None:
        """Ask again for an order in some seconds: there was no answer."""
        order = self._orders.get(line.client_order_id)
        if order is not None and order.checks:
            order.checks[0] = self._monotonic() + seconds

    def _note(self, line: JournalEntry, age: float, *, missed: bool = False) -> None:
        known = self._orders.get(line.client_order_id)
        if line.note is None and known is not None:
            line = msgspec.structs.replace(line, note=known.line.note)  # as the journal keeps it
        order = InFlight(line, checks=self._moments(line, checks_of(line), age, missed))
        if known is not None:
            order.since, order.asked = known.since, known.asked
        if order.is_unresolved and order.since is None:
            order.since = self._monotonic()
        if not (order.checks or _is_open(line)):
            self._orders.pop(line.client_order_id, None)
        else:
            self._orders[line.client_order_id] = order

    def _moments(self, line: JournalEntry, after: Sequence[float], age: float, missed: bool) -> list[float]:
        timeout = self._timeout()
        if not after or not timeout or (_is_refused(line) and not self._has_room_for(line)):
            return []
        least = timeout if line.note == NEVER_SENT else 0.0
        now = self._monotonic()
        moments = [now - age + max(seconds, least) for seconds in after]
        if moments[-1] <= now:
            return [now] if missed else []
        return [*([now] if moments[0] <= now else []), *(at for at in moments if at > now)]

    def _has_room_for(self, refused: JournalEntry) -> bool:
        """Return whether a refused order is asked for again: the first of its pair, and of few at a time."""
        waiting = [
            order.line.pair
            for key, order in self._orders.items()
            if order.is_refused and order.checks and key != refused.client_order_id
        ]
        return refused.pair not in waiting and len(waiting) < MOST_REFUSED


def _is_open(line: JournalEntry) -> bool:
    return line.state in UNRESOLVED or line.state in (OrderState.ACKNOWLEDGED, OrderState.PARTIALLY_FILLED)


def _is_refused(line: JournalEntry) -> bool:
    return line.state is OrderState.REJECTED and line.note != NEVER_SENT
