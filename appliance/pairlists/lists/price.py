"""Filter pairs by their price."""

from collections.abc import Iterator
from typing import Annotated

from appliance.domain.enums import PrecisionMode
from appliance.domain.market import Market, Ticker
from appliance.pairlists.base.pairlist import ChainRun, InBacktest, TickerFilter
from appliance.pairlists.base.parameters import Parameters, param


class PriceParameters(Parameters, frozen=True, kw_only=True):
    low_price_ratio: Annotated[
        float,
        param("Largest price step", "Largest tick size, as a ratio of the price; 0: any.", ge=0),
    ] = 0
    min_price: Annotated[float, param("Minimum price", "Remove pairs with a lower price; 0: none.", ge=0)] = 0
    max_price: Annotated[
        float, param("Maximum price", "Remove pairs with a higher price; 0: none.", ge=0)
    ] = 0
    max_value: Annotated[
        float,
        param("Largest lot step", "Largest value of one lot step; 0: any.", ge=0),
    ] = 0


class PriceFilter(TickerFilter[PriceParameters]):
    """Check the last price, and the tick size and the lot step at this price."""

    description = "Removes pairs with a price too low or too high, or with too large steps."
    parameters = PriceParameters
    in_backtest = InBacktest.BIASED

    @property
    def has_work(self) -> bool:
        limits = self.params
        return any((limits.low_price_ratio, limits.min_price, limits.max_price, limits.max_value))

    def oddities(self) -> Iterator[tuple[str, str]]:
        if not self.has_work:
            yield "method", "without effect, since no limit is set"

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        return await super().filter(pairs, run) if self.has_work else pairs

    def reason_to_remove(self, market: Market, ticker: Ticker | None) -> str | None:
        price = ticker.last if ticker else None
        if not price:
            return "its last price is unknown"
        limits = self.params
        step = price_step(market) / price
        if limits.low_price_ratio and step > limits.low_price_ratio:
            return f"its tick size is {step:.3%} of its price, more than {limits.low_price_ratio:.3%}"
        if limits.max_value and market.amount_min is not None:
            worth = amount_step(market) * price
            if worth > limits.max_value:
                return f"its lot step is worth {worth:.8g}, more than {limits.max_value:.8g}"
        if limits.min_price and price < limits.min_price:
            return f"its price of {price:.8g} is below {limits.min_price:.8g}"
        if limits.max_price and price > limits.max_price:
            return f"its price of {price:.8g} is above {limits.max_price:.8g}"
        return None


def price_step(market: Market) -> float:
    """Return the tick size in quote currency; 0 if unknown."""
    return _step(market.price_precision, market.precision_mode)


def amount_step(market: Market) -> float:
    """Return the lot step in base currency; 0 if unknown."""
    return _step(market.amount_precision, market.precision_mode)


def _step(precision: float | None, mode: PrecisionMode) -> float:
    if precision is None:
        return 0.0
    return precision if mode is PrecisionMode.TICK_SIZE else 10.0**-precision
