"""Calculate the stake of a trade. All amounts in stake currency, before leverage."""

from typing import NamedTuple

import msgspec

from appliance.domain.errors import Refused
from appliance.domain.market import Market
from appliance.domain.money import amount_to_contract_step

STAKE_RAISE_LIMIT = 1.3
"""A stake below the exchange's minimum is raised to it, but not by more than this factor."""
STOP_RESERVE_LIMIT = 1.5


class StakePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """State the settings of stakes. `amount` None stands for "unlimited"."""

    amount: float | None
    max_open_trades: float
    amend_last: bool = False
    last_min_ratio: float = 0.5


def proposed_stake(policy: StakePolicy, available: float, tied_up: float) -> float:
    """Return the stake of the next trade: as configured, or an equal share of what the bot may use.

    Raises `Refused` if less is available.
    """
    if policy.amount is None:
        if not policy.max_open_trades:
            return 0.0
        stake = min((available + tied_up) / policy.max_open_trades, available)
    else:
        stake = policy.amount
    if policy.amend_last:
        stake = min(stake, available) if available > stake * policy.last_min_ratio else 0.0
    if available < stake:
        raise Refused(f"only {available:.8g} available, less than the stake of {stake:.8g}")
    return max(stake, 0.0)


class PositionLimit(NamedTuple):
    """State the leverage of an entry, and the largest worth (stake currency) of a position with it."""

    leverage: float = 1.0
    largest_worth: float | None = None


SPOT = PositionLimit()


def stake_limits(
    market: Market, rate: float, stoploss: float, reserve: float, position: PositionLimit = SPOT
) -> tuple[float | None, float]:
    """Return the minimum (None: none) and the maximum stake of an entry at `rate`.

    The minimum leaves room for a stop loss exit that must itself be above the exchange's minimum: `reserve`
    (a ratio) on top, and the loss until the stop (`stoploss`, a ratio), but at most half of the minimum.
    """
    smallest = _smallest_worths(market, rate, stoploss, reserve)
    largest = _largest_worths(market, rate)
    if position.largest_worth:
        largest.append(position.largest_worth)
    return (
        max(smallest) / position.leverage if smallest else None,
        min(largest) / position.leverage if largest else float("inf"),
    )


def _smallest_worths(market: Market, rate: float, stoploss: float, reserve: float) -> list[float]:
    """Return the minimum worths of an entry by cost and by amount, as far as the market has them."""
    margin = 1.0 + reserve
    distance = abs(stoploss)
    stop_margin = margin / (1 - distance) if distance != 1 else STOP_RESERVE_LIMIT
    stop_margin = max(min(stop_margin, STOP_RESERVE_LIMIT), 1)
    contract = market.contract_size or 1.0
    limits = []
    if market.cost_min is not None:
        limits.append(market.cost_min * contract * stop_margin)
    if market.amount_min is not None:
        limits.append(market.amount_min * contract * rate * margin)
    return limits


def _largest_worths(market: Market, rate: float) -> list[float]:
    """Return the maximum worths of an order by cost and by amount, as far as the market has them."""
    contract = market.contract_size or 1.0
    limits = []
    if market.cost_max is not None:
        limits.append(market.cost_max * contract)
    if market.amount_max is not None:
        limits.append(market.amount_max * contract * rate)
    return limits


def worth_of(stake: float, rate: float, leverage: float) -> float:
    """Return the amount (base currency) that a stake is worth at `rate`, not rounded to any step."""
    return stake / rate * leverage


def bought_with(stake: float, rate: float, leverage: float, market: Market) -> float:
    """Return the amount (base currency) that a stake buys at `rate`, rounded down to the lot step."""
    return amount_to_contract_step(
        worth_of(stake, rate, leverage),
        market.amount_precision,
        market.precision_mode,
        market.contract_size,
    )


def allowed_stake(
    stake: float,
    *,
    least: float | None,
    largest: float,
    available: float,
    in_trade: float | None = None,
) -> float:
    """Return the stake adjusted to the limits; 0 if none fits. `in_trade`: stake of the trade so far."""
    if not stake or stake < 0:
        return 0.0
    ceiling = min(largest, available)
    if in_trade:
        ceiling = min(ceiling, largest - in_trade)
    if least is not None:
        if least > ceiling or stake * STAKE_RAISE_LIMIT < least:
            return 0.0
        stake = max(stake, least)
    return min(stake, ceiling)
