"""Fetch the prices of many trades together, and again when they are outdated."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from appliance.bot.state.book import TradeBook
from appliance.bot.state.clock import Clock
from appliance.bot.state.prices import Prices
from appliance.domain.trade import Trade

FRESH_SECONDS = 1.0
"""How old a price may be to base a decision on."""

OfMany = Callable[[Sequence[Trade]], Awaitable[dict[str, float]]]
OfOne = Callable[..., Awaitable[float]]


@dataclass(kw_only=True, eq=False)
class TradePrices:
    """Hold the rates of trades that were fetched together; outdated ones are fetched again.

    Rates that `of_many` leaves out are fetched by `of_one`.
    """

    trades: Sequence[Trade]
    book: TradeBook
    clock: Clock
    of_many: OfMany
    of_one: OfOne

    def __post_init__(self) -> None:
        self._rates: dict[str, float] = {}
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    async def of(self, trade: Trade) -> float:
        """Return a trade's rate. Raises `ExchangeError`."""
        async with self._asking:
            if self.clock.monotonic() - self._asked_at > FRESH_SECONDS:
                self._rates = await self.of_many([each for each in self.trades if self.book.has(each)])
                self._asked_at = self.clock.monotonic()
        rate = self._rates.get(trade.pair)
        return await self.of_one(trade.pair, short=trade.is_short) if rate is None else rate


def exit_rates(prices: Prices, book: TradeBook, clock: Clock, trades: Sequence[Trade]) -> TradePrices:
    """Return the exit prices of `trades`, fetched when the first is needed."""
    return TradePrices(
        trades=trades, book=book, clock=clock, of_many=prices.exit_rates, of_one=prices.exit_rate
    )


def entry_rates(prices: Prices, book: TradeBook, clock: Clock, trades: Sequence[Trade]) -> TradePrices:
    """Return the entry prices of `trades`, fetched when the first is needed."""
    return TradePrices(
        trades=trades, book=book, clock=clock, of_many=prices.entry_rates, of_one=prices.entry_rate
    )
