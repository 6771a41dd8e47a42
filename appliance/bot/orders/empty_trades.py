"""Remove trades without orders and position: they would block their pair and a slot for ever."""

import logging

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.state.books import Books
from appliance.domain.trade import Trade

log = logging.getLogger(__name__)


async def remove_empty_trades(books: Books, mutexes: PairMutexes) -> None:
    """Remove trades that were interrupted between two orders, by a shutdown or a full disk.

    Not while the pair's mutex is held: a trade has no order for a moment while that is replaced.
    """
    for trade in [trade for trade in books.trades.open.values() if _is_empty(trade)]:
        async with mutexes.acting_on(trade.pair):
            if books.trades.has(trade) and _is_empty(trade):
                log.warning("Trade %d in %s has no order and no position: removed", trade.id, trade.pair)
                await books.forget(trade)


def _is_empty(trade: Trade) -> bool:
    return trade.amount <= 0 and not trade.nr_of_successful_entries and not trade.all_open_orders
