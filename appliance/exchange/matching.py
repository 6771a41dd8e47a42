"""Decide how an order fills against a book: pure functions from (order, book) to the order as it is then."""

from collections.abc import Iterable

import msgspec

from appliance.domain.enums import PrecisionMode
from appliance.domain.market import ExchangeOrder, Fee, Market, OrderBook
from appliance.domain.money import amount_to_contract_step, exact, price_to_tick, product, quotient, total

MOST_SLIPPAGE = 0.05
"""A market order's mean price is at most this ratio worse than the best offer."""
STOP_LIMIT, STOP_MARKET = "stop_loss_limit", "stop_loss"

Offers = list[tuple[float, float]]


class FillTerms(msgspec.Struct, frozen=True):
    """State on what terms an order fills: in which market, when (ms), at what fee (ratio of the cost)."""

    market: Market
    now_ms: int
    fee: float


def opposite(order: ExchangeOrder, book: OrderBook) -> Offers:
    """Return the offers that the order would take, best first."""
    return book.asks if order.side == "buy" else book.bids


def crosses(order: ExchangeOrder, book: OrderBook) -> bool:
    """Return whether the best offer meets the order's limit."""
    return bool(_acceptable(order, book))


def volume_within_limit(order: ExchangeOrder, book: OrderBook) -> float:
    """Return how much (base currency) is offered at the order's limit or better."""
    return sum(amount for _, amount in _acceptable(order, book))


def is_triggered(order: ExchangeOrder, book: OrderBook) -> bool:
    """Return whether the price has reached the stop: a sell's from above, a buy's from below."""
    offers = opposite(order, book)
    if not offers or order.stop_price is None:
        return False
    best = offers[0][0]
    return best <= order.stop_price if order.side == "sell" else best >= order.stop_price


def triggered(order: ExchangeOrder) -> ExchangeOrder:
    """Return the order that a triggered stop order becomes."""
    return msgspec.structs.replace(order, type="limit" if order.type == STOP_LIMIT else "market")


def fill_at_market(order: ExchangeOrder, book: OrderBook, terms: FillTerms) -> ExchangeOrder:
    """Fill the whole remainder along the book; what is beyond the book costs its last price."""
    offers = opposite(order, book)
    best = offers[0][0]
    worst = best * (1 + MOST_SLIPPAGE if order.side == "buy" else 1 - MOST_SLIPPAGE)
    mean = mean_price(offers, order.remaining)
    mean = min(mean, worst) if order.side == "buy" else max(mean, worst)
    price = price_to_tick(mean, terms.market.price_precision, terms.market.precision_mode)
    return _filled(order, order.remaining, price, terms)


def fill_as_taker(order: ExchangeOrder, amount: float, book: OrderBook, terms: FillTerms) -> ExchangeOrder:
    """Fill `amount` of a new order along the offers within its limit; the rest is paid at the limit."""
    assert order.price is not None
    mean = mean_price([*_acceptable(order, book), (order.price, amount)], amount)
    price = price_to_tick(mean, terms.market.price_precision, terms.market.precision_mode)
    return _filled(order, amount, price, terms)


def fill_as_maker(order: ExchangeOrder, amount: float, terms: FillTerms) -> ExchangeOrder:
    """Fill `amount` of a resting order at its own price."""
    assert order.price is not None
    return _filled(order, amount, order.price, terms)


def mean_price(offers: Iterable[tuple[float, float]], amount: float) -> float:
    """Return the mean price of taking `amount` from these offers, the last of which is without end."""
    cost, open_amount, price = 0.0, amount, 0.0
    for price, offered in offers:
        taken = min(offered, open_amount)
        cost += taken * price
        open_amount -= taken
        if open_amount <= 0:
            break
    return (cost + open_amount * price) / amount


def _acceptable(order: ExchangeOrder, book: OrderBook) -> Offers:
    limit = order.price or 0.0
    if order.side == "buy":
        return [offer for offer in book.asks if offer[0] <= limit]
    return [offer for offer in book.bids if offer[0] >= limit]


def _filled(order: ExchangeOrder, amount: float, price: float, terms: FillTerms) -> ExchangeOrder:
    """Add a fill of `amount` at `price`; its fee is paid in quote currency."""
    cost = product(amount, price)
    filled = float(total((order.filled, amount)))
    whole_cost = total((order.cost if order.filled else 0.0, cost))
    paid = total((order.fee.cost if order.fee else 0.0, product(cost, terms.fee)))
    return msgspec.structs.replace(
        order,
        status="closed" if filled >= order.amount else "open",
        filled=filled,
        average=float(quotient(whole_cost, exact(filled))) if order.filled else price,
        cost=float(whole_cost),
        fee=Fee(terms.market.quote, float(paid), terms.fee),
        filled_timestamp=terms.now_ms,
    )


def cut_to_step(amount: float, market: Market) -> float:
    """Cut an amount off at what the market accepts."""
    return amount_to_contract_step(
        amount, market.amount_precision, PrecisionMode(market.precision_mode), market.contract_size
    )
