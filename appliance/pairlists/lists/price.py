"""Leave out pairs by their price."""

from collections.abc import Iterator
from typing import Annotated

from appliance.domain.enums import PrecisionMode
from appliance.domain.market import Market, Ticker
from appliance.pairlists.base.pairlist import InBacktest, TickerFilter, Walk
from appliance.pairlists.base.parameters import Parameters, param


class PriceParameters(Parameters, frozen=True, kw_only=True):
    low_price_ratio: Annotated[
        float,
        param("Coarsest price step", "Most that one step of the price may be of the price; 0: any.", ge=0),
    ] = 0
    min_price: Annotated[
        float, param("Least price", "Leave out pairs with a lower price; 0: none.", ge=0)
    ] = 0
    max_price: Annotated[
        float, param("Most price", "Leave out pairs with a higher price; 0: none.", ge=0)
    ] = 0
    max_value: Annotated[
        float,
        param("Coarsest amount step", "Most that one step of the amount may be worth; 0: any.", ge=0),
    ] = 0


class PriceFilter(TickerFilter[PriceParameters]):
    """Judge the last price, and what the smallest steps of price and amount are worth at it."""

    description = "Leaves out pairs that are too cheap, too expensive, or move in steps too coarse."
    parameters = PriceParameters
    in_backtest = InBacktest.BIASED

    @property
    def has_work(self) -> bool:
        wanted = self.set
        return any((wanted.low_price_ratio, wanted.min_price, wanted.max_price, wanted.max_value))

    def oddities(self) -> Iterator[tuple[str, str]]:
        if not self.has_work:
            yield "method", "without effect, since no limit is set"

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        return await super().filter(pairs, walk) if self.has_work else pairs

    def reason_against(self, market: Market, ticker: Ticker | None) -> str | None:
        price = ticker.last if ticker else None
        if not price:
            return "its last price is unknown"
        wanted = self.set
        step = price_step(market) / price
        if wanted.low_price_ratio and step > wanted.low_price_ratio:
            return f"one step of its price is {step:.3%}, more than {wanted.low_price_ratio:.3%}"
        if wanted.max_value and market.amount_min is not None:
            worth = amount_step(market) * price
            if worth > wanted.max_value:
                return f"one step of its amount is worth {worth:.8g}, more than {wanted.max_value:.8g}"
        if wanted.min_price and price < wanted.min_price:
            return f"its price of {price:.8g} is below {wanted.min_price:.8g}"
        if wanted.max_price and price > wanted.max_price:
            return f"its price of {price:.8g} is above {wanted.max_price:.8g}"
        return None


def price_step(market: Market) -> float:
    """Return the smallest change of the price, in quote currency; 0 where unknown."""
    return _step(market.price_precision, market.precision_mode)


def amount_step(market: Market) -> float:
    """Return the smallest change of an amount, in base currency; 0 where unknown."""
    return _step(market.amount_precision, market.precision_mode)


def _step(precision: float | None, mode: PrecisionMode) -> float:
    if precision is None:
        return 0.0
    return precision if mode is PrecisionMode.TICK_SIZE else 10.0**-precision
