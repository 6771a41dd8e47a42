"""Compare what the database says with what the exchange says, before the first decision."""

import logging

from appliance.bot.fault_points import passing
from appliance.bot.orders import Orders
from appliance.bot.trading import Trading
from appliance.domain.market import ExchangeOrder
from appliance.domain.message import MessageType
from appliance.domain.trade import Trade
from appliance.exchange.client_ids import is_ours

log = logging.getLogger(__name__)

MISSING_RATIO = 0.02
"""What may be missing of a position, as a ratio of it, without being told: fees taken in its own currency."""


async def reconcile(trading: Trading, orders: Orders) -> None:
    """Bring open orders up to date; tell what the exchange has and the books have not, and the reverse.

    Orders of the user and of other bots are left alone. Raises `ExchangeError` while the exchange cannot be
    asked: nothing is decided on half a picture.
    """
    passing("reconcile.begun")
    for trade in list(trading.book.open.values()):
        for order in trade.standing_orders:
            await orders.refresh(trade, order)
            passing("reconcile.refreshed")
    await trading.wallets.purse.refresh()
    for trade in trading.book.open.values():
        _compare_with_account(trading, trade)
    known = {order.order_id for trade in trading.book.open.values() for order in trade.orders}
    for seen in await trading.gateway.fetch_open_orders():
        if is_ours(seen.client_order_id) and seen.id not in known:
            _tell(trading, await _said_of_stray(trading, seen))


async def _said_of_stray(trading: Trading, seen: ExchangeOrder) -> str:
    """Say of an order that bears an id like ours and is in no open trade, what the journal knows of it."""
    line = await trading.store.journal_entry(str(seen.client_order_id))
    order = f"{seen.side} order {seen.id} of {seen.amount:.8g} {seen.pair}"
    if line is None:
        return (
            f"The exchange has a {order} that looks like ours and is not in this database; it is left alone"
        )
    return f"The exchange still has the {order}, which the journal calls {line.state.value}; it is left alone"


def _compare_with_account(trading: Trading, trade: Trade) -> None:
    if trade.amount <= 0 or trade.trading_mode != "spot":
        return
    held = trading.wallets.get_total(trade.safe_base_currency)
    if held < trade.amount * (1 - MISSING_RATIO):
        currency = trade.safe_base_currency
        books = f"Trade {trade.id} holds {trade.amount:.8g} {currency} by the books"
        _tell(trading, f"{books}, and the account has {held:.8g}: look after it by hand")


def _tell(trading: Trading, text: str) -> None:
    log.warning("%s", text)
    trading.announcer.announce(MessageType.WARNING, status=text)
