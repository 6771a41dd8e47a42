"""Give open trades the exchange's current lot steps and ticks: it changes them, and old trades lack them."""

import logging

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.state.books import Books
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.domain.market import Market
from appliance.domain.trade import Trade
from appliance.exchange.gateway import Gateway

log = logging.getLogger(__name__)


async def sync_precision(
    books: Books, gateway: Gateway, mutexes: PairMutexes, isolation: TradeIsolation
) -> None:
    """Give open trades the lot step and the tick of their markets.

    With an outdated step, exits would request more than is sold, and the rest would keep the trade open.
    """
    for trade in list(books.trades.open.values()):
        market = gateway.markets.get(trade.pair)
        if market is None or _steps_of(trade) == _steps_in(market):
            continue
        with isolation.looking_after(f"the steps of {trade.pair}"):
            async with mutexes.acting_on(trade.pair):
                if books.trades.has(trade):
                    await _follow(books, trade, market)


async def _follow(books: Books, trade: Trade, market: Market) -> None:
    log.info("%s: lot step and tick are %s and %s now", trade.pair, *_steps_in(market)[:2])
    trade.amount_precision, trade.price_precision = market.amount_precision, market.price_precision
    trade.precision_mode = trade.precision_mode_price = market.precision_mode
    trade.contract_size = trade.contract_size or market.contract_size
    await books.save(trade)


def _steps_of(trade: Trade) -> tuple[float | None, float | None, int, int | None]:
    return trade.amount_precision, trade.price_precision, trade.precision_mode, trade.precision_mode_price


def _steps_in(market: Market) -> tuple[float | None, float | None, int, int | None]:
    return market.amount_precision, market.price_precision, market.precision_mode, market.precision_mode
