"""Take the pairs with the highest volume."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from appliance.exchange.traits import traits_of
from appliance.pairlists.base.pairlist import ChainRun, Fault
from appliance.pairlists.base.parameters import param
from appliance.pairlists.base.ranking import RankedPairList, RankingParameters

if TYPE_CHECKING:
    from appliance.domain.market import Candles


class VolumeParameters(RankingParameters, frozen=True, kw_only=True):
    sort_key: Annotated[
        Literal["quoteVolume"], param("Measure", "What pairs are sorted by, highest first.")
    ] = "quoteVolume"
    min_value: Annotated[
        float, param("Minimum volume", "Remove pairs that do not exceed this volume, in stake currency.")
    ] = 0
    max_value: Annotated[
        float | None, param("Maximum volume", "Remove pairs that reach this volume, in stake currency.")
    ] = None


class VolumePairList(RankedPairList[VolumeParameters]):
    """Sort by volume in quote currency of the last 24 hours (ticker), or of the lookback (candles)."""

    description = "The pairs with the highest trading volume."
    parameters = VolumeParameters

    def summary(self) -> str:
        return f"{self.name}: the {self.params.number_assets} pairs with the highest volume"

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        gateway = self.context.gateway
        if not self.looks_back and not traits_of(gateway.name).ticker_has_quote_volume:
            text = f"{gateway.name} does not report volumes in quote currency; expected a lookback by candles"
            yield "lookback_period", text

    def by_ticker(self, pairs: list[str], run: ChainRun) -> dict[str, float]:
        volumes = ((pair, run.tickers[pair].quote_volume) for pair in pairs if pair in run.tickers)
        return {pair: volume for pair, volume in volumes if volume is not None}

    def by_candles(
        self, pairs: list[str], candles: "Mapping[str, Candles]", run: ChainRun
    ) -> dict[str, float]:
        period = self.lookback.period
        return {
            pair: quote_volume(candles[pair], period) * (run.markets[pair].contract_size or 1.0)
            if pair in candles
            else 0.0
            for pair in pairs
        }

    def is_within(self, measure: float) -> bool:
        least, most = self.params.min_value, self.params.max_value
        return (least <= 0 or measure > least) and (most is None or measure < most)


def quote_volume(candles: "Candles", period: int) -> float:
    """Return the volume of the last `period` candles in quote currency; 0 if there are fewer.

    A candle's volume counts at its typical price, the mean of high, low and close.
    """
    if len(candles) < period:
        return 0.0
    last = candles[-period:]
    return float((last[:, 5] * last[:, 2:5].sum(axis=1) / 3).sum())
