"""Leave out pairs that the exchange has had for too short, or too long, a time."""

from collections.abc import Iterator
from typing import Annotated

from appliance.pairlists.base.pairlist import Fault, PairList, Surroundings, Walk
from appliance.pairlists.base.parameters import Parameters, param


class AgeParameters(Parameters, frozen=True, kw_only=True):
    min_days_listed: Annotated[int, param("Least age", "Days that a pair must have been traded.", ge=1)] = 10
    max_days_listed: Annotated[
        int | None, param("Most age", "Days that a pair may have been traded at most.")
    ] = None


class AgeFilter(PairList[AgeParameters]):
    """Count a pair's daily candles. Who is old enough stays so; the others are counted again the next day."""

    description = "Leaves out pairs that are too new, or too old, on the exchange."
    parameters = AgeParameters

    def __init__(self, parameters: Parameters, around: Surroundings, position: int = 0) -> None:
        super().__init__(parameters, around, position)
        self._old_enough: set[str] = set()
        self._judged_on = ""
        self._judged: dict[str, bool] = {}

    def faults(self) -> Iterator[Fault]:
        least, most = self.set.min_days_listed, self.set.max_days_listed
        gateway = self.around.gateway
        given_at_once = f"{gateway.candle_limit}, what {gateway.name} gives at once"
        if least > gateway.candle_limit:
            yield "min_days_listed", f"expected at most {given_at_once}, found {least}"
        if most is not None and 0 < most <= least:
            yield "max_days_listed", f"expected more than min_days_listed ({least}), found {most}"
        if most is not None and most > gateway.candle_limit:
            yield "max_days_listed", f"expected at most {given_at_once}, found {most}"

    def summary(self) -> str:
        most = f" or more than {self.set.max_days_listed}" if self.set.max_days_listed else ""
        return f"{self.name}: leaves out pairs that are less than {self.set.min_days_listed}{most} days old"

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        today = walk.now.date().isoformat()
        if today != self._judged_on:
            self._judged_on, self._judged = today, {}
        unknown = [pair for pair in pairs if pair not in self._old_enough and pair not in self._judged]
        if unknown:
            await self._judge(unknown)
        return [pair for pair in pairs if pair in self._old_enough or self._judged.get(pair, False)]

    async def _judge(self, pairs: list[str]) -> None:
        least, most = self.set.min_days_listed, self.set.max_days_listed
        candles = await self.around.candles.newest(pairs, "1d", (most or least) + 1)
        for pair, days in ((pair, len(candles[pair])) for pair in pairs if pair in candles):
            fits = days >= least and (not most or days <= most)
            if fits and not most:
                self._old_enough.add(pair)
            self._judged[pair] = fits
            if not fits:
                wanted = f"{least} to {most}" if most else f"at least {least}"
                self.told.info(f"{self.name} removes {pair}: its age is {days} days, expected {wanted}")
