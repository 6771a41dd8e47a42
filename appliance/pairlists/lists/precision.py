"""Leave out coins that are too cheap for a stop loss to have a price of its own."""

from appliance.domain.market import Market, Ticker
from appliance.domain.money import Rounding, price_to_tick
from appliance.pairlists.base.pairlist import InBacktest, TickerFilter, Walk
from appliance.pairlists.base.parameters import Parameters

_STOP_LIMIT = 0.99
"""Where the limit price of a stop order lies, as a ratio of its stop price."""


class PrecisionFilter(TickerFilter[Parameters]):
    """Compare the stop price of each pair with the limit below it, both rounded to the exchange's ticks."""

    description = "Leaves out coins so cheap that a stop loss cannot be placed."
    in_backtest = InBacktest.BIASED

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        return await super().filter(pairs, walk) if self.around.stoploss else pairs

    def reason_against(self, market: Market, ticker: Ticker | None) -> str | None:
        if ticker is None or ticker.last is None:
            return "its last price is unknown"
        stop = ticker.last * (1 - abs(self.around.stoploss))
        tick, mode = market.price_precision, market.precision_mode
        placed = price_to_tick(stop, tick, mode, Rounding.UP)
        limit = price_to_tick(stop * _STOP_LIMIT, tick, mode, Rounding.UP)
        if placed <= limit:
            return f"a stop at {placed:.10g} could not be told from its limit at {limit:.10g}"
        return None
