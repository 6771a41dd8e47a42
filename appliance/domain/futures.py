"""Describe what only futures markets have: tiers of leverage, funding, positions."""

from collections.abc import Sequence

import msgspec

from appliance.domain.enums import TradeDirection


class LeverageTier(msgspec.Struct, frozen=True, kw_only=True):
    """State the terms of positions worth `least` to `most` (stake currency; None: unlimited).

    `maintenance_ratio`: the part of the position's worth that must remain as margin, or it is liquidated.
    `maintenance_amount`: subtracted from that, in stake currency, so that the margin has no jumps between
    tiers; None where the exchange does not state it.
    """

    least: float
    most: float | None
    largest_leverage: float
    maintenance_ratio: float
    maintenance_amount: float | None = None


Tiers = Sequence[LeverageTier]
"""The tiers of one pair, from the smallest position to the largest; never empty."""


class FundingRate(msgspec.Struct, frozen=True):
    """State what longs pay to shorts at a time (ms, UTC), as a ratio of the position's worth."""

    timestamp: int
    rate: float


class Position(msgspec.Struct, frozen=True):
    """State an open position: `position` in base currency, `collateral` (its margin) in stake currency.

    The names are those that strategies read from `wallets.get_all_positions()`.
    """

    symbol: str
    position: float
    leverage: float
    collateral: float
    side: TradeDirection

    def worth(self, rate: float) -> float:
        """Return margin and unrealised profit at `rate` (quote currency), in stake currency."""
        borrowed = self.collateral * (self.leverage - 1)
        if self.side == "long":
            return rate * self.position - borrowed
        return self.collateral * (1 + self.leverage) - rate * self.position
