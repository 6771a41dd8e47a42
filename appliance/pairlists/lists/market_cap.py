"""Take the coins with the largest market capitalisation."""

from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Literal

from appliance.config.validation.list_items import nearest
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError
from appliance.pairlists.base.markets import SIZE_PREFIXES, tradable
from appliance.pairlists.base.pairlist import ChainRun, Fault, InBacktest, PairList, PairListContext
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.base.ttl_cache import TtlCache
from appliance.pairlists.sources.coingecko import PAGE, CoinGecko


class MarketCapParameters(Parameters, frozen=True, kw_only=True):
    number_assets: (
        Annotated[
            int,
            param("Number of pairs", "Number of pairs to take; required in mode whitelist.", shown=30, ge=1),
        ]
        | None
    ) = None
    max_rank: Annotated[
        int, param("Lowest rank", "Number of coins to consider, the largest first.", ge=1)
    ] = 30
    categories: Annotated[
        tuple[str, ...],
        param("Categories", "Consider only coins of these categories, e.g. layer-1."),
    ] = ()
    mode: Annotated[
        Literal["whitelist", "blacklist"], param("Mode", "Take the largest coins, or remove them.")
    ] = "whitelist"
    refresh_period: Annotated[
        int, param("Refresh period", "Seconds until the ranking is refreshed.", ge=0)
    ] = 86_400


class MarketCapPairList(PairList[MarketCapParameters]):
    """Rank coins by market capitalisation, from CoinGecko."""

    description = "The pairs of the coins with the largest market capitalisation, from CoinGecko."
    parameters = MarketCapParameters
    generates = True
    in_backtest = InBacktest.BIASED

    def __init__(self, parameters: Parameters, context: PairListContext, position: int = 0) -> None:
        super().__init__(parameters, context, position)
        self.coingecko = CoinGecko(context.coingecko)
        self._ranking: TtlCache[list[str]] = TtlCache(self.params.refresh_period)
        self._pairs: TtlCache[list[str]] = TtlCache(self.params.refresh_period)
        self._categories_exist = not self.params.categories

    def faults(self) -> Iterator[Fault]:
        if self.params.mode == "whitelist" and self.params.number_assets is None:
            yield "number_assets", "missing; expected a whole number of 1 or more"

    def oddities(self) -> Iterator[Fault]:
        if self.params.max_rank > PAGE:
            yield "max_rank", f"above {PAGE} CoinGecko is sent several requests, which it may refuse"

    def summary(self) -> str:
        taken = f"takes {self.params.number_assets}" if self.params.mode == "whitelist" else "removes those"
        return f"{self.name}: {taken} of the {self.params.max_rank} largest coins"

    async def generate(self, run: ChainRun) -> list[str]:
        pairs = self._pairs.get("pairs", run.now)
        if not pairs:
            pairs = await super().generate(run)
            self._pairs.put("pairs", pairs, run.now)
        return list(pairs)

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        context, top = self.context, (await self._ranked(run))[: self.params.max_rank]
        wanted = [pair_name(symbol, context.stake_currency, context.trading_mode) for symbol in top]
        known = set(tradable(run.markets, context.stake_currency, context.trading_mode))
        found = chosen(wanted, pairs, known)
        if self.params.mode == "whitelist":
            return found[: self.params.number_assets]
        return [pair for pair in pairs if pair not in set(found)]

    async def _ranked(self, run: ChainRun) -> list[str]:
        ranking = self._ranking.get("ranking", run.now)
        if ranking is None:
            await self._check_categories()
            ranking = await self.coingecko.largest(self.params.max_rank, self.params.categories)
            if ranking:
                self._ranking.put("ranking", ranking, run.now)
        return ranking

    async def _check_categories(self) -> None:
        """Check the categories once. Raises `ConfigurationError` for one that CoinGecko does not have."""
        if self._categories_exist:
            return
        known = await self.coingecko.categories()
        for number, category in enumerate(self.params.categories):
            if category not in known:
                raise ConfigurationError(
                    f"pairlists[{self.position}].categories[{number}]: expected a category of CoinGecko, "
                    f'found "{category}"{nearest(category, known)}'
                )
        self._categories_exist = True


def pair_name(symbol: str, stake_currency: str, mode: TradingMode) -> str:
    """Return the name of the pair of a coin."""
    name = f"{symbol.upper()}/{stake_currency.upper()}"
    return f"{name}:{stake_currency.upper()}" if mode is TradingMode.FUTURES else name


def chosen(wanted: Sequence[str], pairs: Collection[str], markets: Collection[str]) -> list[str]:
    """Return those of `pairs` that are wanted, in the order of `wanted`, each once.

    A wanted pair without a market may have one that counts in thousands: 1000PEPE/USDT for PEPE/USDT.
    """
    offered, found = set(pairs), dict[str, None]()
    for pair in wanted:
        names = [pair] if pair in markets else [pair, *(f"{prefix}{pair}" for prefix in SIZE_PREFIXES)]
        match = next((name for name in names if name in offered), None)
        if match is not None:
            found[match] = None
    return list(found)
