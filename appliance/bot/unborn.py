"""Remove trades that never came to be, since they would keep their pair and a slot for ever."""

import logging

from appliance.bot.trading import Trading

log = logging.getLogger(__name__)


async def clear_unborn(trading: Trading) -> None:
    """Remove trades between whose orders something came: the end of the program, or a disk that was full.

    Nobody else may be acting: while its order is replaced a trade is without one for a moment.
    """
    for trade in list(trading.book.open.values()):
        empty = trade.amount <= 0 and not trade.nr_of_successful_entries
        if empty and not trade.standing_orders:
            log.warning("Trade %d in %s has no order and holds nothing: removed", trade.id, trade.pair)
            await trading.forget(trade)
