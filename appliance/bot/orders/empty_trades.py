"""Remove trades that never came to be, since they would keep their pair and a slot for ever."""

import logging

from appliance.bot.state.context import Trading
from appliance.domain.trade import Trade

log = logging.getLogger(__name__)


async def remove_empty_trades(trading: Trading) -> None:
    """Remove trades between whose orders something came: the end of the program, or a disk that was full.

    Not while somebody acts on the pair: while its order is replaced a trade is without one for a moment.
    """
    for trade in [trade for trade in trading.book.open.values() if _is_unborn(trade)]:
        async with trading.acting_on(trade.pair):
            if trading.book.has(trade) and _is_unborn(trade):
                log.warning("Trade %d in %s has no order and holds nothing: removed", trade.id, trade.pair)
                await trading.forget(trade)


def _is_unborn(trade: Trade) -> bool:
    return trade.amount <= 0 and not trade.nr_of_successful_entries and not trade.all_open_orders
