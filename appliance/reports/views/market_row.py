"""Show a market as one row of a table, with the smallest stake and the largest leverage there."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from appliance.domain.errors import Refused
from appliance.domain.futures import Tiers
from appliance.domain.market import Market, Ticker
from appliance.rules.leverage import largest_leverage
from appliance.rules.stake import stake_limits

COLUMNS = ("Id", "Symbol", "Base", "Quote", "Active", "Spot", "Margin", "Future", "Leverage", "Min Stake")
"""freqtrade's."""
USUAL_STAKE = 20.0
"""In quote currency: of which the leverage is shown, as freqtrade does."""


class MarketRow(Struct, frozen=True, kw_only=True):
    """Show a market; fields in the order of `COLUMNS`.

    `leverage` is the largest of a stake of `USUAL_STAKE`, 1 on spot markets; `min_stake`, in quote currency,
    is the smallest stake without leverage, 0 where there is no limit.
    """

    id: str
    symbol: str
    base: str
    quote: str
    active: bool
    spot: bool
    margin: bool
    future: bool
    leverage: float
    min_stake: float

    def cells(self) -> tuple[str, ...]:
        """Return the row as texts; kinds of markets by their name, or empty."""
        kinds = (("Spot", self.spot), ("Margin", self.margin), ("Future", self.future))
        return (
            *(self.id, self.symbol, self.base, self.quote, str(self.active)),
            *(name if is_one else "" for name, is_one in kinds),
            *(str(self.leverage), str(self.min_stake)),
        )


def market_row(
    market: Market,
    described: Mapping[str, Any],
    *,
    ticker: Ticker | None = None,
    tiers: Tiers | None = None,
    reserve: float = 0.0,
) -> MarketRow:
    """Show a market, `described` in ccxt's layout; `reserve` is a ratio on top of the exchange's minimum."""
    rate = (ticker.last or ticker.ask or 0.0) if ticker else 0.0
    smallest, _ = stake_limits(market, rate, 0.0, reserve)
    return MarketRow(
        id=str(described.get("id") or ""),
        symbol=market.pair,
        base=market.base,
        quote=market.quote,
        active=market.active,
        spot=market.spot,
        margin=described.get("margin") is True,
        future=is_linear_perpetual(described),
        leverage=_leverage(tiers),
        min_stake=round(smallest or 0.0, 8),
    )


def is_linear_perpetual(described: Mapping[str, Any]) -> bool:
    """Return whether a market in ccxt's layout is a perpetual one that is settled in its quote currency."""
    return (described.get("swap"), described.get("type"), described.get("linear")) == (True, "swap", True)


def _leverage(tiers: Tiers | None) -> float:
    if not tiers:
        return 1.0
    try:
        return float(largest_leverage(tiers, USUAL_STAKE))
    except Refused:
        return 1.0
