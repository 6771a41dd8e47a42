"""Remove pairs with a wide spread."""

from collections.abc import Iterator
from typing import Annotated

from appliance.domain.market import Market, Ticker
from appliance.exchange.traits import traits_of
from appliance.pairlists.base.pairlist import ChainRun, Fault, TickerFilter
from appliance.pairlists.base.parameters import Parameters, param


class SpreadParameters(Parameters, frozen=True, kw_only=True):
    max_spread_ratio: Annotated[
        float, param("Maximum spread", "1 - bid / ask, as a ratio; 0 disables this filter.", ge=0)
    ] = 0.005


class SpreadFilter(TickerFilter[SpreadParameters]):
    """Compare the best bid and ask of each pair."""

    description = "Removes pairs with a wide gap between bid and ask."
    parameters = SpreadParameters

    def summary(self) -> str:
        return f"{self.name}: removes pairs with a spread above {self.params.max_spread_ratio:.2%}"

    def faults(self) -> Iterator[Fault]:
        if not traits_of(self.context.gateway.name).ticker_has_bid_and_ask:
            yield "method", f"{self.context.gateway.name} has no bid and ask in its tickers"

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        return await super().filter(pairs, run) if self.params.max_spread_ratio else pairs

    def reason_to_remove(self, market: Market, ticker: Ticker | None) -> str | None:
        if ticker is None or not ticker.bid or not ticker.ask:
            return "its bid and ask are unknown"
        spread = 1 - ticker.bid / ticker.ask
        if spread > self.params.max_spread_ratio:
            return f"its spread is {spread:.3%}, more than {self.params.max_spread_ratio:.3%}"
        return None
