"""Remove trades that have no order and hold nothing: they would block their pair and a slot for ever."""

import logging

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.state.books import Books
from appliance.domain.trade import Trade

log = logging.getLogger(__name__)


async def remove_empty_trades(books: Books, mutexes: PairMutexes) -> None:
    """Remove trades between whose orders something came: the end of the program, or a disk that was full.

    Not while the pair's mutex is held: while its order is replaced a trade is without one for a moment.
    """
    for trade in [trade for trade in books.trades.open.values() if _is_empty(trade)]:
        async with mutexes.acting_on(trade.pair):
            if books.trades.has(trade) and _is_empty(trade):
                log.warning("Trade %d in %s has no order and holds nothing: removed", trade.id, trade.pair)
                await books.forget(trade)


def _is_empty(trade: Trade) -> bool:
    return trade.amount <= 0 and not trade.nr_of_successful_entries and not trade.all_open_orders
