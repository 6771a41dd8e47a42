"""Leave out pairs that the exchange will stop trading."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from appliance.exchange.traits import traits_of
from appliance.pairlists.base.pairlist import Fault, PairList, Walk
from appliance.pairlists.base.parameters import Parameters, param


class DelistParameters(Parameters, frozen=True, kw_only=True):
    max_days_from_now: Annotated[
        int, param("Days ahead", "Leave out pairs that end within so many days; 0: all that end.", ge=0)
    ] = 0


class DelistFilter(PairList[DelistParameters]):
    """Ask when pairs end. Binance tells it of spot pairs to its customers only, so not in dry-run."""

    description = "Leaves out pairs that the exchange will delist."
    parameters = DelistParameters

    def faults(self) -> Iterator[Fault]:
        exchange, mode = self.around.gateway.name, self.around.trading_mode
        if mode not in traits_of(exchange).delistings:
            yield "method", f"{exchange} does not tell which {mode.value} pairs it will delist"

    def summary(self) -> str:
        days = self.set.max_days_from_now
        return f"{self.name}: leaves out pairs that end{f' within {days} days' if days else ''}"

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        return [pair for pair in pairs if not self._ends(pair, walk)]

    def _ends(self, pair: str, walk: Walk) -> bool:
        end = self.around.delisting(pair)
        days = self.set.max_days_from_now
        if end is None or (days and end > walk.now + timedelta(days=days)):
            return False
        self.told.info(f"{self.name} removes {pair}: it will be delisted on {end:%Y-%m-%d %H:%M}")
        return True
