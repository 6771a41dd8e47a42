"""Decide how much leverage a position may have, and at which price it is liquidated.

Stakes, worths and margins in stake currency, rates in quote currency, amounts in base currency.
"""

from typing import Literal

from appliance.domain.errors import Refused
from appliance.domain.futures import LeverageTier, Tiers

Formula = Literal["with_maintenance_amount", "with_fee", "of_margin"]
"""How an exchange reckons the liquidation price: Binance; Gate, OKX and most others; Bybit."""


def largest_leverage(tiers: Tiers, stake: float) -> float:
    """Return the most leverage that a stake may have: the tier's in which it lies at full leverage.

    Raises `Refused` for a stake beyond the last tier.
    """
    for tier in tiers:
        if tier.most is None or stake <= tier.most / tier.largest_leverage:
            return tier.largest_leverage
    raise Refused(f"a stake of {stake:.8g} is more than the exchange takes for one position")


def largest_worth(tiers: Tiers, leverage: float) -> float | None:
    """Return the most that a position with this leverage may be worth; None where there is no limit."""
    for tier in reversed(tiers):
        if leverage <= tier.largest_leverage:
            return tier.most
    return None


def maintenance_tier(tiers: Tiers, stake: float) -> LeverageTier:
    """Return the tier by which the maintenance margin of a stake is reckoned.

    It is chosen by the stake and not by the position's worth, as freqtrade does in dry-run and backtests.
    """
    return next((tier for tier in reversed(tiers) if stake >= tier.least), tiers[0])


def liquidation_price(
    tiers: Tiers,
    *,
    formula: Formula,
    open_rate: float,
    amount: float,
    stake: float,
    leverage: float,
    is_short: bool,
    taker_fee: float,
    buffer: float,
) -> float:
    """Return the rate at which an isolated position has to be gone, `buffer` (a ratio) before liquidation.

    0 for longs that cannot be liquidated. Sources: Binance's support page "How to Calculate Liquidation
    Price of USDⓈ-M Futures Contracts", with one position and isolated margin; Gate's "Liquidation price and
    bankruptcy price"; Bybit's "Liquidation Price Calculation under Isolated Mode".
    """
    tier = maintenance_tier(tiers, stake)
    side = -1 if is_short else 1
    if formula == "with_maintenance_amount":
        margin = stake + (tier.maintenance_amount or 0.0)
        price = (margin - side * amount * open_rate) / (amount * tier.maintenance_ratio - side * amount)
    elif formula == "of_margin":
        needed = amount * open_rate * (1 / leverage - tier.maintenance_ratio)
        price = open_rate - side * needed / amount
    else:
        price = (open_rate - side * stake / amount) / (1 - side * (tier.maintenance_ratio + taker_fee))
    return max(price + side * abs(open_rate - price) * buffer, 0.0)


def room_left(liquidation: float, open_rate: float, rate: float, *, leverage: float, is_short: bool) -> float:
    """Return how far `rate` is from liquidation, as a part of the move that would use the margin up.

    About 1 for a new position, 0 at the liquidation price, whatever the leverage. A position in profit is
    measured from where it stands now.
    """
    distance = liquidation - rate if is_short else rate - liquidation
    measured_from = min(open_rate, rate) if is_short else max(open_rate, rate)
    return max(0.0, distance * leverage / measured_from)
