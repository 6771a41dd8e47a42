"""Leave out pairs whose bid and ask lie far apart."""

from collections.abc import Iterator
from typing import Annotated

from appliance.domain.market import Market, Ticker
from appliance.exchange.traits import traits_of
from appliance.pairlists.base.pairlist import Fault, TickerFilter, Walk
from appliance.pairlists.base.parameters import Parameters, param


class SpreadParameters(Parameters, frozen=True, kw_only=True):
    max_spread_ratio: Annotated[
        float, param("Widest spread", "1 - bid / ask, as a ratio; 0 turns this filter off.", ge=0)
    ] = 0.005


class SpreadFilter(TickerFilter[SpreadParameters]):
    """Compare best bid and ask of each pair."""

    description = "Leaves out pairs with a wide gap between bid and ask."
    parameters = SpreadParameters

    def summary(self) -> str:
        return f"{self.name}: leaves out pairs with a spread above {self.set.max_spread_ratio:.2%}"

    def faults(self) -> Iterator[Fault]:
        if not traits_of(self.around.gateway.name).ticker_has_bid_and_ask:
            yield "method", f"{self.around.gateway.name} tells no bid and ask in its tickers"

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        return await super().filter(pairs, walk) if self.set.max_spread_ratio else pairs

    def reason_against(self, market: Market, ticker: Ticker | None) -> str | None:
        if ticker is None or not ticker.bid or not ticker.ask:
            return "its bid and ask are unknown"
        spread = 1 - ticker.bid / ticker.ask
        if spread > self.set.max_spread_ratio:
            return f"its spread is {spread:.3%}, more than {self.set.max_spread_ratio:.3%}"
        return None
