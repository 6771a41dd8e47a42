"""Show what an exchange trades."""

from collections.abc import Mapping

from msgspec import Struct

from appliance.domain.market import Market


class MarketModel(Struct, frozen=True, kw_only=True):
    """Show a market: its two currencies, and whether it is spot or a perpetual swap."""

    symbol: str
    base: str
    quote: str
    spot: bool
    swap: bool
    active: bool = False


class MarketResponse(Struct, frozen=True):
    """Show markets by pair, and the exchange's name."""

    markets: dict[str, MarketModel]
    exchange_id: str


def markets_shown(
    markets: Mapping[str, Market],
    exchange: str,
    *,
    base: str | None = None,
    quote: str | None = None,
    include_inactive: bool = False,
) -> MarketResponse:
    """Show the markets of a base and a quote currency (default: any) that are traded now, or all of them."""
    shown = {
        pair: MarketModel(
            symbol=pair,
            base=market.base,
            quote=market.quote,
            spot=market.spot,
            swap=market.swap,
            active=market.active,
        )
        for pair, market in markets.items()
        if (not base or market.base == base)
        and (not quote or market.quote == quote)
        and (include_inactive or market.active)
    }
    return MarketResponse(shown, exchange)
