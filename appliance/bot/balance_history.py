"""Record the account's balance once a day, as freqtrade does, for its history."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.setup import Setup
from appliance.bot.state.wallets import Wallets
from appliance.domain.errors import ExchangeError
from appliance.exchange.gateway import Gateway
from appliance.storage.tables.wallet_history import WalletRecord

log = logging.getLogger(__name__)

AFTER_MIDNIGHT = timedelta(minutes=7)
"""When a day's balances are recorded (UTC): in the first cycle after this time."""
PATIENCE = timedelta(hours=1)
"""How long after midnight to wait for a missing price; without it the day's value is unknown."""


@dataclass(kw_only=True, eq=False)
class BalanceHistory:
    """Record balances under the midnight (UTC) that began the day; a recorded day is never changed."""

    setup: Setup
    clock: Clock
    books: Books
    gateway: Gateway
    wallets: Wallets

    def __post_init__(self) -> None:
        self._noted_until: datetime | None = None

    async def note_if_due(self) -> None:
        """Record today's balances if that was not done yet. Raises `StorageError`."""
        now = self.clock.now()
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if self._noted_until == day:
            return
        if not await self._is_due(day, now):
            return
        try:
            prices = await self._prices()
        except ExchangeError as error:
            log.debug("The balances of %s are recorded later: %s", day.date(), error)
            return
        if self._is_unpriced(prices) and now < day + PATIENCE:
            return
        await self.books.store.save_wallet_history(self._records(day, prices))
        self._noted_until = day

    def _is_unpriced(self, prices: Mapping[str, float]) -> bool:
        """Return whether the price of a position is missing; the next cycle may have it."""
        held = self.wallets.balances
        traded = {trade.safe_base_currency for trade in self.books.trades.open.values()}
        return any(currency not in prices for currency in traded if currency in held and held[currency].total)

    async def _is_due(self, day: datetime, now: datetime) -> bool:
        """Return whether today's record is missing. A history that began later today has none for today."""
        if now < day + AFTER_MIDNIGHT:
            return False
        began = await self.books.store.history_began(now)
        if began > day + AFTER_MIDNIGHT or await self.books.store.wallet_history(day):
            self._noted_until = day
            return False
        return True

    async def _prices(self) -> Mapping[str, float]:
        """Return the value in stake currency of one unit of each currency held, if it is traded for stake."""
        stake, markets = self.setup.settings.stake_currency, self.gateway.markets
        held = [currency for currency in self.wallets.balances if currency != stake]
        pairs = {f"{currency}/{stake}": currency for currency in held if f"{currency}/{stake}" in markets}
        tickers = await self.gateway.fetch_tickers(list(pairs)) if pairs else {}
        priced = {currency: tickers[pair] for pair, currency in pairs.items() if pair in tickers}
        prices = {currency: ticker.last or ticker.ask for currency, ticker in priced.items()}
        return {stake: 1.0} | {currency: price for currency, price in prices.items() if price}

    def _records(self, day: datetime, prices: Mapping[str, float]) -> list[WalletRecord]:
        stake = self.setup.settings.stake_currency
        traded = {trade.safe_base_currency for trade in self.books.trades.open.values()}
        return [
            WalletRecord(
                timestamp=day,
                currency=currency,
                rate=prices.get(currency),
                quote_currency=stake,
                balance=balance.total,
                total_quote=balance.total * prices[currency] if currency in prices else None,
                bot_managed=currency == stake or currency in traded,
            )
            for currency, balance in self.wallets.balances.items()
            if balance.total
        ]
