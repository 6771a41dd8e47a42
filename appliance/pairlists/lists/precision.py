"""Remove coins whose price is too low for the exchange to separate a stop price from its limit."""

from appliance.domain.market import Market, Ticker
from appliance.domain.money import Rounding, price_to_tick
from appliance.pairlists.base.pairlist import ChainRun, InBacktest, TickerFilter
from appliance.pairlists.base.parameters import Parameters

_STOP_LIMIT = 0.99
"""Limit price of a stop order, as a ratio of its stop price."""


class PrecisionFilter(TickerFilter[Parameters]):
    """Compare the stop price of each pair with the limit below it, both rounded to the tick size."""

    description = "Removes coins whose price is too low to place a stop loss."
    in_backtest = InBacktest.BIASED

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        return await super().filter(pairs, run) if self.context.stoploss else pairs

    def reason_to_remove(self, market: Market, ticker: Ticker | None) -> str | None:
        if ticker is None or ticker.last is None:
            return "its last price is unknown"
        stop = ticker.last * (1 - abs(self.context.stoploss))
        tick, mode = market.price_precision, market.precision_mode
        placed = price_to_tick(stop, tick, mode, Rounding.UP)
        limit = price_to_tick(stop * _STOP_LIMIT, tick, mode, Rounding.UP)
        if placed <= limit:
            return f"a stop at {placed:.10g} would not be above its limit at {limit:.10g}"
        return None
