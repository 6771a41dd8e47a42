"""Know what many trades are priced at while they are looked at one after the other, or several at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from appliance.bot.state.context import Trading
from appliance.domain.trade import Trade

FRESH_SECONDS = 1.0
"""How old a price may be that something is decided on."""

OfMany = Callable[[Sequence[Trade]], Awaitable[dict[str, float]]]
OfOne = Callable[..., Awaitable[float]]


class TradePrices:
    """Hold the rates of trades that were asked for together; those that have become old are asked for anew.

    What `of_many` leaves out is asked for by `of_one`.
    """

    def __init__(self, trading: Trading, trades: Sequence[Trade], of_many: OfMany, of_one: OfOne) -> None:
        self._t = trading
        self._trades = trades
        self._of_many, self._of_one = of_many, of_one
        self._rates: dict[str, float] = {}
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    async def of(self, trade: Trade) -> float:
        """Return a trade's rate. Raises `ExchangeError`."""
        async with self._asking:
            if self._t.ticks() - self._asked_at > FRESH_SECONDS:
                self._rates = await self._of_many([each for each in self._trades if self._t.book.has(each)])
                self._asked_at = self._t.ticks()
        rate = self._rates.get(trade.pair)
        return await self._of_one(trade.pair, short=trade.is_short) if rate is None else rate


def exit_rates(trading: Trading, trades: Sequence[Trade]) -> TradePrices:
    return TradePrices(trading, trades, trading.rates.exit_rates, trading.rates.exit_rate)


def entry_rates(trading: Trading, trades: Sequence[Trade]) -> TradePrices:
    return TradePrices(trading, trades, trading.rates.entry_rates, trading.rates.entry_rate)
