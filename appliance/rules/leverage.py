"""Calculate the maximum leverage of a position, and its liquidation price.

Stakes, worths and margins in stake currency, rates in quote currency, amounts in base currency.
"""

from typing import Literal

import msgspec

from appliance.domain.errors import Refused
from appliance.domain.futures import LeverageTier, Tiers

Formula = Literal["with_maintenance_amount", "with_fee", "of_margin"]
"""How an exchange calculates the liquidation price: Binance; Gate, OKX and most others; Bybit."""


class IsolatedPosition(msgspec.Struct, frozen=True, kw_only=True):
    """State a position with isolated margin, as far as its liquidation price depends on it."""

    open_rate: float
    amount: float
    stake: float
    leverage: float
    is_short: bool


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
    position: IsolatedPosition,
    taker_fee: float,
    buffer: float,
) -> float:
    """Return the liquidation price of a position, moved by `buffer` (a ratio) towards the open rate.

    0 for longs that cannot be liquidated. Sources: Binance's support page "How to Calculate Liquidation
    Price of USDⓈ-M Futures Contracts", with one position and isolated margin; Gate's "Liquidation price and
    bankruptcy price"; Bybit's "Liquidation Price Calculation under Isolated Mode".
    """
    amount, open_rate, stake = position.amount, position.open_rate, position.stake
    tier = maintenance_tier(tiers, stake)
    side = -1 if position.is_short else 1
    if formula == "with_maintenance_amount":
        margin = stake + (tier.maintenance_amount or 0.0)
        price = (margin - side * amount * open_rate) / (amount * tier.maintenance_ratio - side * amount)
    elif formula == "of_margin":
        needed = amount * open_rate * (1 / position.leverage - tier.maintenance_ratio)
        price = open_rate - side * needed / amount
    else:
        price = (open_rate - side * stake / amount) / (1 - side * (tier.maintenance_ratio + taker_fee))
    return max(price + side * abs(open_rate - price) * buffer, 0.0)


def room_left(liquidation: float, open_rate: float, rate: float, *, leverage: float, is_short: bool) -> float:
    """Return the distance of `rate` from liquidation, as a ratio of the move that uses up the margin.

    About 1 for a new position, 0 at the liquidation price, for any leverage. A position in profit is measured
    from the current rate.
    """
    distance = liquidation - rate if is_short else rate - liquidation
    measured_from = min(open_rate, rate) if is_short else max(open_rate, rate)
    return max(0.0, distance * leverage / measured_from)
