"""Resolve orders whose fate is not known, by asking the exchange."""

from dataclasses import dataclass

from appliance.bot.state.clock import Clock
from appliance.bot.state.inflight import InFlightOrders
from appliance.domain.journal import JournalEntry, journal_entry
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import Order
from appliance.domain.timeframe import to_ms
from appliance.exchange.gateway import Gateway
from appliance.rules.resolution import Evidence, Verdict, asks_again, forgetting_seconds, settle_unknown


@dataclass(kw_only=True, eq=False)
class Resolution:
    """Ask about each order until it is resolved. All methods raise `ExchangeError`."""

    clock: Clock
    gateway: Gateway
    inflight: InFlightOrders

    async def evidence(self, line: JournalEntry) -> Evidence:
        """Return what the exchange reports about an order with a client order id of ours."""
        waited = self.inflight.begin(
            line
        )  # before asking: that takes long, and the order may arrive meanwhile
        since_ms = to_ms(line.created_at)
        found = await self.gateway.find_order(line.client_order_id, line.pair, since_ms)
        self.inflight.answered(line.client_order_id, waited)
        return Evidence(found=found, complete=True, waited=waited)

    async def of_lost(self, order: Order) -> tuple[Verdict, ExchangeOrder | None]:
        """Return the verdict on an order whose answer was lost."""
        return await self._judged(order, self.gateway.settling_seconds)

    async def of_missing(self, order: Order) -> tuple[Verdict, ExchangeOrder | None]:
        """Return the verdict on an order that the exchange had and no longer finds by its id."""
        return await self._judged(order, forgetting_seconds(self.gateway.settling_seconds))

    async def _judged(self, order: Order, longest_wait: float) -> tuple[Verdict, ExchangeOrder | None]:
        line = journal_entry(order, self.clock.now())
        key = line.client_order_id
        waited = self.inflight.begin(line)
        if not asks_again(self.inflight.asked(key), waited, longest_wait):
            return Verdict.WAIT, None
        if order.client_order_id:
            evidence = await self.evidence(line)
        else:  # another program placed it: it can only be looked up by its id
            evidence = Evidence(found=None, complete=True, waited=waited)
        verdict = settle_unknown(evidence, longest_wait)
        if verdict is not Verdict.WAIT:
            self.inflight.end(key)
        return verdict, evidence.found
