"""Let open trades count in the steps that their exchange takes: it changes them, and old trades lack them."""

import logging

from appliance.bot.state.context import Trading
from appliance.domain.market import Market
from appliance.domain.trade import Trade

log = logging.getLogger(__name__)


async def sync_precision(trading: Trading) -> None:
    """Give open trades the lot step and the tick of their markets, as these were read last.

    With another step more would be asked for than is sold, and the rest would keep the trade open for ever.
    """
    for trade in list(trading.book.open.values()):
        market = trading.gateway.markets.get(trade.pair)
        if market is None or _steps_of(trade) == _steps_in(market):
            continue
        with trading.apart.looking_after(f"the steps of {trade.pair}"):
            async with trading.acting_on(trade.pair):
                if trading.book.has(trade):
                    await _follow(trading, trade, market)


async def _follow(trading: Trading, trade: Trade, market: Market) -> None:
    log.info("%s: lot step and tick are %s and %s now", trade.pair, *_steps_in(market)[:2])
    trade.amount_precision, trade.price_precision = market.amount_precision, market.price_precision
    trade.precision_mode = trade.precision_mode_price = market.precision_mode
    trade.contract_size = trade.contract_size or market.contract_size
    await trading.keep(trade)


def _steps_of(trade: Trade) -> tuple[float | None, float | None, int, int | None]:
    return trade.amount_precision, trade.price_precision, trade.precision_mode, trade.precision_mode_price


def _steps_in(market: Market) -> tuple[float | None, float | None, int, int | None]:
    return market.amount_precision, market.price_precision, market.precision_mode, market.precision_mode
