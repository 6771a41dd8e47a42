"""Exit trades: move stops, find exit reasons, ask the strategy, place the exit order."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

import msgspec

from appliance.bot.concurrency.backoff import LONGEST_SECONDS, BackOff
from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.concurrency.side_by_side import side_by_side
from appliance.bot.concurrency.strategy_thread import StrategyThread
from appliance.bot.decisions.decisions import Decisions
from appliance.bot.orders.placing import Orders
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.bot.strategy_host.analyst import Analyst
from appliance.bot.strategy_host.callbacks import StrategyCalls
from appliance.bot.trading.exit_notes import ExitNotes
from appliance.bot.trading.sellable import SellableAmounts, perhaps_sold
from appliance.bot.trading.trade_prices import TradePrices, exit_rates
from appliance.domain.enums import ExitType, OrderKind, OrderSide, TradingMode
from appliance.domain.errors import (
    ExchangeError,
    InsufficientFunds,
    InvalidOrder,
    OrderNotTaken,
    PairNotFound,
    Refused,
)
from appliance.domain.market import OrderRequest
from appliance.domain.message import MessageType
from appliance.domain.order import Order
from appliance.domain.timeframe import candle_open_ms, to_ms
from appliance.domain.trade import Trade
from appliance.rules.exits import REASON_LENGTH, ExitFacts, ExitReason, asks_custom_exit, exit_reasons
from appliance.rules.pricing import within_distance
from appliance.rules.stop import move_stop, stop_hit
from appliance.rules.trade_requests import ExitRequest

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger(__name__)

_BY_STOP = (ExitType.STOP_LOSS, ExitType.TRAILING_STOP_LOSS, ExitType.LIQUIDATION)
_URGENT = (*_BY_STOP, ExitType.EMERGENCY_EXIT, ExitType.FORCE_EXIT)
REPLACED = "replaced by a new order"
NOT_TAKEN_SECONDS = 10.0
"""The longest pause if the order itself is valid: the exchange takes it once the obstacle is gone."""
REPORT_EVERY = 20
"""Of this many consecutive failed exits, one is reported."""


@dataclass(kw_only=True, eq=False)
class Exits:
    """Check open trades and exit them when there is a reason."""

    setup: Setup
    clock: Clock
    books: Books
    prices: Prices
    amounts: SellableAmounts
    mutexes: PairMutexes
    thread: StrategyThread
    events: EventBus
    isolation: TradeIsolation
    calls: StrategyCalls
    orders: Orders
    analyst: Analyst
    decisions: Decisions

    def __post_init__(self) -> None:
        self._tried: dict[tuple[int, str], datetime] = {}
        self.notes = ExitNotes(self.decisions)
        self.back_off = BackOff(lambda: self.clock.monotonic())

    async def exit_where_due(self) -> None:
        """Check every open trade once; an error with one does not affect the others."""
        trades = list(self.books.trades.open.values())
        rates = exit_rates(self.prices, self.books.trades, self.clock, trades)

        async def check(trade: Trade) -> None:
            with self.isolation.looking_after(f"the trade in {trade.pair}"):
                # Not while holding the pair: prices may be slow, and its stop must not wait for them. Waiting
                # entries need a rate, too: clients show their distance from it.
                await self._rate_of(trade, rates)
                async with self.mutexes.acting_on(trade.pair):
                    if self.books.trades.has(trade) and trade.amount > 0:
                        await self.check_trade(trade, await rates.of(trade))

        await side_by_side(check, trades)

    async def _rate_of(self, trade: Trade, rates: TradePrices) -> float:
        try:
            return await rates.of(trade)
        except PairNotFound as error:  # its stop cannot be watched: report it
            if self.back_off.may_try(trade.id):
                self.note_failure(trade, error)
            raise

    def note_failure(self, trade: Trade, error: Exception) -> None:
        """Delay the next attempt to exit a trade; report the first failure and every twentieth."""
        longest = NOT_TAKEN_SECONDS if isinstance(error, OrderNotTaken) else LONGEST_SECONDS
        number = self.back_off.failed(trade.id, longest=longest)
        self.notes.failed(trade, error)
        if number % REPORT_EVERY == 1:
            text = f"Exit of {trade.pair} failed: {error}; retrying with growing pauses"
            self.events.emit(MessageType.WARNING, status=text)

    async def check_trade(self, trade: Trade, rate: float) -> None:
        """Move the stop, and exit at `rate` if there is a reason; the caller holds the pair."""
        before = (trade.stop_loss, trade.max_rate, trade.min_rate)
        reasons, facts = await self.calls.unless_stuck(
            self.thread.run(self._reasons, trade, rate), lambda: (self._by_stop_alone(trade, rate), None)
        )
        self.notes.stop_moved(trade, before[0], custom=self.setup.resolved.use_custom_stoploss)
        if facts is not None and not reasons:
            self.notes.holds(trade, rate, facts, self.calls.exit_policy)
        if before != (trade.stop_loss, trade.max_rate, trade.min_rate) or trade.changed_custom_data:
            await self.books.save(trade)
        for reason in reasons:
            if self._seen_this_candle(trade, reason):
                self.notes.waits(trade, reason)
                continue
            if not self.back_off.may_try(trade.id):
                return
            self.notes.due(trade, reason, rate)
            if await self._try_exit(trade, rate, reason):
                return

    async def _try_exit(self, trade: Trade, rate: float, reason: ExitReason) -> bool:
        try:
            exited = await self.exit(trade, ExitRequest(trade_id=str(trade.id), reason=reason), rate)
        except (InvalidOrder, PairNotFound, Refused) as error:
            self.note_failure(trade, error)
            raise
        self.back_off.succeeded(trade.id)
        return exited

    def _reasons(self, trade: Trade, rate: float) -> tuple[list[ExitReason], ExitFacts | None]:
        """Move the stop and collect exit reasons; runs in the strategy's thread."""
        now = self.clock.now()
        signal = self.analyst.signal(trade.pair)
        enter, exit_ = signal.exit(is_short=trade.is_short) if signal else (False, False)
        trade.adjust_min_max_rates(rate, rate)
        move_stop(trade, self.calls.stop_policy, rate, custom=self.calls.custom_stop(trade, now))
        profit = trade.calc_profit_ratio(rate)
        policy = self.calls.exit_policy
        minutes_open = int((now - trade.open_date).total_seconds() // 60)
        asks_roi = not (enter and policy.ignore_roi_on_entry_signal)
        earned = self.calls.roi_reached(trade, now, profit) if asks_roi else None
        roi = self.calls.custom_roi(trade, now, minutes_open) if asks_roi and earned is None else None
        custom = None
        if asks_custom_exit(policy, entry_signal=enter, exit_signal=exit_):
            custom = self.calls.custom_exit(trade, now, rate, profit)
        facts = ExitFacts(
            profit=profit,
            best_profit=profit,
            minutes_open=minutes_open,
            stop=stop_hit(trade, rate),
            entry_signal=enter,
            exit_signal=exit_,
            exit_tag=signal.exit_tag if signal else None,
            custom_exit=custom,
            custom_roi=roi,
            roi_reached=earned,
        )
        return exit_reasons(facts, policy), facts

    def _by_stop_alone(self, trade: Trade, rate: float) -> list[ExitReason]:
        """Return the stop as reason if it is hit; for when the strategy does not answer."""
        kind = stop_hit(trade, rate)
        return [ExitReason(kind, kind.value)] if kind else []

    def _seen_this_candle(self, trade: Trade, reason: ExitReason) -> bool:
        """Return whether an order for this reason was placed within the same candle and is open."""
        tried = self._tried.get((trade.id, reason.text))
        if tried is None or not trade.has_open_orders:
            return False
        timeframe = self.setup.resolved.timeframe
        return to_ms(tried) >= candle_open_ms(timeframe, to_ms(self.clock.now()))

    async def exit(
        self, trade: Trade, request: ExitRequest, rate: float, *, present: float | None = None
    ) -> bool:
        """Place the requested exit order, at `rate` (quote currency); the caller holds the pair.

        The remainder is valued at the `present` rate (quote currency), default: the order's. Return False if
        the strategy does not confirm it or an equal order is open already. Raises `ExchangeError`.
        """
        dust, reason = self.orders.dust, request.reason
        if await dust.close_dust(trade, reason.text):
            return True
        worth = present or rate
        order = await self._order(trade, request, rate, worth)
        if request.amount is None and not await self._is_confirmed(trade, order, reason):
            return False
        if not await self._make_room(trade, order.price, order.amount, urgent=reason.kind in _URGENT):
            return False
        if await dust.close_dust(trade, reason.text):
            return True
        # A cancelled order may have sold a part already, and fees may have taken some.
        part = dust.joined(trade, request.amount, worth)
        selling = await self.amounts.in_account(trade, self.amounts.sellable(trade, part))
        self._tried[(trade.id, reason.text)] = self.clock.now()
        try:
            await self._place(
                trade, msgspec.structs.replace(order, amount=selling), all_there_is=part is None
            )
        except InvalidOrder as refusal:
            if part is not None or not await dust.close_refused(trade, refusal, reason.text):
                raise
        if reason.kind in _URGENT and part is None:
            await self._cancel_entries(trade)
        return True

    async def _order(self, trade: Trade, request: ExitRequest, rate: float, worth: float) -> OrderRequest:
        """Return the order to place, before others are cancelled; the remainder is valued at `worth`."""
        reason = request.reason
        kind = request.order_type or self.order_type(reason)
        price = await self._exit_rate(trade, rate, reason, ask=kind == "limit" and request.price is None)
        return OrderRequest(
            pair=trade.pair,
            side=trade.exit_side,
            order_type=kind,
            amount=self.amounts.sellable(trade, self.orders.dust.joined(trade, request.amount, worth)),
            price=price,
            reduce_only=trade.trading_mode == TradingMode.FUTURES,
            leverage=trade.leverage,
            tag=reason.text,
            time_in_force=self.setup.resolved.order_time_in_force["exit"],
        )

    async def _is_confirmed(self, trade: Trade, order: OrderRequest, reason: ExitReason) -> bool:
        """Ask the strategy whether to exit; liquidation and emergency exits need no confirmation."""
        if reason.kind in (ExitType.LIQUIDATION, ExitType.EMERGENCY_EXIT):
            return True
        if await self.calls.confirms_exit(trade, order):
            return True
        log.info("The strategy did not confirm the exit of %s (%s)", trade.pair, reason.text)
        self.notes.not_confirmed(trade, reason)
        return False

    async def _cancel_entries(self, trade: Trade) -> None:
        for entry in trade.open_orders:
            if entry.ft_order_side == trade.entry_side:
                await self._give_way(trade, entry)

    async def _place(self, trade: Trade, request: OrderRequest, *, all_there_is: bool) -> None:
        """Place an exit; if a full exit finds less in the account than expected, place one for what is there.

        The refusal may belong to a request that arrived twice, after the first of them was filled.
        """
        _note_exit(trade, request)
        try:
            await self.orders.place(trade, request)
        except InsufficientFunds as refusal:
            if await self.orders.was_taken(trade, trade.orders[-1]):
                return
            try:
                there = await self.amounts.in_account(trade, request.amount)
            except Refused:
                raise refusal from None
            if not all_there_is or there >= request.amount:
                raise
            _note_exit(trade, request)
            await self.orders.place(trade, msgspec.structs.replace(request, amount=there))

    def forget_closed(self) -> None:
        """Drop the data about trades that are no longer open."""
        self._tried = {key: when for key, when in self._tried.items() if key[0] in self.books.trades.open}

    def order_type(self, reason: ExitReason) -> OrderKind:
        """Return the type of an exit order for which none is requested."""
        types = self.setup.resolved.order_types
        if reason.kind is ExitType.EMERGENCY_EXIT:
            wanted = types.get("emergency_exit") or "market"
        elif reason.kind is ExitType.FORCE_EXIT:
            wanted = types.get("force_exit") or types["exit"]
        else:
            wanted = types["stoploss"] if reason.kind in _BY_STOP else types["exit"]
        return cast("OrderKind", str(wanted))

    async def _exit_rate(self, trade: Trade, rate: float, reason: ExitReason, *, ask: bool) -> float:
        if ask:
            asked = await self.calls.exit_price(trade, rate, reason.text)
            if asked != rate:
                rate = within_distance(asked, rate, self.setup.settings.custom_price_max_distance_ratio)
        return trade.price_rounded(rate)

    async def _make_room(self, trade: Trade, rate: float, amount: float, *, urgent: bool) -> bool:
        """Cancel the orders that block a new exit order; return whether it may be placed now.

        Entries do not block it: if the exit is `urgent` they are cancelled after it (unless the position is
        too small to sell without their fills), and so are those that cannot be cancelled now. If it is not
        urgent, an open exit whose rest is too small to be placed again stays.
        """
        too_little = self.orders.dust.why_unsellable(trade, trade.amount, rate) is not None
        for order in trade.all_open_orders:
            if order.ft_order_side == trade.entry_side:
                if too_little or not urgent:
                    await self._give_way(trade, order)
                continue
            if _equal(order, trade.exit_side, rate, amount):
                return False
            if not urgent and self.orders.dust.leaves_unsellable(trade, order, rate):
                return False
            gone = await self.orders.cancel(trade, order, REPLACED, replacing=True, exiting=True)
            if not gone and not (order.is_unresolved and perhaps_sold(trade)):
                return False  # beside an unknown partial exit, the rest can be sold
        return trade.is_open and trade.amount > 0

    async def _give_way(self, trade: Trade, order: Order) -> None:
        """Cancel an entry beside an exit, unless it is unknown or the exchange does not answer."""
        if order.is_unresolved:
            return
        try:
            await self.orders.cancel(trade, order, REPLACED, replacing=True, exiting=True)
        except ExchangeError as error:
            log.warning("Entry order %s of %s is cancelled later: %s", order.order_id, trade.pair, error)


def _note_exit(trade: Trade, request: OrderRequest) -> None:
    """Note on a trade the reason and the rate (quote currency) of its exit."""
    trade.close_rate_requested = request.price
    trade.exit_reason = (request.tag or "")[:REASON_LENGTH]
    trade.exit_order_status = ""


def _equal(order: Order, side: OrderSide, rate: float, amount: float) -> bool:
    return order.ft_order_side == side and order.price == rate and order.amount == amount
