"""Query the markets of the exchange."""

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from appliance.domain.enums import MarginMode, TradingMode
from appliance.reports.views.markets import MarketResponse, markets_shown

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class MarketsQuery(Struct, frozen=True):
    """Choose markets. A trading bot has its own exchange only, and ignores the first three."""

    trading_mode: TradingMode | None = None
    margin_mode: MarginMode | None = None
    exchange: str | None = None
    base: Annotated[str | None, Meta(description="Only markets that trade this currency.")] = None
    quote: Annotated[str | None, Meta(description="Only markets priced in this currency.")] = None
    include_inactive: Annotated[bool, Meta(description="Also markets that are not active.")] = False


def markets(bot: "Bot", query: MarketsQuery) -> MarketResponse:
    """List the exchange's markets."""
    return markets_shown(
        bot.gateway.markets,
        bot.gateway.name,
        base=query.base,
        quote=query.quote,
        include_inactive=query.include_inactive,
    )
