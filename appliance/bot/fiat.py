"""Provide the price of the stake currency in the fiat currency that is displayed."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.bot.state.clock import Clock
from appliance.bot.state.setup import Setup
from appliance.config.sections.exchange import REPLAYED, SIMULATED
from appliance.config.validation.list_items import read_item
from appliance.domain.errors import PairListError
from appliance.exchange.gateway import Gateway
from appliance.pairlists.sources.coingecko import CoinGecko, CoinGeckoAccess

log = logging.getLogger(__name__)

REFRESHED_AFTER = timedelta(hours=6)
RETRIED_AFTER = timedelta(minutes=10)
USABLE_FOR = timedelta(hours=24)
"""How old a price may be to be shown; then none is shown."""
_WITHOUT_FIAT = (SIMULATED, REPLAYED)


@dataclass(kw_only=True, eq=False)
class FiatRate:
    """Hold the price of one unit of stake in fiat currency: 0 if none is shown, None while it is unknown.

    Prices come from CoinGecko and are fetched in the background: trading never waits for them.
    """

    setup: Setup
    clock: Clock
    gateway: Gateway

    def __post_init__(self) -> None:
        self._rate: float | None = None
        self._known_until: datetime | None = None
        self._currencies = ("", "")
        self._due: datetime | None = None
        self._asking: asyncio.Task[None] | None = None

    @property
    def rate(self) -> float | None:
        stake, fiat = self.setup.settings.stake_currency, self.setup.settings.fiat_display_currency
        if not fiat:
            return 0.0
        if stake == fiat:
            return 1.0
        if self.gateway.name in _WITHOUT_FIAT:
            return 0.0
        asked = self._currencies == (stake, fiat)
        return self._rate if asked and self._known_until and self.clock.now() < self._known_until else None

    def refresh_soon(self) -> None:
        """Fetch the price again in the background if it is old."""
        stake, fiat = self.setup.settings.stake_currency, self.setup.settings.fiat_display_currency
        if (stake, fiat) != self._currencies:
            self._currencies, self._due, self._known_until = (stake, fiat), None, None
        if not fiat or stake == fiat or self.gateway.name in _WITHOUT_FIAT:
            return  # nothing to fetch: simulated money has no value, and past values are not known
        if self._asking and not self._asking.done():
            return
        now = self.clock.now()
        if self._due is None or now >= self._due:
            self._due = now + RETRIED_AFTER
            self._asking = asyncio.create_task(self._ask(stake, fiat), name="fiat price")

    async def close(self) -> None:
        """Cancel a request under way."""
        if self._asking is not None:
            self._asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._asking

    async def _ask(self, stake: str, fiat: str) -> None:
        access, _ = read_item(CoinGeckoAccess, self.setup.settings.coingecko, ("coingecko",))
        try:
            price = await CoinGecko(access or CoinGeckoAccess()).price(stake, fiat)
        except PairListError as error:
            log.warning("The price of %s in %s is unknown: %s", stake, fiat, error)
            return
        if (stake, fiat) == self._currencies:
            self._rate, now = price, self.clock.now()
            self._due, self._known_until = now + REFRESHED_AFTER, now + USABLE_FOR
