"""Tell last prices and offers of the simulated market at any moment, as exact decimals."""

# ruff: noqa: SLF001 -- the simulated market's own numbers, before they are rounded for the bot

from decimal import Decimal
from functools import lru_cache

import msgspec
import numpy as np

from appliance.domain.market import Market, OrderBook
from appliance.exchange.simulated.bars import CLOSE, HIGH, LOW
from appliance.exchange.simulated.book import order_book
from appliance.exchange.simulated.market import SimulatedMarket
from appliance.exchange.simulated.path import STEP_MS
from tests.exchange_server.engine.money import cut, exact

Offers = list[tuple[Decimal, Decimal]]
TICK_MS = 200
"""How often the exchange matches: at the last price of every fifth of a second."""
_KEPT = 1024
_DEEPEST = 1000


class Prices:
    """Read one market's paths; a bar is computed once, and cut off where the clock stands.

    `liquidity`: how much is offered, as a share of what the simulated market shows.
    """

    def __init__(self, market: SimulatedMarket, liquidity: float = 1.0) -> None:
        self._market = market
        self._bars = market._bars
        self._liquidity = exact(liquidity)
        self._number = {pair: number for number, pair in enumerate(market.markets)}
        self._bar = lru_cache(_KEPT)(self._computed_bar)
        self._shocks: dict[str, float] = {}

    def shock(self, pair: str, factor: float) -> None:
        """Let a pair trade at so many times its price from now on; its candles do not tell."""
        self._shocks[pair] = self._shocks.get(pair, 1.0) * factor

    def market(self, pair: str) -> Market:
        return self._market.markets[pair]

    def last(self, pair: str, at_ms: int) -> Decimal:
        """Return the last traded price: that of `SimulatedMarket.price`."""
        step, elapsed = divmod(at_ms, STEP_MS)
        begun = self._bars._begun([self._number[pair]], step, self._bar(pair, step), elapsed / STEP_MS)
        ticks = exact(max(1, round(float(begun[CLOSE, 0]) * self._shocks.get(pair, 1.0))))
        return ticks * exact(self.market(pair).price_precision)

    def ranges(self, pair: str, first_step: int, count: int) -> list[tuple[float, float]]:
        """Return lowest and highest price of consecutive steps of 20 s."""
        bars = self._bars.whole([self._number[pair]], first_step, count)[:, 0]
        tick = self.market(pair).price_precision * self._shocks.get(pair, 1.0)
        return list(zip((bars[LOW] * tick).tolist(), (bars[HIGH] * tick).tolist(), strict=True))

    def book(self, pair: str, depth: int, at_ms: int) -> OrderBook:
        """Return the offers that this exchange shows and trades by."""
        last = float(self.last(pair, at_ms))
        simulated = self._market._pairs[self._number[pair]]
        book = order_book(simulated, self._market._seed, last, depth, at_ms)
        return self.thinned(book)

    def thinned(self, book: OrderBook) -> OrderBook:
        """Return what is left of a book at this exchange's liquidity."""
        if self._liquidity == 1:
            return book
        bids, asks = (self._scaled(book.pair, offers) for offers in (book.bids, book.asks))
        return msgspec.structs.replace(book, bids=bids, asks=asks)

    def offers(self, pair: str, is_buy: bool, at_ms: int) -> Offers:
        """Return what an order of this side would take, best first."""
        book = self.book(pair, _DEEPEST, at_ms)
        offered = book.asks if is_buy else book.bids
        return [(exact(price), exact(amount)) for price, amount in offered]

    def _scaled(self, pair: str, offers: list[tuple[float, float]]) -> list[tuple[float, float]]:
        step = exact(self.market(pair).amount_precision)
        amounts = (max(step, cut(exact(amount) * self._liquidity, step)) for _, amount in offers)
        return [(price, float(amount)) for (price, _), amount in zip(offers, amounts, strict=True)]

    def _computed_bar(self, pair: str, step: int) -> np.ndarray:
        return self._bars.whole([self._number[pair]], step, 1)[:, :, 0]
