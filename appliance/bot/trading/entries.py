"""Open trades: decide stake and price, ask the strategy, save the trade and place its order."""

import logging
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.decisions.decisions import Decisions
from appliance.bot.orders.placing import Orders
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.markets import Markets
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.wallets import Wallets
from appliance.bot.strategy_host.analyst import Analyst
from appliance.bot.strategy_host.callbacks import StrategyCalls
from appliance.domain.decisions.kinds import Kind
from appliance.domain.errors import ApplianceError, ExchangeError, InvalidOrder, Refused, StorageError
from appliance.domain.market import Market
from appliance.domain.timeframe import minutes
from appliance.domain.trade import Trade
from appliance.rules.entry_plan import EntryAnswers, EntryFacts, EntryPlan, plan_entry
from appliance.rules.exits import REASON_LENGTH
from appliance.rules.protections.naming import protection_of
from appliance.rules.trade_requests import EntryRequest

log = logging.getLogger(__name__)


@dataclass(kw_only=True, eq=False)
class Entries:
    """Turn entry signals and entry requests into trades."""

    setup: Setup
    clock: Clock
    books: Books
    markets: Markets
    prices: Prices
    wallets: Wallets
    mutexes: PairMutexes
    calls: StrategyCalls
    orders: Orders
    analyst: Analyst
    decisions: Decisions

    def __post_init__(self) -> None:
        self._logged: dict[str, str] = {}

    async def enter_on_signals(self, whitelist: list[str]) -> int:
        """Enter on the newest signals, in the whitelist's order, while slots are free."""
        opened = 0
        traded = {trade.pair for trade in self.books.trades.open.values()}
        for pair in whitelist:
            if self.setup.free_slots(len(self.books.trades.open)) < 1:
                self.note_no_slot()
                break
            if pair in traded:
                self._note_in_trade(pair)
                continue
            request = self._wanted(pair)
            if request is None:
                continue
            async with self.mutexes.entering, self.mutexes.acting_on(pair):
                opened += await self._try_to_enter(request)
        return opened

    def _wanted(self, pair: str) -> EntryRequest | None:
        """Return the entry that the pair's newest signal requests, unless a lock forbids it."""
        signal = self.analyst.signal(pair)
        if signal is None:
            self._note_outdated(pair)
            return None
        resolved, now = self.setup.resolved, self.clock.now()
        side = signal.entry(can_short=self.setup.can_short)
        if side is None:
            return None
        longest = resolved.ignore_buying_expired_candle_after
        if signal.is_expired(resolved.timeframe, now, longest):
            self.decisions.note(pair, Kind.SIGNAL_EXPIRED, longest)
            return None
        # A lock until the next candle holds until the signal of that candle is known.
        closed = signal.candle_date + timedelta(seconds=self.analyst.timeframe_seconds)
        lock = self.books.locks.holding(pair, side, min(now, closed))
        if lock is not None:
            until = lock.lock_end_time.strftime("%Y-%m-%d %H:%M:%S")
            self._log_once(pair, f"{pair} is locked until {until}: {lock.reason or 'no reason given'}")
            by = protection_of(lock.reason)
            self.decisions.note(pair, Kind.LOCKED, lock.lock_end_time, by, lock.reason)
            return None
        return EntryRequest(pair=pair, side=side, tag=signal.enter_tag)

    def note_no_slot(self) -> None:
        """Record for each pair with an entry signal that no slot is free."""
        count, most = len(self.books.trades.open), self.setup.max_open_trades
        for pair in self.decisions.wanting_entry:
            if self.books.trades.of_pair(pair) is None:
                self.decisions.note(pair, Kind.NO_SLOT, count, most)
            else:
                self._note_in_trade(pair)

    def _note_in_trade(self, pair: str) -> None:
        trade = self.books.trades.of_pair(pair)
        if trade is not None and self.decisions.wants_entry(pair):
            self.decisions.note(pair, Kind.IN_TRADE, trade.id)

    def _note_outdated(self, pair: str) -> None:
        """Record that the newest signal is too old; why there is none at all was recorded before."""
        found = self.analyst.frames.get((pair, self.setup.resolved.timeframe))
        if found is not None and found.signal is not None:
            self.decisions.note(pair, Kind.OUTDATED, found.signal.candle_date)

    async def _try_to_enter(self, request: EntryRequest) -> bool:
        trades, pair, note = self.books.trades, request.pair, self.decisions.note
        if self.setup.free_slots(len(trades.open)) < 1 or trades.of_pair(pair) is not None:
            self.note_no_slot()
            return False
        try:
            if not await self._deep_enough(request):
                return False
            return await self.enter(request) is not None
        except StorageError:
            note(pair, Kind.NOT_WRITTEN)
            return False  # reported before; what cannot be written is not done
        except (Refused, ExchangeError) as error:
            note(pair, _kind_of(error), str(error))
            self._log_once(pair, f"Did not enter {pair}: {error}")
            return False

    async def _deep_enough(self, request: EntryRequest) -> bool:
        wanted = self.setup.settings.entry_pricing.check_depth_of_market
        if not wanted.enabled or wanted.bids_to_ask_delta <= 0:
            return True
        ratio = await self.prices.depth_ratio(request.pair, short=request.is_short)
        if ratio < wanted.bids_to_ask_delta:
            self.decisions.note(request.pair, Kind.THIN_ORDER_BOOK, ratio, wanted.bids_to_ask_delta)
            return False
        return True

    async def enter(self, request: EntryRequest) -> Trade | None:
        """Open a trade; the caller holds `entering` and the pair.

        None: the strategy did not confirm it, or the stake is too small.
        Raises `Refused` if too little money is left, `ExchangeError` if the exchange refuses or fails.
        """
        if self.books.lost:
            raise Refused(f"{self.books.lost}: no entries until the bot is restarted")
        await self.wallets.account.catch_up()
        plan = await self._plan(request)
        log.debug("Entry planned: %s", plan)
        kind, facts = plan.step
        self.decisions.note(plan.pair, kind, *facts)
        if plan.refusal:
            self._log_once(plan.pair, f"Did not enter {plan.pair}: {plan.refusal}")
            return None
        if not await self.calls.confirms_entry(plan):
            self._log_once(plan.pair, f"The strategy did not confirm the entry of {plan.pair}")
            self.decisions.note(plan.pair, Kind.NOT_CONFIRMED, plan.side, plan.amount, plan.price)
            return None
        trade = self.new_trade(plan, self.markets.market(plan.pair))
        trade.adjust_stop_loss(plan.price, self.setup.resolved.stoploss, initial=True)
        await self.orders.place(trade, plan.order)
        self._logged.pop(plan.pair, None)
        return trade

    async def plan_unasked(self, request: EntryRequest, present: float) -> EntryPlan:
        """Return the plan of an entry before the strategy is asked, at the `present` rate (quote currency).

        Raises `Refused`, `ExchangeError`.
        """
        facts, futures = await self._facts(request, present), self.markets.futures
        if futures is not None:
            facts = msgspec.structs.replace(facts, tiers=await futures.leverage_tiers(request.pair))
        return plan_entry(request, facts, EntryAnswers())

    async def _plan(self, request: EntryRequest) -> EntryPlan:
        """Fetch the facts for the plan, call the strategy with the plan so far, and complete it."""
        facts, calls = await self._facts(request), self.calls
        asked = await calls.entry_price(request.pair, None, facts.price, request.tag, request.side)
        futures = self.markets.futures
        if futures is not None:
            facts = msgspec.structs.replace(facts, tiers=await futures.leverage_tiers(request.pair))
        answers = EntryAnswers(price=asked)
        plan = plan_entry(request, facts, answers)
        if futures is not None and not request.leverage:
            answers = EntryAnswers(price=asked, leverage=await calls.leverage(plan))
        # Again: meanwhile an exit may have freed money, or a fee may have taken some.
        facts = msgspec.structs.replace(facts, available=self.wallets.get_available_stake_amount())
        plan = plan_entry(request, facts, answers)
        stake = await calls.stake(plan, facts.stake)
        return plan_entry(request, facts, msgspec.structs.replace(answers, stake=stake))

    async def _facts(self, request: EntryRequest, present: float | None = None) -> EntryFacts:
        """Fetch market, money and price, unless that is known. Raises `Refused`, `ExchangeError`."""
        settings, resolved = self.setup.settings, self.setup.resolved
        market = self.markets.market(request.pair)
        stake = request.stake or self.wallets.get_trade_stake_amount(request.pair, resolved.max_open_trades)
        return EntryFacts(
            market=market,
            price=(request.price or present) if present else await self._price(request),
            stake=stake,
            available=self.wallets.get_available_stake_amount(),
            order_type=resolved.order_types["entry"],
            time_in_force=resolved.order_time_in_force["entry"],
            stoploss=resolved.stoploss,
            reserve=settings.amount_reserve_percent,
            max_distance=settings.custom_price_max_distance_ratio,
        )

    async def _price(self, request: EntryRequest) -> float:
        """Return the requested price, else the current one. Raises `ExchangeError`."""
        try:
            present = await self.prices.entry_rate(request.pair, short=request.is_short)
        except ExchangeError:
            if not request.price:
                raise
            return request.price  # a client's price is enough
        return request.price or present

    def new_trade(self, plan: EntryPlan, market: Market) -> Trade:
        """Return the trade that a plan opens, without its order."""
        fee = self.markets.fee(plan.pair, maker=True)  # until the exchange reports the actual fee
        return Trade(
            exchange=self.markets.gateway.name,
            pair=plan.pair,
            base_currency=market.base,
            stake_currency=self.setup.settings.stake_currency,
            fee_open=fee,
            fee_close=fee,
            open_rate=plan.price,
            open_rate_requested=plan.price,
            stake_amount=plan.stake,
            amount=0.0,
            amount_requested=plan.wanted_amount,
            funding_fees=0.0,
            open_date=self.clock.now(),
            strategy=self.setup.strategy.get_strategy_name(),
            enter_tag=plan.tag[:REASON_LENGTH] if plan.tag else plan.tag,
            timeframe=minutes(self.setup.resolved.timeframe),
            trading_mode=self.setup.settings.trading_mode,
            amount_precision=market.amount_precision,
            price_precision=market.price_precision,
            precision_mode=market.precision_mode,
            precision_mode_price=market.precision_mode,
            contract_size=market.contract_size or 1.0,
            leverage=plan.leverage,
            is_short=plan.is_short,
        )

    def _log_once(self, pair: str, text: str) -> None:
        if self._logged.get(pair) != text:
            self._logged[pair] = text
            log.info("%s", text)


def _kind_of(error: ApplianceError) -> Kind:
    if isinstance(error, InvalidOrder):
        return Kind.EXCHANGE_REFUSED
    return Kind.REFUSED if isinstance(error, Refused) else Kind.EXCHANGE_FAILED
