"""Keep displayed prices up to date, whatever state the bot is in.

While the bot trades, its own looks keep them new. Whoever asks while it does not (stopped, or started so)
has them asked for: one question for all pairs, which all who ask meanwhile wait for, a moment at most. What
is not known by then, or too old, is shown as unknown: no other price ever stands in for it.
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
"""How old a price may be that is shown without asking; who was not answered is not asked sooner either."""
PATIENCE_SECONDS = 1.5
"""How long an answer waits for prices that are being asked for."""
ASKING_SECONDS = 10.0
"""How long a question may take; it is given up then."""
ACCOUNT = ""
"""Stands among the pairs for what the account holds."""


@dataclass(kw_only=True, eq=False)
class PresentPrices:
    """Keep the prices of open trades in the book, and what other currencies of the account are worth."""

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
        """Have the rates of open trades be new in the book, if the exchange answers in time."""
        if self._are_new():
            return
        await self._wait_for(list)

    async def of_account(self) -> None:
        """Have besides what the account holds be new, and what each currency of it is worth."""
        if self._account_is_new() and self._are_new():
            return
        await self._wait_for(self._due_of_account)

    def ask_soon(self) -> None:
        """Have the rates of open trades asked for if they are not new; wait for nothing."""
        if not self._are_new():
            self._ask(())

    def rate_in_stake(self, currency: str) -> float | None:
        """Return what one unit of `currency` brings in stake currency, None where that is not known now.

        0 for what is no position and is not traded for stake at all, or has no buyers.
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
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._asking

    # -- what is to be asked for -----------------------------------------------------------------------

    def _are_new(self) -> bool:
        """Return whether nothing is to be asked for; of nearly all calls two comparisons are all."""
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
        """Tell the same of the account."""
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
        """Return the pairs to ask for that value other currencies, with the account itself if that is due."""
        now = self.clock.monotonic()
        due = [pair for pair in self._pairs_of_others() if self._is_due(pair, now, self._worth_at(pair))]
        account = self._is_due(ACCOUNT, now, now - self.wallets.account.age_seconds)
        return [ACCOUNT, *due] if account else due

    def _pairs_of_others(self) -> list[str]:
        """Return by what pairs the currencies are valued that are held beside stake and positions."""
        held = self.wallets.balances.values()
        traded = {trade.safe_base_currency for trade in self.trades.open.values()}
        others = (one.currency for one in held if one.total and one.currency not in traded)
        return [pair for pair in map(self._pair_of, others) if pair is not None]

    def _pair_of(self, currency: str) -> str | None:
        """Return the pair that `currency` is bought or sold for stake by, None where there is none."""
        stake, markets = self.setup.settings.stake_currency, self.gateway.markets
        if currency == stake:
            return None
        usual, turned = f"{currency}/{stake}", f"{stake}/{currency}"
        named = (usual, f"{usual}:{stake}", turned, f"{turned}:{currency}")
        return next((pair for pair in named if pair in markets and markets[pair].active), None)

    def _worth_at(self, pair: str) -> float:
        return self._worths.get(pair, (0.0, float("-inf")))[1]

    # -- asking ----------------------------------------------------------------------------------------

    async def _wait_for(self, due_others: Callable[[], list[str]]) -> None:
        """Ask, or join who asks already, and wait a moment; no answer waits longer than that."""
        while self._asking is not None:
            if not await self._is_answered_soon():
                return
            if not due_others() and self._are_new():
                return
        self._ask(due_others())
        await self._is_answered_soon()

    async def _is_answered_soon(self) -> bool:
        """Wait for the question under way, as long as answers wait; return whether it has ended."""
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
                    others = [*others, *self._due_of_account()]  # there may be currencies that are new
                pairs = [one for one in dict.fromkeys(others) if one != ACCOUNT]
                self._take(await self.prices.show(trades, pairs))
        except (ExchangeError, TimeoutError) as error:
            if not self._failing:
                log.warning("Present prices are not known and not shown: %s", str(error) or "no answer")
            self._failing = True
            self._note_asked([*others, *(trade.pair for trade in trades)])
        else:
            self._failing = False

    def _take(self, tops: Mapping[str, BidAsk]) -> None:
        """Note what the account's other currencies bring if they are sold."""
        stake, now = self.setup.settings.stake_currency, self.clock.monotonic()
        self._worths = {pair: one for pair, one in self._worths.items() if now - one[1] < PRESENT_SECONDS}
        for pair, top in tops.items():
            sold = not pair.startswith(f"{stake}/")
            worth = top.bid if sold else (1 / top.ask if top.ask else None)
            self._worths[pair] = (worth or 0.0, now)
