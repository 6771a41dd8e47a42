"""List what research can be done with: strategies, exchanges, candles, loss functions."""

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from appliance.domain.enums import CandleType, TradingMode
from appliance.domain.timeframe import seconds
from appliance.pairlists.registry import available
from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.research.data.layout import CandleKey, candle_keys, extension_of
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.queries.workbench import Workbench


class StrategyListResponse(Struct, frozen=True):
    """Name the strategies that can be loaded."""

    strategies: list[str]


class TradeModeType(Struct, frozen=True):
    trading_mode: str
    margin_mode: str


class ValidExchangesType(Struct, frozen=True, kw_only=True):
    """Show an exchange of ccxt: `valid` ones have what trading needs, `supported` ones are tested.

    `comment` says what is missing; `trade_modes` is what can be traded there.
    """

    name: str
    classname: str
    valid: bool
    supported: bool
    comment: str
    comment_futures: str
    dex: bool
    is_alias: bool
    alias_for: str | None
    trade_modes: list[TradeModeType]


class ExchangeListResponse(Struct, frozen=True):
    exchanges: list[ValidExchangesType]


class HyperoptLoss(Struct, frozen=True):
    name: str
    description: str


class HyperoptLossListResponse(Struct, frozen=True):
    loss_functions: list[HyperoptLoss]


class FreqAIModelListResponse(Struct, frozen=True):
    """None: FreqAI is not supported."""

    freqaimodels: list[str]


class PairListResponse(Struct, frozen=True):
    """Describe a pair list: `params` by key, with type, default, a title and a sentence of help."""

    name: str
    description: str
    is_pairlist_generator: bool
    params: dict[str, Any]


class PairListsResponse(Struct, frozen=True):
    pairlists: list[PairListResponse]


class AvailablePairsQuery(Struct, frozen=True):
    timeframe: Annotated[str | None, Meta(description="Only candles of this length.")] = None
    stake_currency: Annotated[str | None, Meta(description="Only pairs that end with it.")] = None
    candletype: Annotated[CandleType | None, Meta(description="Default: those that are traded on.")] = None


class AvailablePairs(Struct, frozen=True):
    """List stored candles: `pair_interval` has pair, time frame and type of each series."""

    length: int
    pairs: list[str]
    pair_interval: list[list[str]]


async def strategies(bench: "Workbench") -> EncodedAnswer:
    """List the strategies that can be loaded."""
    return EncodedAnswer(await bench.ask("strategies:names"))


async def exchanges(bench: "Workbench") -> EncodedAnswer:
    """List the exchanges that ccxt knows. None is asked."""
    return EncodedAnswer(await bench.ask("exchanges:listed"))


async def hyperopt_losses(bench: "Workbench") -> EncodedAnswer:
    """List the loss functions of a search for parameters."""
    return EncodedAnswer(await bench.ask("losses:listed"))


def freqai_models(bench: "Workbench") -> FreqAIModelListResponse:
    """List no models: FreqAI is not supported."""
    return FreqAIModelListResponse([])


def pair_lists(bench: "Workbench") -> PairListsResponse:
    """List the pair lists with their parameters."""
    return PairListsResponse(
        [
            PairListResponse(one.name, one.description, one.is_pairlist_generator, one.params)
            for one in available()
        ]
    )


async def available_pairs(bench: "Workbench", query: AvailablePairsQuery) -> AvailablePairs:
    """List the candles that are stored."""
    loaded = bench.loaded
    futures = loaded.settings.trading_mode is TradingMode.FUTURES
    kind = query.candletype or (CandleType.FUTURES if futures else CandleType.SPOT)

    def stored() -> list[CandleKey]:
        extension = extension_of(loaded.settings.dataformat_ohlcv)
        return list(candle_keys(loaded.datadir, extension, futures=futures))

    found = [
        key
        for key in await for_readers(stored)
        if key.candle_type == kind
        and (not query.timeframe or key.timeframe == query.timeframe)
        and (not query.stake_currency or key.pair.endswith(query.stake_currency))
    ]
    found.sort(key=lambda key: (key.pair, seconds(key.timeframe)))
    pairs = sorted({key.pair for key in found})
    return AvailablePairs(len(pairs), pairs, [[key.pair, key.timeframe, key.candle_type] for key in found])
