"""Hold the orders in flight: those that are unresolved, and those whose end is not final yet.

Every journal line passes through here when it is written, and each start loads them from the journal.
Nothing else in the program remembers unresolved orders.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from appliance.domain.journal import JournalEntry
from appliance.domain.order_state import UNRESOLVED, OrderState
from appliance.domain.trade import Trade
from appliance.rules.order_life import NEVER_SENT, checks_of

MOST_REFUSED = 10
"""The most refused orders that are rechecked at a time, one per pair: a complete search has a high weight in
rate limits, and with a key that may not trade all orders are refused."""

SAME_RATIO = 1e-9
"""Amounts that differ by a smaller ratio are equal: rounding errors of floats."""


class InFlight(msgspec.Struct):
    """Hold what is known about one order in flight; times in seconds of a monotonic clock.

    `since` is when its resolution began (None: it has not), `asked` how long that had taken when the exchange
    last answered. `checks` are the times of the rechecks of an order that has ended.
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

    `monotonic` counts seconds. `timeout` returns for how long (s) a lost order may still be accepted: orders
    noted as never sent are not rechecked before that. 0 is an exchange whose reports are final, the dry-run
    exchange.
    """

    def __init__(self, monotonic: Callable[[], float], timeout: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._timeout = timeout
        self._orders: dict[str, InFlight] = {}

    def __len__(self) -> int:
        return len(self._orders)

    def load(self, lines: Iterable[JournalEntry], now: datetime, missed: Collection[str] = ()) -> None:
        """Load the journal lines from before the start; overdue rechecks are due now.

        If all rechecks of an order are overdue, the reconciliation at the start replaces them; only orders
        that it does not reach back to, `missed` (client order ids), are rechecked once.
        """
        for line in lines:
            age = max((now - line.updated_at).total_seconds(), 0.0)
            self._note(line, age, missed=line.client_order_id in missed)

    @property
    def lines(self) -> list[JournalEntry]:
        """The journal lines of all orders in flight."""
        return [order.line for order in self._orders.values()]

    def record(self, lines: Sequence[JournalEntry]) -> Sequence[JournalEntry]:
        """Learn from lines that are being written; return them."""
        for line in lines:
            self._note(line, 0.0)
        return lines

    def holds_back(self, trade: Trade, side: str, amount: float | None = None) -> bool:
        """Return whether an order of `side` must wait for another, unknown order of the pair.

        An entry waits for all. An exit waits for exits only: the position can be sold without knowing whether
        more was bought. It does not wait for a partial one if its `amount` (base currency) is in the rest.
        """
        lost = [order.line for order in self._orders.values() if order.is_unresolved]
        lost = [line for line in lost if line.pair == trade.pair]
        if side == trade.entry_side:
            return bool(lost)
        exits = [line.amount for line in lost if line.side == side]
        return bool(exits) and (amount is None or sum(exits) + amount > trade.amount * (1 + SAME_RATIO))

    @property
    def pairs(self) -> set[str]:
        """The pairs with orders in flight: the books may not know everything about them yet."""
        return {order.line.pair for order in self._orders.values()}

    # -- resolving unknown orders ----------------------------------------------------------------------

    def begin(self, line: JournalEntry) -> float:
        """Start the timeout of an order, unless it is running; return for how long it has run (s)."""
        order = self._orders.setdefault(line.client_order_id, InFlight(line))
        now = self._monotonic()
        if order.since is None:
            order.since = now
        return now - order.since

    def asked(self, key: str) -> float | None:
        """Return for how long it had been unresolved when the exchange last answered about it."""
        order = self._orders.get(key)
        return order.asked if order else None

    def answered(self, key: str, waited: float) -> None:
        """Note that the exchange has answered about an order that was unresolved for `waited` seconds."""
        if key in self._orders:
            self._orders[key].asked = waited

    def end(self, key: str) -> None:
        """Note that the exchange has reported an order: it is resolved."""
        order = self._orders.get(key)
        if order is None:
            return
        order.since = order.asked = None
        if order.line.order_id == key:
            del self._orders[key]  # another program's: it is not in the journal

    def unresolved(self) -> list[JournalEntry]:
        """Return the lines of unresolved orders."""
        return [order.line for order in self._orders.values() if order.is_unresolved]

    def ask_again(self, line: JournalEntry, seconds: float) -> None:
        """Recheck in `seconds` an order that belongs to no trade of the books."""
        self._orders.setdefault(line.client_order_id, InFlight(line)).checks = [self._monotonic() + seconds]

    # -- rechecking orders that have ended -------------------------------------------------------------

    def due(self) -> list[JournalEntry]:
        """Return the lines of orders to be rechecked now, longest overdue first."""
        now = self._monotonic()
        found = [order for order in self._orders.values() if order.checks and order.checks[0] <= now]
        return [order.line for order in sorted(found, key=lambda order: order.checks[0])]

    def checked(self, line: JournalEntry) -> None:
        """Note that an order was rechecked, and that its line is up to date."""
        order = self._orders.get(line.client_order_id)
        if order is None or order.line.updated_at != line.updated_at:
            return  # a newer line was written meanwhile, with its own rechecks
        now = self._monotonic()
        order.checks = [at for at in order.checks[1:] if at > now]
        if not order.checks and not order.is_unresolved:
            del self._orders[line.client_order_id]

    def postpone(self, line: JournalEntry, seconds: float) -> None:
        """Recheck an order in `seconds`: there was no answer."""
        order = self._orders.get(line.client_order_id)
        if order is not None and order.checks:
            order.checks[0] = self._monotonic() + seconds

    def _note(self, line: JournalEntry, age: float, *, missed: bool = False) -> None:
        known = self._orders.get(line.client_order_id)
        if line.note is None and known is not None:
            line = msgspec.structs.replace(line, note=known.line.note)  # as in the journal
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
        """Return whether a refused order is rechecked: only one per pair, and few at a time."""
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
