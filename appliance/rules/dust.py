"""Decide what is dust: a position too small for the exchange to accept an exit."""

import msgspec

from appliance.domain.market import Market
from appliance.domain.money import amount_to_contract_step
from appliance.domain.order import Order
from appliance.domain.trade import Trade

LARGEST_RATIO = 2.0
"""Maximum cost of dust, as a ratio of the exchange's minimum: one wrong price does not make more dust."""
SAME_AMOUNT_RATIO = 1 - 1e-9


class Least(msgspec.Struct, frozen=True, kw_only=True):
    """State the minimum of one exit order: `amount` in base, `cost` in quote currency, 0 without a minimum.

    The lot step counts in contracts of `contract_size` base currency each.
    """

    amount: float = 0.0
    cost: float = 0.0
    step: float | None = None
    mode: int
    contract_size: float | None = None


def least_to_sell(market: Market, *, reduces_only: bool = False, played: bool = False) -> Least:
    """Return the minimum of an exit on a market.

    Reduce-only orders (futures) have no minimum cost. `played`: in dry-run only the lot step counts.
    """
    contract = market.contract_size or 1.0
    return Least(
        amount=0.0 if played else (market.amount_min or 0.0) * contract,
        cost=0.0 if played or reduces_only else (market.cost_min or 0.0) * contract,
        step=market.amount_precision,
        mode=market.precision_mode,
        contract_size=market.contract_size,
    )


def why_unsellable(amount: float, rate: float, least: Least) -> str | None:
    """Return why an exit of `amount` (base currency) at `rate` cannot be placed; None if it can."""
    in_lots = amount_to_contract_step(amount, least.step, least.mode, least.contract_size)
    if in_lots <= 0:
        return "it is less than the lot step"
    if in_lots < least.amount:
        return f"it is less than the exchange's minimum amount of {least.amount:.8g}"
    if in_lots * rate < least.cost:
        return f"it is worth {in_lots * rate:.4g}, less than the exchange's minimum of {least.cost:.8g}"
    return None


def is_left_over(trade: Trade, cost_min: float | None) -> bool:
    """Return whether a position is the small rest of a larger one, or of an entry that was filled in part.

    A whole position that has only lost value is not: it may recover.
    """
    if cost_min and trade.amount * trade.open_rate >= LARGEST_RATIO * cost_min:
        return False
    return any(_left_something(trade, order) for order in trade.orders if not order.ft_is_open)


def _left_something(trade: Trade, order: Order) -> bool:
    if order.safe_filled <= 0:
        return False
    return (
        order.ft_order_side != trade.entry_side or order.safe_filled < order.safe_amount * SAME_AMOUNT_RATIO
    )


def left_by(trade: Trade, order: Order) -> float:
    """Return the amount of a trade (base currency) if its open order ends with its present fills."""
    if order.ft_order_side == trade.entry_side:
        return trade.amount + order.safe_filled
    return max(trade.amount - order.safe_filled, 0.0)
