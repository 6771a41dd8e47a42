"""Recheck orders that have ended: exchanges correct their reports later."""

import logging
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.recovery.adoption import Adoption
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.inflight import InFlightOrders
from appliance.domain.errors import (
    ExchangeError,
    OrderNotFound,
    PairNotFound,
    StorageError,
    TemporaryExchangeError,
    UnwritableRecord,
)
from appliance.domain.journal import JournalEntry
from appliance.domain.order_state import UNRESOLVED, OrderState
from appliance.domain.timeframe import to_ms
from appliance.exchange.gateway import Gateway
from appliance.rules.order_life import NEVER_SENT

log = logging.getLogger(__name__)

AGAIN_SECONDS = 5.0
"""The pause after which an order is rechecked if the exchange did not answer."""
MARGIN = timedelta(minutes=1)
"""How far the clocks of the exchange and this machine may differ."""
MOST_PAIRS = 2
"""The most pairs whose orders are listed in a cycle: lists have a high weight in rate limits."""
MOST_AT_ONCE = 10
"""The most orders that are rechecked in a cycle: trading must not wait for them."""


@dataclass(kw_only=True, eq=False)
class Rechecks:
    """Recheck the orders that have ended according to the journal, when that is due."""

    clock: Clock
    books: Books
    gateway: Gateway
    inflight: InFlightOrders
    mutexes: PairMutexes
    adoption: Adoption

    async def run(self) -> None:
        """Recheck what is due. After the first error the rest waits for the next cycle: the protection of
        open trades must not wait for an exchange that does not answer."""
        due = self.inflight.due()
        filled = [line for line in due if line.state is OrderState.FILLED]
        ended = [line for line in due if line.state is not OrderState.FILLED]
        pairs = list(dict.fromkeys(line.pair for line in filled))[:MOST_PAIRS]
        for lines in [*([line] for line in ended[:MOST_AT_ONCE]), *(_of(pair, filled) for pair in pairs)]:
            if not await self._is_checked(lines[0]):
                return
            for line in lines:
                self.inflight.checked(line)

    async def _is_checked(self, line: JournalEntry) -> bool:
        """Recheck an order; return False if there was no answer and it is rechecked later."""
        try:
            async with self.mutexes.acting_on(line.pair):
                await self._check(line)
        except UnwritableRecord as error:
            log.warning("The outcome of order %s cannot be saved: %s", line.client_order_id, error)
        except PairNotFound as error:  # there will never be an answer: do not block the others
            log.warning("The outcome of order %s is unknown: %s", line.client_order_id, error)
        except (ExchangeError, StorageError) as error:
            log.info("Order %s is rechecked later: %s", line.client_order_id, error)
            if isinstance(error, StorageError):
                self.books.pending.failed(error)
            self.inflight.postpone(line, AGAIN_SECONDS)
            return False
        return True

    async def _check(self, line: JournalEntry) -> None:
        if line.state is OrderState.FILLED:
            await self._compare(line)
        elif line.state is OrderState.CANCELLED and line.order_id:
            await self._check_ended(line, line.order_id)
        else:
            await self._check_missing(line)

    async def _compare(self, line: JournalEntry) -> None:
        """Reconcile the orders of a pair since this one was placed: the request may have arrived twice."""
        since = line.created_at - MARGIN
        try:
            listed = await self.gateway.fetch_orders_since(line.pair, to_ms(since))
        except TemporaryExchangeError:
            raise
        except ExchangeError as error:
            log.info("Orders of %s cannot be compared: %s", line.pair, error)
            return
        for seen in listed:
            await self.adoption.reconcile(seen)

    async def _check_ended(self, line: JournalEntry, order_id: str) -> None:
        try:
            seen = await self.gateway.fetch_order(order_id, line.pair)
        except OrderNotFound:
            return  # exchanges forget what was cancelled unfilled
        except TemporaryExchangeError:
            raise
        except ExchangeError as error:
            log.info("Order %s of %s cannot be rechecked: %s", order_id, line.pair, error)
            return
        await self.adoption.reconcile(seen)

    async def _check_missing(self, line: JournalEntry) -> None:
        found = await self.gateway.find_order(line.client_order_id, line.pair, to_ms(line.created_at))
        if found is not None:
            await self.adoption.adopt_found(found)
        elif line.state in UNRESOLVED:
            await self.give_up(line)

    async def give_up(self, line: JournalEntry) -> None:
        """Record that an order that only the journal has is nowhere on the exchange."""
        lost = msgspec.structs.replace(
            line, state=OrderState.REJECTED, note=NEVER_SENT, updated_at=self.clock.now()
        )
        self.inflight.record([lost])
        await self.books.store.journal.put(lost)


def _of(pair: str, lines: list[JournalEntry]) -> list[JournalEntry]:
    """Return the lines of a pair, oldest order first."""
    return sorted((line for line in lines if line.pair == pair), key=lambda line: line.created_at)
