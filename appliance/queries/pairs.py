"""Query the traded pairs, and their analysed candles."""

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from appliance.queries.bot_slot import BotSlot
from appliance.queries.cache.encoded_answer import EncodedAnswer

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
    limit: Annotated[int | None, Meta(description="How many of the newest candles; default all.")] = None


class PairCandlesRequest(Struct, frozen=True):
    pair: str
    timeframe: str
    limit: Annotated[int | None, Meta(description="How many of the newest candles; default all.")] = None
    columns: Annotated[list[str] | None, Meta(description="Indicators to show; default all.")] = None


def whitelist(bot: "Bot") -> WhitelistResponse:
    """List the traded pairs."""
    pairs = list(bot.whitelist)
    return WhitelistResponse(pairs, len(pairs), list(bot.pairlist_names))


async def pair_candles(bot: "Bot", slot: BotSlot, query: PairCandlesQuery) -> EncodedAnswer:
    """Show analysed candles of a pair."""
    return await slot.candles.of(bot, query.pair, query.timeframe, query.limit, None)


async def chosen_pair_candles(bot: "Bot", slot: BotSlot, body: PairCandlesRequest) -> EncodedAnswer:
    """Show analysed candles of a pair, with chosen indicators."""
    return await slot.candles.of(bot, body.pair, body.timeframe, body.limit, body.columns)
