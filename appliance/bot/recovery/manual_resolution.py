"""Resolve an unknown order manually: the exchange is always asked first."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.concurrency.shutdown_gate import ShutdownGate, commanded
from appliance.bot.orders.placing import Orders
from appliance.bot.state.audit import commander
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.inflight import InFlightOrders
from appliance.domain.errors import ExchangeError, NotFound, OrderNotFound, Refused, TemporaryExchangeError
from appliance.domain.journal import JournalChoice, JournalEntry, state_of
from appliance.domain.market import ExchangeOrder
from appliance.domain.message import MessageType
from appliance.domain.order import Order
from appliance.domain.order_state import UNRESOLVED, OrderState
from appliance.domain.trade import Trade
from appliance.exchange.gateway import Gateway
from appliance.rules.manual_resolution import Claim, in_words, objections
from appliance.rules.resolution import Evidence
from appliance.storage.tables.journal import JournalPage

log = logging.getLogger(__name__)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what the exchange reports about an order; `trouble` is why it could not be asked.

    `patience` (s) is how long a lost request may still be accepted by the exchange.
    """

    evidence: Evidence | None
    trouble: str | None
    patience: float

    @property
    def in_words(self) -> str:
        if self.evidence is None:
            return f"The exchange cannot be asked: {self.trouble}"
        if self.evidence.found is not None:
            return f"The exchange has it: {in_words(self.evidence.found)}"
        left = self.patience - self.evidence.waited
        if left > 0:
            return f"The exchange does not have it, and may still accept it for another {left:.0f} s"
        return "The exchange does not have it, and a request on its way would no longer be accepted"


@dataclass(kw_only=True, eq=False)
class ManualResolution:
    """Read the order journal, and resolve its lines manually."""

    gate: ShutdownGate
    clock: Clock
    books: Books
    gateway: Gateway
    inflight: InFlightOrders
    mutexes: PairMutexes
    events: EventBus
    orders: Orders

    async def page(
        self, states: Sequence[OrderState] = (), pair: str | None = None, limit: int = 50, offset: int = 0
    ) -> JournalPage:
        """Return one page of the journal, newest first; empty `states` mean all."""
        return await self.books.store.journal.page(states, pair, limit, offset)

    async def chosen(self, choice: JournalChoice, limit: int, offset: int = 0) -> JournalPage:
        """Return one page of the chosen lines of the journal, newest first."""
        return await self.books.store.journal.chosen(choice, limit, offset)

    async def line(self, client_order_id: str) -> JournalEntry:
        """Return a line of the journal. Raises `NotFound`."""
        found = await self.books.store.journal.entry(client_order_id)
        if found is None:
            raise NotFound(f"The journal has no order {client_order_id[:64]}")
        return found

    @commanded
    async def ask(self, entry: JournalEntry) -> Seen:
        """Ask the exchange about an unresolved order. Raises `Refused` for one that is resolved."""
        if entry.state not in UNRESOLVED:
            raise Refused(f"what became of the order is known already: it is {entry.state.value}")
        try:
            evidence, trouble = await self.orders.evidence(entry), None
        except ExchangeError as error:
            evidence, trouble = None, str(error)
        return Seen(evidence=evidence, trouble=trouble, patience=self.gateway.settling_seconds)

    @commanded
    async def resolve(
        self, client_order_id: str, claim: Claim, *, exchange_id: str | None = None, force: bool = False
    ) -> tuple[JournalEntry, Seen]:
        """Resolve an order as a person claims, unless the exchange contradicts; `force` overrides that.

        `exchange_id` names the order to adopt; default: the one that the exchange has under the client order
        id. Even with `force`, an order that the exchange does not have is not adopted. Returns the resulting
        journal line, and what the exchange reported. Raises `NotFound`, `Refused`, `ExchangeError`.
        """
        async with self.mutexes.acting_on((await self.line(client_order_id)).pair):
            entry = await self.line(client_order_id)
            seen = await self.ask(entry)
            named = await self._named(entry, claim, exchange_id, seen)
            against = objections(claim, entry, seen.evidence, named, seen.patience)
            if against and not force:
                raise Refused(f"{'; '.join(against)}. To do it anyway, force it")
            note = f"resolved manually by {commander().who}: {claim.value}"
            note += f", though {'; '.join(against)}" if against else ""
            await self._carry_out(entry, named, note)
        self._warn(f"The lost order of {entry.pair} ({entry.client_order_id}) is {note}")
        return await self.line(client_order_id), seen

    async def _named(
        self, entry: JournalEntry, claim: Claim, exchange_id: str | None, seen: Seen
    ) -> ExchangeOrder | None:
        """Return the order to adopt as the exchange has it; None for other claims."""
        if claim is not Claim.ADOPT:
            if exchange_id is not None:
                raise Refused("an exchange id can be given with adopt only")
            return None
        if exchange_id is None:
            found = seen.evidence.found if seen.evidence else None
            if found is None:
                raise Refused(f"{seen.in_words}. Name the order's id on the exchange to adopt it")
            return found
        owner = await self.books.store.trade_with_order(entry.pair, exchange_id)
        if owner is not None:
            raise Refused(f"order {exchange_id} belongs to trade {owner} already")
        unknown = Refused(f"{self.gateway.name} knows no order {exchange_id[:64]} of {entry.pair}")
        try:
            named = await self.gateway.fetch_order(exchange_id, entry.pair)
        except OrderNotFound:
            raise unknown from None
        except TemporaryExchangeError:
            raise
        except ExchangeError as error:
            why = f"{self.gateway.name} has no answer about order {exchange_id[:64]}: {error}"
            raise Refused(why) from None
        if named.pair != entry.pair:
            raise unknown
        return named

    async def _carry_out(self, entry: JournalEntry, named: ExchangeOrder | None, note: str) -> None:
        owner = self._owner(entry.client_order_id)
        if owner is None:
            await self._close_line(entry, named, note)
        elif named is None:
            await self.orders.resolve_as_unsent(*owner, note)
        else:
            await self.orders.resolve_as_placed(*owner, named, note)

    async def _close_line(self, entry: JournalEntry, named: ExchangeOrder | None, note: str) -> None:
        """Resolve a line whose trade was deleted; its position, if any, belongs to the user."""
        if named is not None and named.is_open:
            raise Refused(f"its trade is gone and the order is open: cancel {named.id} on the exchange first")
        closed = msgspec.structs.replace(
            entry,
            state=OrderState.REJECTED if named is None else state_of(named),
            order_id=entry.order_id if named is None else named.id,
            note=f"{note}; no trade of the books has it",
            updated_at=self.clock.now(),
        )
        self.inflight.record([closed])
        await self.books.store.journal.put(closed)

    def _owner(self, client_order_id: str) -> tuple[Trade, Order] | None:
        for trade in self.books.trades.open.values():
            for order in trade.all_open_orders:
                if order.client_order_id == client_order_id:
                    return trade, order
        return None

    def _warn(self, text: str) -> None:
        log.warning("%s", text)
        self.events.emit(MessageType.WARNING, status=text)
