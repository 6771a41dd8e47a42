"""Choose the prices of entries and exits. Prices in quote currency."""

import math
from typing import Any

from appliance.domain.enums import BookSide, PriceSide
from appliance.domain.errors import ExchangeError
from appliance.domain.market import OrderBook, Ticker


def book_side(price_side: PriceSide, *, buying: bool) -> BookSide:
    """Return the side of the book for a price: "same" is the order's own side, "other" the opposite one."""
    if price_side == "same":
        return "bid" if buying else "ask"
    if price_side == "other":
        return "ask" if buying else "bid"
    return "bid" if price_side == "bid" else "ask"


def is_price(value: Any) -> bool:
    """Return whether a value is a usable price: a finite number above 0."""
    return isinstance(value, int | float) and 0 < value < math.inf


def price_from_book(book: OrderBook, side: BookSide, level: int) -> float:
    """Return the price at `level` (1 is the best). Raises `ExchangeError` if the book is too thin."""
    levels = book.bids if side == "bid" else book.asks
    if len(levels) < level:
        raise ExchangeError(f"the order book of {book.pair} has no {side} at level {level}")
    price = levels[level - 1][0]
    if not is_price(price):
        raise ExchangeError(f"the order book of {book.pair} has no valid price at level {level}")
    return price


def price_from_ticker(ticker: Ticker, side: BookSide, *, entry: bool, last_balance: float) -> float:
    """Return the ticker's price of `side`, moved by `last_balance` (0 to 1) towards the last price.

    It moves only if the last price is better: lower for entries, higher for exits.
    """
    price = ticker.bid if side == "bid" else ticker.ask
    price = price if is_price(price) else ticker.last
    if price is None or not is_price(price):
        raise ExchangeError(f"the exchange has no valid price of {ticker.pair}")
    if ticker.last and (price > ticker.last if entry else price < ticker.last):
        price += last_balance * (ticker.last - price)
    return price


def within_distance(custom: float, proposed: float, max_ratio: float) -> float:
    """Return a strategy's own price, limited to `max_ratio` (0.02: 2 %) around the proposed one."""
    return max(min(custom, proposed * (1 + max_ratio)), proposed * (1 - max_ratio))
