"""Calculate the maximum leverage of a position, and its liquidation price.

Stakes, worths and margins in stake currency, rates in quote currency, amounts in base currency.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from appliance.domain.errors import Refused
from appliance.domain.futures import LeverageTier, Tiers

Formula = Literal["with_maintenance_amount", "with_fee", "of_margin"]
"""How an exchange calculates the liquidation price: Binance; Gate, OKX and most others; Bybit."""


class MarginPosition(msgspec.Struct, frozen=True, kw_only=True):
    """State a position, as far as its liquidation price depends on it.

    `margin` is what it can lose: its own stake where that is isolated (None), else what all positions share.
    """

    open_rate: float
    amount: float
    stake: float
    leverage: float
    is_short: bool
    margin: float | None = None


def largest_leverage(tiers: Tiers, stake: float) -> float:
    """Return the maximum leverage of a stake: that of the tier which the leveraged stake falls into.

    Raises `Refused` for a stake beyond the last tier.
    """
    for tier in tiers:
        if tier.most is None or stake <= tier.most / tier.largest_leverage:
            return tier.largest_leverage
    raise Refused(f"a stake of {stake:.8g} is more than the exchange takes for one position")


def largest_worth(tiers: Tiers, leverage: float) -> float | None:
    """Return the maximum worth of a position with this leverage; None without a limit."""
    for tier in reversed(tiers):
        if leverage <= tier.largest_leverage:
            return tier.most
    return None


def maintenance_tier(tiers: Tiers, stake: float) -> LeverageTier:
    """Return the tier of the maintenance margin of a stake.

    It is chosen by the stake, not by the worth of the position, as freqtrade does in dry-run and backtests.
    """
    return next((tier for tier in reversed(tiers) if stake >= tier.least), tiers[0])


def liquidation_price(
    tiers: Tiers,
    *,
    formula: Formula,
    position: MarginPosition,
    taker_fee: float,
    buffer: float,
) -> float:
    """Return the liquidation price of a position, moved by `buffer` (a ratio) towards the open rate.

    0 for longs that cannot be liquidated. Sources: Binance's support page "How to Calculate Liquidation
    Price of USDⓈ-M Futures Contracts", with one position a pair; Gate's "Liquidation price and
    bankruptcy price"; Bybit's "Liquidation Price Calculation under Isolated Mode".
    """
    amount, open_rate, stake = position.amount, position.open_rate, position.stake
    tier = maintenance_tier(tiers, stake)
    side = -1 if position.is_short else 1
    if formula == "with_maintenance_amount":
        held = stake if position.margin is None else position.margin
        margin = held + (tier.maintenance_amount or 0.0)
        price = (margin - side * amount * open_rate) / (amount * tier.maintenance_ratio - side * amount)
    elif formula == "of_margin":
        needed = amount * open_rate * (1 / position.leverage - tier.maintenance_ratio)
        price = open_rate - side * needed / amount
    else:
        price = (open_rate - side * stake / amount) / (1 - side * (tier.maintenance_ratio + taker_fee))
    return max(price + side * abs(open_rate - price) * buffer, 0.0)


def shared_margin(collateral: float, others: Iterable[tuple[MarginPosition, Tiers]]) -> float:
    """Return the margin that a position with cross margin can lose, in stake currency.

    That is the whole collateral, less the maintenance margin of the other positions at their open rates.
    Source: as of `liquidation_price`; freqtrade's backtests value other positions at their open rates, too.
    """
    needed = 0.0
    for other, tiers in others:
        tier = maintenance_tier(tiers, other.stake)
        worth = other.amount * other.open_rate
        needed += worth * tier.maintenance_ratio - (tier.maintenance_amount or 0.0)
    return collateral - needed


def room_left(liquidation: float, open_rate: float, rate: float, *, leverage: float, is_short: bool) -> float:
    """Return the distance of `rate` from liquidation, as a ratio of the move that uses up the margin.

    About 1 for a new position, 0 at the liquidation price, for any leverage. A position in profit is measured
    from the current rate.
    """
    distance = liquidation - rate if is_short else rate - liquidation
    measured_from = min(open_rate, rate) if is_short else max(open_rate, rate)
    return max(0.0, distance * leverage / measured_from)
