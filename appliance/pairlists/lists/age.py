"""Remove pairs that the exchange has listed for too few, or too many, days."""

from collections.abc import Iterator
from typing import Annotated

from appliance.pairlists.base.pairlist import ChainRun, Fault, PairList, PairListContext
from appliance.pairlists.base.parameters import Parameters, param


class AgeParameters(Parameters, frozen=True, kw_only=True):
    min_days_listed: Annotated[int, param("Minimum age", "Days that a pair must be listed.", ge=1)] = 10
    max_days_listed: Annotated[int | None, param("Maximum age", "Days that a pair may be listed.")] = None


class AgeFilter(PairList[AgeParameters]):
    """Count the daily candles of each pair; pairs that are too new are counted again the next day."""

    description = "Removes pairs that are too new, or too old, on the exchange."
    parameters = AgeParameters

    def __init__(self, parameters: Parameters, context: PairListContext, position: int = 0) -> None:
        super().__init__(parameters, context, position)
        self._old_enough: set[str] = set()
        self._checked_on = ""
        self._checked: dict[str, bool] = {}

    def faults(self) -> Iterator[Fault]:
        lowest, highest = self.params.min_days_listed, self.params.max_days_listed
        gateway = self.context.gateway
        limit = f"{gateway.candle_limit}, the candles that {gateway.name} returns at once"
        if lowest > gateway.candle_limit:
            yield "min_days_listed", f"expected at most {limit}, found {lowest}"
        if highest is not None and 0 < highest <= lowest:
            yield "max_days_listed", f"expected more than min_days_listed ({lowest}), found {highest}"
        if highest is not None and highest > gateway.candle_limit:
            yield "max_days_listed", f"expected at most {limit}, found {highest}"

    def summary(self) -> str:
        highest = f" or more than {self.params.max_days_listed}" if self.params.max_days_listed else ""
        return (
            f"{self.name}: removes pairs that are less than {self.params.min_days_listed}{highest} days old"
        )

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        today = run.now.date().isoformat()
        if today != self._checked_on:
            self._checked_on, self._checked = today, {}
        unknown = [pair for pair in pairs if pair not in self._old_enough and pair not in self._checked]
        if unknown:
            await self._check(unknown)
        return [pair for pair in pairs if pair in self._old_enough or self._checked.get(pair, False)]

    async def _check(self, pairs: list[str]) -> None:
        lowest, highest = self.params.min_days_listed, self.params.max_days_listed
        candles = await self.context.candles.newest(pairs, "1d", (highest or lowest) + 1)
        for pair, days in ((pair, len(candles[pair])) for pair in pairs if pair in candles):
            fits = days >= lowest and (not highest or days <= highest)
            if fits and not highest:
                self._old_enough.add(pair)
            self._checked[pair] = fits
            if not fits:
                wanted = f"{lowest} to {highest}" if highest else f"at least {lowest}"
                self.says_removed(pair, f"its age is {days} days, expected {wanted}")
