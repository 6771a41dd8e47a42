"""Check that the account holds what the trades hold; find and book what left it without the bot.

If they differ, the orders of the pair are searched: an order of ours that arrived twice or filled late is
adopted; what the user sold manually is booked on its trade. What no order explains after a while was
withdrawn or went into fees: it is booked as such, at the current rate, and reported.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.orders.placing import Orders
from appliance.bot.recovery.adoption import Adoption
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.inflight import InFlightOrders
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.bot.state.wallets import Wallets
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ExchangeError, PairNotFound, TemporaryExchangeError
from appliance.domain.market import ExchangeOrder
from appliance.domain.position import holding
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.exchange.client_ids import is_ours
from appliance.exchange.gateway import Gateway
from appliance.rules.holdings import LOOKS, differs, expected, foreign_sales, missing_amount

log = logging.getLogger(__name__)

LOOKED_BACK = timedelta(minutes=30)
"""How far back orders are searched that may have changed the account's holdings."""


class Unexplained(msgspec.Struct):
    """Hold a difference: since when it exists (s), how often orders were searched for its cause, and whether
    it was reported."""

    since: float
    looks: int = 0
    is_reported: bool = False


class Held(msgspec.Struct):
    """Hold the open trades of one currency, and the pairs of these and of its orders in flight."""

    trades: list[Trade] = []
    pairs: list[str] = []


@dataclass(kw_only=True, eq=False)
class Holdings:
    """Compare account and books per currency. `_spare` is what the account holds beyond the trades."""

    setup: Setup
    clock: Clock
    books: Books
    gateway: Gateway
    prices: Prices
    wallets: Wallets
    inflight: InFlightOrders
    mutexes: PairMutexes
    events: EventBus
    isolation: TradeIsolation
    orders: Orders
    adoption: Adoption

    def __post_init__(self) -> None:
        self._spare: dict[str, float] = {}
        self._unexplained: dict[str, Unexplained] = {}

    async def begin(self, pairs: Iterable[str]) -> None:
        """Note what the account holds beyond the trades; investigate what is missing.

        Orders have been reconciled before, so the surplus is the user's own. It is reported for `pairs` and
        those of open trades. Raises `ExchangeError`.
        """
        if not self._applies:
            return
        by_base = self._by_base()
        self._note_spare(by_base)
        for base, held in by_base.items():
            self._spare[base] = max(self.wallets.get_total(base) - expected(held.trades).booked, 0.0)
            try:
                if self._differs(base, held) and await self._still_differs(base):
                    await self._investigate(base)
            except PairNotFound as error:  # this affects its own trade only
                log.warning("Holdings of %s cannot be checked: %s", base, error)
        for pair in dict.fromkeys([*(trade.pair for trade in self.books.trades.open.values()), *pairs]):
            await self._report_spare(pair)

    async def watch(self) -> None:
        """Check that the books explain the account; an error with one currency affects no other."""
        if not self._applies:
            return
        by_base = self._by_base()
        self._note_spare(by_base)
        for base, held in by_base.items():
            with self.isolation.looking_after(f"what the account holds of {base}"):
                if self._differs(base, held) and await self._still_differs(base):
                    await self._investigate(base)
                else:
                    self._unexplained.pop(base, None)

    async def reconcile_trade(self, trade: Trade) -> None:
        """Reconcile the orders of a trade's pair since it was opened; the caller holds the pair."""
        if self._applies:
            await self.wallets.account.refresh()
            await self._reconcile_orders(trade.pair, since=trade.open_date)

    def _note_spare(self, by_base: Mapping[str, Held]) -> None:
        """Count currencies without trades and orders in flight as the user's own."""
        for base in {*self.wallets.get_all_balances(), *self._spare}:
            if base not in by_base:
                self._spare[base] = self.wallets.get_total(base)

    async def _still_differs(self, base: str) -> bool:
        """Return whether account and books still differ after fetching balances and open orders again."""
        await self.wallets.account.catch_up()
        if not self._differs(base, self._held(base)):
            return False
        for trade in self._trades_of(base):
            async with self.mutexes.acting_on(trade.pair):
                for order in trade.all_open_orders:
                    if order.ft_is_open:
                        await self.orders.refresh(trade, order)
        await self.wallets.account.refresh()
        return self._differs(base, self._held(base))

    @property
    def _applies(self) -> bool:
        """Whether there is an account to compare with: a dry-run wallet is derived from the trades."""
        return not self.setup.settings.dry_run and self.setup.settings.trading_mode is TradingMode.SPOT

    def _by_base(self) -> dict[str, Held]:
        """Return trades and orders in flight by currency, in one pass: every cycle needs it."""
        found: dict[str, Held] = {}
        for trade in self.books.trades.open.values():
            held = found.setdefault(trade.safe_base_currency, Held())
            held.trades.append(trade)
            held.pairs.append(trade.pair)
        for pair in self.inflight.pairs:
            base = pair.partition("/")[0]
            if pair in self.gateway.markets or base in found:
                found.setdefault(base, Held()).pairs.append(pair)
        return found

    def _held(self, base: str) -> Held:
        return self._by_base().get(base, Held())

    def _trades_of(self, base: str) -> list[Trade]:
        return [trade for trade in self.books.trades.open.values() if trade.safe_base_currency == base]

    def _differs(self, base: str, held: Held) -> bool:
        trades, pairs = held.trades, held.pairs
        if not pairs:
            return False
        rates = (self.books.trades.rates.get(pairs[0]), self.prices.latest.get(pairs[0]))
        rate = next((rate for rate in rates if rate), trades[0].open_rate if trades else 0.0)
        market = self.gateway.markets.get(pairs[0])
        least = (market.cost_min if market else None) or 0.0
        owned, spare = self.wallets.get_total(base), self._spare.get(base, 0.0)
        return differs(owned, expected(trades), spare, rate, least)

    async def _investigate(self, base: str) -> None:
        """Search for the cause of a difference, with growing pauses; failed searches are repeated."""
        now = self.clock.monotonic()
        case = self._unexplained.setdefault(base, Unexplained(now))
        if case.looks == len(LOOKS) or now - case.since < LOOKS[case.looks]:
            return
        self._report(base, first=not case.is_reported)
        case.is_reported = True
        for pair in dict.fromkeys(self._held(base).pairs):
            async with self.mutexes.acting_on(pair):
                try:
                    await self._reconcile_orders(pair)
                except PairNotFound as error:
                    log.info("Orders of %s cannot be searched: %s", pair, error)
        await self.wallets.account.refresh()
        if case.looks < len(LOOKS) - 1 or (self._missing(base) > 0 and not await self._book_withdrawn(base)):
            case.looks += 1
            return
        del self._unexplained[base]
        booked = expected(self._trades_of(base)).booked
        self._spare[base] = max(self.wallets.get_total(base) - booked, 0.0)

    def _report(self, base: str, *, first: bool) -> None:
        held, booked = self.wallets.get_total(base), expected(self._trades_of(base)).booked
        if first and self._missing(base) > 0:
            self.events.warn(
                f"The trades hold {booked:.8g} {base}, the account {held:.8g}: what is there is protected, "
                "the cause of the difference is being searched for",
            )
        else:
            log.info("The account holds %.8g %s, the trades %.8g: searching the cause", held, base, booked)

    async def _reconcile_orders(self, pair: str, since: datetime | None = None) -> None:
        """Adopt orders of ours that the books lack, and book manual sales of a trade's coins."""
        trade = self.books.trades.of_pair(pair)
        since = since or self.clock.now() - LOOKED_BACK
        if trade is not None and self._missing(trade.safe_base_currency) > 0:
            since = min(since, trade.open_date)
        try:
            listed = await self.gateway.fetch_orders_since(pair, to_ms(since))
        except (TemporaryExchangeError, PairNotFound):
            raise
        except ExchangeError as error:
            log.warning("Orders of %s cannot be searched: %s", pair, error)
            return
        for seen in listed:
            await self.adoption.reconcile(seen)
        await self.wallets.account.refresh()
        for trade in [each for each in self.books.trades.open.values() if each.pair == pair]:
            await self._book_foreign_sales(trade, [seen for seen in listed if not self._is_ours(seen)])

    def _is_ours(self, seen: ExchangeOrder) -> bool:
        return is_ours(seen.client_order_id, self.books.order_mark)

    def _missing(self, base: str) -> float:
        """Return how much the account lacks of the trades' holdings (base currency), given all orders."""
        wallets = self.wallets
        return missing_amount(self._trades_of(base), wallets.get_free(base), wallets.get_total(base))

    async def _book_foreign_sales(self, trade: Trade, foreign: list[ExchangeOrder]) -> None:
        missing = self._missing(trade.safe_base_currency)
        if missing <= 0:
            return
        sold = [(seen, await self._unbooked(trade, seen)) for seen in foreign]
        for seen, amount in foreign_sales(sold, trade, missing):
            whole = await self.gateway.fetch_order(seen.id, seen.pair)  # with its fees
            await self.orders.updates.book_manual_sale(trade, whole, amount)

    async def _unbooked(self, trade: Trade, seen: ExchangeOrder) -> float:
        """Return the amount of a foreign order (base currency) that is not booked on a trade yet."""
        owner = await self.adoption.owner(seen.pair, seen.id)
        if owner is None:
            return seen.filled
        return seen.filled - owner[1].safe_filled if owner[0] is trade else 0.0

    async def _book_withdrawn(self, base: str) -> bool:
        """Book an unexplained difference as withdrawn, on the trades that hold the currency.

        Return whether that was possible: the coins of a delisted pair have no known price.
        """
        for trade in self._trades_of(base):
            missing = min(self._missing(base), float(holding(trade)))
            if missing <= 0:
                continue
            try:
                rate = await self.prices.exit_rate(trade.pair, short=trade.is_short)
            except PairNotFound as error:
                log.warning("%.8g %s of %s are missing: %s", missing, base, trade.pair, error)
                return False
            async with self.mutexes.acting_on(trade.pair):
                await self.orders.updates.book_withdrawal(trade, missing, rate)
        return True

    async def _report_spare(self, pair: str) -> None:
        """Report a sellable amount in the account that belongs to no trade."""
        market = self.gateway.markets.get(pair)
        if market is None or not market.spot:
            return
        trades = self._trades_of(market.base)
        held, booked = self.wallets.get_total(market.base), expected(trades).booked
        if held <= booked or any(trade.all_open_orders for trade in trades):
            return
        price = (await self.gateway.fetch_ticker(pair)).last or 0.0
        if (held - booked) * price > (market.cost_min or 0.0):
            self.events.warn(
                f"{pair}: of {held:.8g} {market.base} in the account {booked:.8g} are in the books; "
                "the rest is left alone",
            )
