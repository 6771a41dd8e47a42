"""Hold what the exchange says the account has."""

from collections.abc import Mapping

from appliance.bot.book import TradeBook
from appliance.domain.market import Balance
from appliance.exchange.gateway import Gateway


class ExchangeAccount:
    """Keep the balances as of the last time that the exchange was asked."""

    def __init__(self, gateway: Gateway, book: TradeBook, stake_currency: str) -> None:
        self._gateway = gateway
        self._book = book
        self._stake_currency = stake_currency
        self._balances: Mapping[str, Balance] = {}
        self._outdated = True

    @property
    def balances(self) -> Mapping[str, Balance]:
        return self._balances

    @property
    def starting_balance(self) -> float:
        """What the account had before the bot's trades made or lost anything, in stake currency."""
        held = self._balances.get(self._stake_currency)
        tied_up = sum(trade.stake_amount for trade in self._book.open.values())
        return (held.free if held else 0.0) + tied_up - self._book.closed_profit

    def outdated(self) -> None:
        self._outdated = True

    async def catch_up(self) -> None:
        if self._outdated:
            await self.refresh()

    async def refresh(self) -> None:
        """Ask the exchange. Raises `ExchangeError`; then the balances stay as they were."""
        self._outdated = False  # before the question: an order that comes in between outdates the answer
        try:
            self._balances = await self._gateway.fetch_balances()
        except BaseException:  # a cancelled question has no answer either
            self._outdated = True
            raise
