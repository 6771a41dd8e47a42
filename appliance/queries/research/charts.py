"""Query the stored candles of pairs, as a strategy analyses them."""

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from appliance.domain.enums import MarginMode, TradingMode
from appliance.domain.errors import ApplianceError, NotShown
from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.queries.research.backtest import StrategyName

if TYPE_CHECKING:
    from appliance.queries.workbench import Workbench

StrategyOrNone = Annotated[str, Meta(pattern=r"^([^\W\d]\w*)?$", max_length=200)]
"""The name of a class; empty for none."""


class PairHistoryQuery(Struct, frozen=True, kw_only=True):
    pair: str
    timeframe: str
    timerange: Annotated[str, Meta(description="E.g. 20250101-20250201.")]
    strategy: StrategyName
    freqaimodel: Annotated[str | None, Meta(description="Without effect.")] = None


class PairHistoryRequest(Struct, frozen=True, kw_only=True):
    """What to show. Without exchange or modes, the configured ones."""

    pair: str
    timeframe: str
    timerange: Annotated[str, Meta(description="E.g. 20250101-20250201.")]
    strategy: Annotated[StrategyOrNone | None, Meta(description="Default: candles only.")] = None
    columns: Annotated[list[str] | None, Meta(description="Indicators to show; default all.")] = None
    limit: Annotated[int | None, Meta(description="How many of the newest candles; default all.")] = None
    live_mode: Annotated[bool, Meta(description="The exchange's candles, not stored ones.")] = False
    freqaimodel: Annotated[str | None, Meta(description="Without effect.")] = None
    exchange: str | None = None
    trading_mode: TradingMode | None = None
    margin_mode: MarginMode | None = None


async def pair_history(bench: "Workbench", query: PairHistoryQuery) -> EncodedAnswer:
    """Show stored candles of a pair, analysed by a strategy. Raises NotShown."""
    return await _asked(bench, query)


async def chosen_pair_history(bench: "Workbench", body: PairHistoryRequest) -> EncodedAnswer:
    """Show candles of a pair, analysed by a strategy or as they are. Raises NotShown."""
    return await _asked(bench, body)


async def _asked(bench: "Workbench", asked: PairHistoryQuery | PairHistoryRequest) -> EncodedAnswer:
    try:
        return EncodedAnswer(await bench.ask("charts:pair_candles", asked=msgspec.to_builtins(asked)))
    except ApplianceError as error:
        raise NotShown(str(error)) from error
