"""Decide how much to put into a trade. All amounts in stake currency, before leverage."""

import msgspec

from appliance.domain.errors import Refused
from appliance.domain.market import Market
from appliance.domain.money import amount_to_contract_step, exact, product, quotient

STAKE_RAISE_LIMIT = 1.3
"""A stake below the exchange's minimum is raised to it, but not by more than this factor."""
STOP_RESERVE_LIMIT = 1.5


class StakePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """State what the configuration says of stakes. `amount` None stands for "unlimited"."""

    amount: float | None
    max_open_trades: float
    amend_last: bool = False
    last_min_ratio: float = 0.5


def proposed_stake(policy: StakePolicy, available: float, tied_up: float) -> float:
    """Return the stake of the next trade: as configured, or an equal share of what the bot may use.

    Raises `Refused` when less is available than is asked for.
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


def stake_limits(
    market: Market,
    rate: float,
    stoploss: float,
    reserve: float,
    leverage: float = 1.0,
    largest_worth: float | None = None,
) -> tuple[float | None, float]:
    """Return the least and the largest stake of an entry at `rate`, for a market's limits and, of futures,
    what a position with this leverage may be worth at most (stake currency).

    The least leaves room for a stop loss exit that must itself be above the exchange's minimum: `reserve` (a
    ratio) on top, and the loss until the stop (`stoploss`, a ratio) besides, but never more than half again.
    """
    margin = 1.0 + reserve
    distance = abs(stoploss)
    stop_margin = max(
        min(margin / (1 - distance) if distance != 1 else STOP_RESERVE_LIMIT, STOP_RESERVE_LIMIT), 1
    )
    contract = market.contract_size or 1.0
    least = [
        limit
        for limit in (
            market.cost_min * contract * stop_margin if market.cost_min is not None else None,
            market.amount_min * contract * rate * margin if market.amount_min is not None else None,
        )
        if limit is not None
    ]
    largest = [
        limit
        for limit in (
            market.cost_max * contract if market.cost_max is not None else None,
            market.amount_max * contract * rate if market.amount_max is not None else None,
            largest_worth or None,
        )
        if limit is not None
    ]
    return (max(least) / leverage if least else None, min(largest) / leverage if largest else float("inf"))


def worth_of(stake: float, rate: float, leverage: float) -> float:
    """Return the amount (base currency) that a stake is worth at `rate`, not cut off at any step."""
    return float(quotient(product(stake, leverage), exact(rate)))


def bought_with(stake: float, rate: float, leverage: float, market: Market) -> float:
    """Return the amount (base currency) that a stake buys at `rate`, cut off at the exchange's lot step."""
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
    """Fit a stake into the limits; 0 where it does not fit. `in_trade` is what the trade holds already."""
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
