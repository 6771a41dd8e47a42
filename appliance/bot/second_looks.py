"""Look at orders again that seemed to be over and done with: exchanges take back what they said."""

import logging

import msgspec

from appliance.bot.adopting import Adoption
from appliance.bot.orders import NEVER_SENT, Orders
from appliance.bot.trading import Trading
from appliance.domain.errors import ExchangeError, StorageError, TemporaryExchangeError
from appliance.domain.journal import JournalEntry, JournalState

log = logging.getLogger(__name__)

NEVER_SENT_AFTER = (60.0, 300.0, 1800.0)
"""After how many seconds each to ask again for an order that seemed never to have reached the exchange."""
CANCELLED_AFTER = (10.0, 60.0)
"""The same for one that was cancelled: what it filled last may be told late."""
REFUSED_AFTER = (5.0, 60.0)
"""The same for one that was refused: a request that arrives twice, sent again by what stands between, is
taken the first time, and what we hear is the answer to the second: there is nothing left to sell."""
MOST_REFUSED = 10
"""So many refused orders wait for that at most, one a pair: to ask for one in every place costs an exchange
as much as many other questions, and a key that may not trade has all its orders refused."""


class SecondLooks:
    """Ask again, later, for orders that were not found, and for those that were cancelled.

    An exchange that tells of its own orders and fills only after minutes would otherwise have more of them
    than the books.
    """

    def __init__(self, trading: Trading, orders: Orders, adoption: Adoption) -> None:
        self._t = trading
        self._orders = orders
        self.adoption = adoption
        self._due: list[tuple[float, JournalEntry, tuple[float, ...]]] = []

    def _remember(self, line: JournalEntry, after: tuple[float, ...], *, at_least: float = 0.0) -> None:
        self._due.append((self._t.ticks() + max(after[0], at_least), line, after[1:]))

    def _has_room_for(self, refused: JournalEntry) -> bool:
        """Tell whether a refused order is asked for again: the first of its pair, and of few at a time."""
        waiting = [line.pair for _, line, _ in self._due if _is_refused(line)]
        return refused.pair not in waiting and len(waiting) < MOST_REFUSED

    async def look(self) -> None:
        """Look again where it is time to. With the first trouble the rest is left to the next cycle: whoever
        protects what is open must not wait for an exchange that does not answer."""
        questions, patience = self._orders.questions, self._t.gateway.settling_seconds
        while questions.never_sent:
            self._remember(questions.never_sent.pop(), NEVER_SENT_AFTER, at_least=patience)
        while questions.refused:
            line = questions.refused.pop(0)
            if line.note == NEVER_SENT:
                self._remember(line, NEVER_SENT_AFTER, at_least=patience)
            elif self._has_room_for(line):
                self._remember(line, REFUSED_AFTER)
        while questions.cancelled:
            self._remember(questions.cancelled.pop(), CANCELLED_AFTER)
        now = self._t.ticks()
        for due in [each for each in self._due if each[0] <= now]:
            at, line, later = due
            try:
                async with self._t.acting_on(line.pair):
                    await self._look_at(line)
            except (ExchangeError, StorageError) as error:
                log.info("Order %s is asked for again later: %s", line.client_order_id, error)
                if isinstance(error, StorageError):
                    self._t.unsaved.failed(error)
                self._due.remove(due)
                self._due.append(due)
                return
            self._due.remove(due)
            if later:
                self._due.append((at + later[0], line, later[1:]))

    async def _look_at(self, line: JournalEntry) -> None:
        if line.state is JournalState.CANCELLED:
            await self._look_at_cancelled(line)
        else:
            await self._look_for(line)

    async def _look_at_cancelled(self, line: JournalEntry) -> None:
        try:
            seen = await self._t.gateway.fetch_order(str(line.order_id), line.pair)
        except TemporaryExchangeError:
            raise
        except ExchangeError as error:
            log.info("Order %s is not looked at again: %s", line.order_id, error)
            return
        await self.adoption.look_at_grown(seen, line)

    async def _look_for(self, line: JournalEntry) -> None:
        sent_ms = int(line.created_at.timestamp() * 1000)
        found = await self._t.gateway.find_order(line.client_order_id, line.pair, sent_ms)
        if found is not None:
            await self.adoption.take(found)
        elif line.state is not JournalState.REJECTED:
            rejected = msgspec.structs.replace(
                line, state=JournalState.REJECTED, note=NEVER_SENT, updated_at=self._t.now()
            )
            await self._t.store.note_in_journal(rejected)
        self._orders.forget(line.client_order_id)


def _is_refused(line: JournalEntry) -> bool:
    return line.state is JournalState.REJECTED and line.note != NEVER_SENT
