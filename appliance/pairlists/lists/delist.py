"""Remove pairs that the exchange will delist."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from appliance.exchange.traits import traits_of
from appliance.pairlists.base.pairlist import ChainRun, Fault, PairList
from appliance.pairlists.base.parameters import Parameters, param


class DelistParameters(Parameters, frozen=True, kw_only=True):
    max_days_from_now: Annotated[
        int,
        param("Days ahead", "Remove pairs that end within this many days; 0: at any time.", ge=0),
    ] = 0


class DelistFilter(PairList[DelistParameters]):
    """Look up delistings. Binance announces those of spot pairs to account holders only: not in dry-run."""

    description = "Removes pairs that the exchange will delist."
    parameters = DelistParameters

    def faults(self) -> Iterator[Fault]:
        exchange, mode = self.context.gateway.name, self.context.trading_mode
        if mode not in traits_of(exchange).delistings:
            yield "method", f"{exchange} does not announce delistings of {mode.value} pairs"

    def summary(self) -> str:
        days = self.params.max_days_from_now
        return f"{self.name}: removes pairs that are delisted{f' within {days} days' if days else ''}"

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        return [pair for pair in pairs if not self._is_delisted(pair, run)]

    def _is_delisted(self, pair: str, run: ChainRun) -> bool:
        end = self.context.delisting(pair)
        days = self.params.max_days_from_now
        if end is None or (days and end > run.now + timedelta(days=days)):
            return False
        self.says_removed(pair, f"it will be delisted on {end:%Y-%m-%d %H:%M}")
        return True
