"""Query the markets of the exchange."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from appliance.domain.enums import MarginMode, TradingMode
from appliance.queries.bot_slot import BotSlot
from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.reports.views.markets import MarketResponse, markets_shown


class MarketsQuery(Struct, frozen=True):
    """Choose markets. A trading bot has its own exchange only, and ignores the first three."""

    trading_mode: TradingMode | None = None
    margin_mode: MarginMode | None = None
    exchange: str | None = None
    base: Annotated[str | None, Meta(description="Only markets that trade this currency.")] = None
    quote: Annotated[str | None, Meta(description="Only markets priced in this currency.")] = None
    include_inactive: Annotated[bool, Meta(description="Also markets that are not active.")] = False


async def markets(slot: BotSlot, query: MarketsQuery) -> MarketResponse | EncodedAnswer:
    """List the exchange's markets."""
    if slot.is_webserver:
        asked = msgspec.to_builtins(query)
        return EncodedAnswer(await slot.require_workbench().ask("exchanges:markets", asked=asked))
    bot = slot.require_bot()
    return markets_shown(
        bot.gateway.markets,
        bot.gateway.name,
        base=query.base,
        quote=query.quote,
        include_inactive=query.include_inactive,
    )
