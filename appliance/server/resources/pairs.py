"""Tell which pairs are traded, and show their analysed candles."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from appliance.reports.candles import PairHistory, newest, pair_history

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class WhitelistResponse(Struct, frozen=True):
    """`method` names the pair lists that chose the pairs."""

    whitelist: list[str]
    length: int
    method: list[str]


class PairCandlesQuery(Struct, frozen=True):
    pair: str
    timeframe: str
    limit: Annotated[int | None, Meta(description="Most candles, the newest; default all.")] = None


class PairCandlesRequest(Struct, frozen=True):
    pair: str
    timeframe: str
    limit: Annotated[int | None, Meta(description="Most candles, the newest; default all.")] = None
    columns: Annotated[list[str] | None, Meta(description="Indicators to show; default all.")] = None


def whitelist(bot: "Bot") -> WhitelistResponse:
    """List the pairs that are traded now."""
    pairs = list(bot.whitelist)
    return WhitelistResponse(pairs, len(pairs), list(bot.pairlist_names))


async def pair_candles(bot: "Bot", query: PairCandlesQuery) -> msgspec.Raw:
    """Show analysed candles of a pair."""
    return await _candles(bot, query.pair, query.timeframe, query.limit, None)


async def chosen_pair_candles(bot: "Bot", body: PairCandlesRequest) -> msgspec.Raw:
    """Show analysed candles of a pair, with chosen indicators."""
    return await _candles(bot, body.pair, body.timeframe, body.limit, body.columns)


async def _candles(
    bot: "Bot", pair: str, timeframe: str, limit: int | None, columns: list[str] | None
) -> msgspec.Raw:
    analyzed = bot.frames.get((pair, timeframe))
    frame, at = (analyzed.frame, analyzed.analyzed_at) if analyzed else (None, None)
    strategy = bot.strategy_name
    marks = await bot.annotations(pair, newest(frame, limit)) if frame is not None else []

    def show() -> msgspec.Raw:
        history: PairHistory = pair_history(
            frame,
            at,
            strategy=strategy,
            pair=pair,
            timeframe=timeframe,
            limit=limit,
            columns=columns,
            marks=marks,
        )
        return msgspec.Raw(msgspec.json.encode(history))

    return await asyncio.to_thread(show)
