"""Keep displayed prices up to date in every state of the bot.

While the bot trades, its own requests keep them current. A client that reads them while it does not trade
causes one request for all pairs, which all clients share and wait for only briefly. A price that is unknown
by then, or outdated, is shown as unknown, and never replaced by another one.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from appliance.bot.state.book import PRESENT_SECONDS, TradeBook
from appliance.bot.state.clock import Clock
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.wallets import Wallets
from appliance.domain.errors import ExchangeError
from appliance.domain.market import BidAsk
from appliance.domain.trade import Trade
from appliance.exchange.gateway import Gateway

log = logging.getLogger(__name__)

NEW_SECONDS = 10.0
"""How old a price may be to be shown without a request; failed requests are not repeated sooner either."""
PATIENCE_SECONDS = 1.5
"""How long an answer to a client waits for prices that are being fetched."""
ASKING_SECONDS = 10.0
"""The timeout of a request."""
ACCOUNT = ""
"""Stands for the account's balances among the pairs."""


@dataclass(kw_only=True, eq=False)
class PresentPrices:
    """Refresh the prices of open trades in the book, and the values of the account's other currencies."""

    setup: Setup
    clock: Clock
    trades: TradeBook
    gateway: Gateway
    prices: Prices
    wallets: Wallets

    def __post_init__(self) -> None:
        self._asked_at: dict[str, float] = {}
        self._worths: dict[str, tuple[float, float]] = {}
        self._new_until = float("-inf")
        self._seen_revision = -1
        self._account_new_until = float("-inf")
        self._account_seen_at = -1
        self._asking: asyncio.Task[None] | None = None
        self._began_at = 0.0
        self._failing = False

    async def of_trades(self) -> None:
        """Refresh the rates of open trades in the book, if the exchange answers in time."""
        if self._are_new():
            return
        await self._wait_for(list)

    async def of_account(self) -> None:
        """Refresh these, the account's balances, and the value of each of its currencies."""
        if self._account_is_new() and self._are_new():
            return
        await self._wait_for(self._due_of_account)

    def ask_soon(self) -> None:
        """Refresh outdated rates of open trades in the background."""
        if not self._are_new():
            self._ask(())

    def rate_in_stake(self, currency: str) -> float | None:
        """Return the current price of one unit of `currency` in stake currency; None if unknown.

        0 for a currency that is neither a position nor traded for stake, or has no buyers.
        """
        if currency == self.setup.settings.stake_currency:
            return 1.0
        for trade in self.trades.open.values():
            if trade.safe_base_currency == currency:
                return self.trades.rates.get(trade.pair)
        pair = self._pair_of(currency)
        if pair is None:
            return 0.0
        rate, at = self._worths.get(pair, (0.0, float("-inf")))
        return rate if self.clock.monotonic() - at < PRESENT_SECONDS else None

    async def close(self) -> None:
        """Cancel a request under way."""
        if self._asking is not None:
            self._asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._asking

    # -- what to fetch ---------------------------------------------------------------------------------

    def _are_new(self) -> bool:
        """Return whether nothing must be fetched. Nearly all calls end after two comparisons."""
        book, now = self.trades, self.clock.monotonic()
        if now < self._new_until and book.trades_revision == self._seen_revision:
            return True
        pairs = {trade.pair for trade in book.open.values()}
        if any(self._is_due(pair, now, book.priced_at(pair)) for pair in pairs):
            return False
        self._seen_revision = book.trades_revision
        self._new_until = NEW_SECONDS + min(
            (max(book.priced_at(pair), self._asked(pair)) for pair in pairs),
            default=now,
        )
        return True

    def _account_is_new(self) -> bool:
        """Return the same for the account."""
        now, revision = self.clock.monotonic(), self.trades.trades_revision
        if now < self._account_new_until and revision == self._account_seen_at:
            return True
        if self._due_of_account():
            return False
        times = [max(self._worth_at(pair), self._asked(pair)) for pair in self._pairs_of_others()]
        times.append(max(now - self.wallets.account.age_seconds, self._asked(ACCOUNT)))
        self._account_new_until, self._account_seen_at = min(times) + NEW_SECONDS, revision
        return True

    def _asked(self, pair: str) -> float:
        return self._asked_at.get(pair, float("-inf"))

    def _is_due(self, pair: str, now: float, priced_at: float) -> bool:
        return now - max(priced_at, self._asked(pair)) >= NEW_SECONDS

    def _due_of_account(self) -> list[str]:
        """Return the pairs to fetch that value other currencies, with the account itself if that is due."""
        now = self.clock.monotonic()
        due = [pair for pair in self._pairs_of_others() if self._is_due(pair, now, self._worth_at(pair))]
        account = self._is_due(ACCOUNT, now, now - self.wallets.account.age_seconds)
        return [ACCOUNT, *due] if account else due

    def _pairs_of_others(self) -> list[str]:
        """Return the pairs that value the currencies held beside stake and positions."""
        held = self.wallets.balances.values()
        traded = {trade.safe_base_currency for trade in self.trades.open.values()}
        others = (one.currency for one in held if one.total and one.currency not in traded)
        return [pair for pair in map(self._pair_of, others) if pair is not None]

    def _pair_of(self, currency: str) -> str | None:
        """Return the pair of `currency` and the stake currency; None if there is none."""
        stake, markets = self.setup.settings.stake_currency, self.gateway.markets
        if currency == stake:
            return None
        usual, turned = f"{currency}/{stake}", f"{stake}/{currency}"
        named = (usual, f"{usual}:{stake}", turned, f"{turned}:{currency}")
        return next((pair for pair in named if pair in markets and markets[pair].active), None)

    def _worth_at(self, pair: str) -> float:
        return self._worths.get(pair, (0.0, float("-inf")))[1]

    # -- fetching --------------------------------------------------------------------------------------

    async def _wait_for(self, due_others: Callable[[], list[str]]) -> None:
        """Fetch, or join the request under way, and wait briefly."""
        while self._asking is not None:
            if not await self._is_answered_soon():
                return
            if not due_others() and self._are_new():
                return
        self._ask(due_others())
        await self._is_answered_soon()

    async def _is_answered_soon(self) -> bool:
        """Wait briefly for the request under way; return whether it has ended."""
        left = self._began_at + PATIENCE_SECONDS - asyncio.get_running_loop().time()
        if self._asking is not None and left > 0:
            await asyncio.wait([self._asking], timeout=left)
        return self._asking is None

    def _ask(self, others: Sequence[str]) -> None:
        if self._asking is not None:
            return
        now, book = self.clock.monotonic(), self.trades
        trades = [
            trade for trade in book.open.values() if self._is_due(trade.pair, now, book.priced_at(trade.pair))
        ]
        pairs = [*others, *(trade.pair for trade in trades)]
        known = {ACCOUNT, *others, *self._worths, *(trade.pair for trade in book.open.values())}
        self._asked_at = {pair: at for pair, at in self._asked_at.items() if pair in known}
        self._note_asked(pairs)
        self._began_at = asyncio.get_running_loop().time()
        self._asking = asyncio.create_task(self._put_question(trades, others), name="present prices")
        self._asking.add_done_callback(self._is_answered)

    def _note_asked(self, pairs: Iterable[str]) -> None:
        self._asked_at |= dict.fromkeys(pairs, self.clock.monotonic())

    def _is_answered(self, _: "asyncio.Task[None]") -> None:
        self._asking = None

    async def _put_question(self, trades: Sequence[Trade], others: Sequence[str]) -> None:
        try:
            async with asyncio.timeout(ASKING_SECONDS):
                if ACCOUNT in others:
                    await self.wallets.account.refresh()
                    others = [*others, *self._due_of_account()]  # there may be new currencies
                pairs = [one for one in dict.fromkeys(others) if one != ACCOUNT]
                self._take(await self.prices.show(trades, pairs))
        except (ExchangeError, TimeoutError) as error:
            if not self._failing:
                log.warning("Current prices are unknown and not shown: %s", str(error) or "no answer")
            self._failing = True
            self._note_asked([*others, *(trade.pair for trade in trades)])
        else:
            self._failing = False

    def _take(self, tops: Mapping[str, BidAsk]) -> None:
        """Store the prices at which the account's other currencies sell."""
        stake, now = self.setup.settings.stake_currency, self.clock.monotonic()
        self._worths = {pair: one for pair, one in self._worths.items() if now - one[1] < PRESENT_SECONDS}
        for pair, top in tops.items():
            sold = not pair.startswith(f"{stake}/")
            worth = top.bid if sold else (1 / top.ask if top.ask else None)
            self._worths[pair] = (worth or 0.0, now)
