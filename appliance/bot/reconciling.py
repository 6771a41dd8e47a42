"""Compare what the database says with what the exchange says, before the first decision."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from appliance.bot.adopting import Adoption
from appliance.bot.fault_points import passing
from appliance.bot.orders import NEVER_SENT, Orders
from appliance.bot.telling import warn
from appliance.bot.trading import Trading
from appliance.bot.unborn import clear_unborn
from appliance.domain.errors import ExchangeError, TemporaryExchangeError
from appliance.domain.journal import UNSETTLED, JournalEntry, JournalState
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade

log = logging.getLogger(__name__)

MISSING_RATIO = 0.02
"""What may be missing of a position, as a ratio of it, without being told: fees taken in its own currency."""
LOOKED_BACK = timedelta(days=3)
"""How far back a difference in balance is followed up among the orders of a pair."""


async def reconcile(trading: Trading, orders: Orders, adoption: Adoption, pairs: Sequence[str]) -> None:
    """Bring open orders up to date; adopt what is ours and missing; tell where balances do not agree.

    Balances are compared for `pairs` and those of open trades.

    Orders of the user and of other bots are left alone. Raises `ExchangeError` while the exchange cannot be
    asked: nothing is decided on half a picture. An order of which it will never tell (its pair is gone, say)
    concerns its own trade only: the others are to be protected.
    """
    passing("reconcile.begun")
    for trade in list(trading.book.open.values()):
        for order in trade.standing_orders:
            with _concerning(trading, order.order_id, trade.pair):
                if order.ft_is_open:
                    await orders.refresh(trade, order)
    await clear_unborn(trading)
    await _settle_journal(trading, orders, adoption)
    for seen in await trading.gateway.fetch_open_orders():
        await adoption.look_at(seen)
    await trading.wallets.purse.refresh()
    for pair in await _differences(trading, pairs):
        await _follow_up(trading, adoption, pair)
    await trading.wallets.purse.catch_up()
    for pair, text in (await _differences(trading, pairs)).items():
        warn(trading, f"{pair}: {text}")


@contextmanager
def _concerning(trading: Trading, order_id: str, pair: str) -> Iterator[None]:
    """Tell what the exchange does not say of an order, unless it helps to ask for everything again."""
    try:
        yield
    except TemporaryExchangeError:
        raise
    except ExchangeError as error:
        warn(trading, f"What became of order {order_id} of {pair} is not known: {error}")


async def _settle_journal(trading: Trading, orders: Orders, adoption: Adoption) -> None:
    """Ask for orders that are unsettled in the journal and in no trade, and for those never sent lately."""
    standing = {o.client_order_id for trade in trading.book.open.values() for o in trade.standing_orders}
    for line in await trading.store.journal(*UNSETTLED, JournalState.REJECTED):
        if line.client_order_id in standing or not _worth_asking(line, trading):
            continue
        found = None
        with _concerning(trading, line.client_order_id, line.pair):
            found = await trading.gateway.find_order(line.client_order_id, line.pair, to_ms(line.created_at))
        if found is not None:
            await adoption.take(found)
        elif line.state in UNSETTLED:
            orders.questions.never_sent.append(line)  # it is asked for again before it is given up
            orders.questions.begin_without_trade(line)


def _worth_asking(line: JournalEntry, trading: Trading) -> bool:
    if line.pair not in trading.gateway.markets:
        return False
    lately = trading.now() - line.updated_at <= LOOKED_BACK
    return line.state in UNSETTLED or (lately and line.note == NEVER_SENT)


async def _follow_up(trading: Trading, adoption: Adoption, pair: str) -> None:
    """Look for orders of ours that explain a difference, where the exchange can list finished ones."""
    since = to_ms(trading.now() - LOOKED_BACK)
    try:
        listed = await trading.gateway.fetch_orders_since(pair, since)
    except TemporaryExchangeError:
        raise
    except ExchangeError as error:
        log.info("Orders of %s cannot be listed: %s", pair, error)
        return
    for seen in listed:
        await adoption.look_at(seen)


async def _differences(trading: Trading, pairs: Sequence[str]) -> dict[str, str]:
    """Return the pairs whose balance is not what the books say, and what is to be told of it."""
    traded = {trade.pair: trade for trade in trading.book.open.values()}
    differing: dict[str, str] = {}
    for pair in dict.fromkeys([*traded, *pairs]):
        market = trading.gateway.markets.get(pair)
        if market is None or not market.spot:
            continue
        trade = traded.get(pair)
        booked = trade.amount if trade else 0.0
        held = trading.wallets.get_total(market.base)
        if held + _perhaps_sold(trade) < booked * (1 - MISSING_RATIO):
            told = f"the books have {booked:.8g} {market.base}, the account {held:.8g}: look after it by hand"
            differing[pair] = told
        elif not (trade and trade.standing_orders) and await _is_worth_selling(trading, pair, held - booked):
            differing[pair] = f"of {held:.8g} {market.base} on the account {booked:.8g} are in the books"
    return differing


def _perhaps_sold(trade: Trade | None) -> float:
    """Return what orders that stand may have sold since they were asked for (base currency).

    The exchange keeps aside what they are to sell: where that is gone, it is they that have filled.
    """
    standing = trade.standing_orders if trade else ()
    return sum(order.safe_remaining for order in standing if trade and order.side == trade.exit_side)


async def _is_worth_selling(trading: Trading, pair: str, amount: float) -> bool:
    """Tell whether an amount (base currency) is more than what rounding and fees leave behind."""
    if amount <= 0:
        return False
    price = (await trading.gateway.fetch_ticker(pair)).last or 0.0
    return amount * price > (trading.gateway.markets[pair].cost_min or 0.0)
