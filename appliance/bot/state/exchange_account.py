"""Hold the account's balances as the exchange reports them."""

import asyncio
import time
from collections.abc import Callable, Mapping

from appliance.bot.state.book import TradeBook
from appliance.domain.market import Balance
from appliance.exchange.gateway import Gateway


class ExchangeAccount:
    """Hold the balances as of the last request to the exchange.

    An order outdates the balances of its own currencies only. Concurrent callers share one request.
    """

    def __init__(
        self,
        gateway: Gateway,
        book: TradeBook,
        stake_currency: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gateway = gateway
        self._monotonic = monotonic
        self._answered_at = float("-inf")
        self._book = book
        self._stake_currency = stake_currency
        self._balances: Mapping[str, Balance] = {}
        self._outdated: set[str] = set()
        self._all_outdated = True
        self._asking: asyncio.Future[None] | None = None
        self._asked_for: set[str] = set()
        self._asked_for_all = False

    @property
    def balances(self) -> Mapping[str, Balance]:
        return self._balances

    @property
    def starting_balance(self) -> float:
        """The account without the profits and losses of the bot's trades, in stake currency."""
        held = self._balances.get(self._stake_currency)
        tied_up = sum(trade.stake_amount for trade in self._book.open.values())
        return (held.free if held else 0.0) + tied_up - self._book.closed_profit

    @property
    def age_seconds(self) -> float:
        return self._monotonic() - self._answered_at

    def outdated(self, *currencies: str | None) -> None:
        """Note that an order has changed the balances of these and the stake currency; none named: of all."""
        if not currencies:
            self._all_outdated = True
        self._outdated |= {self._stake_currency, *(currency for currency in currencies if currency)}

    async def catch_up(self, currency: str | None = None) -> None:
        """Refresh if the balance of `currency`, or any, is outdated. Raises `ExchangeError`."""
        while self._asking is not None and self._is_asked_for(currency):
            await asyncio.shield(self._asking)
        if self._is_outdated(currency):
            await self.refresh()

    async def refresh(self) -> None:
        """Fetch the balances. Raises `ExchangeError`; then they stay unchanged."""
        while self._asking is not None:  # one at a time: answers may arrive out of order
            await asyncio.wait([self._asking])
        # Before the request: an order placed during it outdates the answer.
        self._asked_for, self._outdated = self._outdated, set()
        self._asked_for_all, self._all_outdated = self._all_outdated, False
        self._asking = asyncio.ensure_future(self._ask())
        self._asking.add_done_callback(_looked_at)
        await asyncio.shield(self._asking)  # other callers may still wait for it

    async def _ask(self) -> None:
        try:
            self._balances = await self._gateway.fetch_balances()
            self._answered_at = self._monotonic()
        except BaseException:  # on cancellation, too, there is no answer
            self._outdated |= self._asked_for
            self._all_outdated = self._all_outdated or self._asked_for_all
            raise
        finally:
            self._asking = None

    def _is_outdated(self, currency: str | None) -> bool:
        if currency is None:
            return self._all_outdated or bool(self._outdated)
        return self._all_outdated or currency in self._outdated

    def _is_asked_for(self, currency: str | None) -> bool:
        if self._is_outdated(currency):
            return False
        return currency is None or self._asked_for_all or currency in self._asked_for


def _looked_at(asked: "asyncio.Future[None]") -> None:
    """Retrieve the exception, since possibly no task waits for it any more."""
    if not asked.cancelled():
        asked.exception()
