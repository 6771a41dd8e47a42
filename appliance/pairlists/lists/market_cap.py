"""Take the coins that are worth most."""

from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Literal

from appliance.config.validation.list_items import nearest
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError
from appliance.pairlists.base.markets import SIZE_PREFIXES, tradable
from appliance.pairlists.base.pairlist import Fault, InBacktest, PairList, Surroundings, Walk
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.base.ttl_cache import Remembered
from appliance.pairlists.sources.coingecko import PAGE, CoinGecko


class MarketCapParameters(Parameters, frozen=True, kw_only=True):
    number_assets: (
        Annotated[
            int,
            param(
                "Number of pairs", "How many pairs to take; has to be set for a whitelist.", shown=30, ge=1
            ),
        ]
        | None
    ) = None
    max_rank: Annotated[
        int, param("Lowest rank", "Look at so many coins, the most valuable first.", ge=1)
    ] = 30
    categories: Annotated[
        tuple[str, ...],
        param("Categories", "Look at coins of these categories only, e.g. layer-1."),
    ] = ()
    mode: Annotated[
        Literal["whitelist", "blacklist"], param("Mode", "Take the most valuable coins, or leave them out.")
    ] = "whitelist"
    refresh_period: Annotated[int, param("Refresh period", "Seconds that the ranking is kept.", ge=0)] = (
        86_400
    )


class MarketCapPairList(PairList[MarketCapParameters]):
    """Rank coins by market capitalisation, as CoinGecko tells it."""

    description = "The pairs of the most valuable coins, by CoinGecko's ranking."
    parameters = MarketCapParameters
    generates = True
    in_backtest = InBacktest.BIASED

    def __init__(self, parameters: Parameters, around: Surroundings, position: int = 0) -> None:
        super().__init__(parameters, around, position)
        self.coingecko = CoinGecko(around.coingecko)
        self._ranking: Remembered[list[str]] = Remembered(self.set.refresh_period)
        self._pairs: Remembered[list[str]] = Remembered(self.set.refresh_period)
        self._categories_exist = not self.set.categories

    def faults(self) -> Iterator[Fault]:
        if self.set.mode == "whitelist" and self.set.number_assets is None:
            yield "number_assets", "missing; expected a whole number at least 1"

    def oddities(self) -> Iterator[Fault]:
        if self.set.max_rank > PAGE:
            yield "max_rank", f"above {PAGE} it takes several requests, which CoinGecko may refuse"

    def summary(self) -> str:
        taken = f"takes {self.set.number_assets}" if self.set.mode == "whitelist" else "leaves out those"
        return f"{self.name}: {taken} of the {self.set.max_rank} most valuable coins"

    async def generate(self, walk: Walk) -> list[str]:
        kept = self._pairs.get("pairs", walk.now)
        if not kept:
            kept = await super().generate(walk)
            self._pairs.put("pairs", kept, walk.now)
        return list(kept)

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        around, top = self.around, (await self._ranked(walk))[: self.set.max_rank]
        wanted = [pair_name(symbol, around.stake_currency, around.trading_mode) for symbol in top]
        known = set(tradable(walk.markets, around.stake_currency, around.trading_mode))
        found = chosen(wanted, pairs, known)
        if self.set.mode == "whitelist":
            return found[: self.set.number_assets]
        return [pair for pair in pairs if pair not in set(found)]

    async def _ranked(self, walk: Walk) -> list[str]:
        ranking = self._ranking.get("ranking", walk.now)
        if ranking is None:
            await self._check_categories()
            ranking = await self.coingecko.largest(self.set.max_rank, self.set.categories)
            if ranking:
                self._ranking.put("ranking", ranking, walk.now)
        return ranking

    async def _check_categories(self) -> None:
        """Raise `ConfigurationError` for a category that CoinGecko does not have."""
        if self._categories_exist:
            return
        known = await self.coingecko.categories()
        for number, category in enumerate(self.set.categories):
            if category not in known:
                raise ConfigurationError(
                    f"pairlists[{self.position}].categories[{number}]: expected a category of CoinGecko, "
                    f'found "{category}"{nearest(category, known)}'
                )
        self._categories_exist = True


def pair_name(symbol: str, stake_currency: str, mode: TradingMode) -> str:
    """Return the pair of a coin."""
    name = f"{symbol.upper()}/{stake_currency.upper()}"
    return f"{name}:{stake_currency.upper()}" if mode is TradingMode.FUTURES else name


def chosen(wanted: Sequence[str], pairs: Collection[str], markets: Collection[str]) -> list[str]:
    """Return those of `pairs` that are wanted, in that order, each once.

    A wanted pair that is no market may be one counted in thousands: 1000PEPE/USDT for PEPE/USDT.
    """
    offered, found = set(pairs), dict[str, None]()
    for pair in wanted:
        names = [pair] if pair in markets else [pair, *(f"{prefix}{pair}" for prefix in SIZE_PREFIXES)]
        match = next((name for name in names if name in offered), None)
        if match is not None:
            found[match] = None
    return list(found)
