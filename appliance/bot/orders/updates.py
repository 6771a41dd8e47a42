"""Apply what the exchange reports about an order to order, trade and journal in one commit; then announce it.

Every report goes through `rules/order_life.py`. A repeated, late or out-of-order report changes nothing.
"""

import logging
from dataclasses import dataclass
from typing import NamedTuple

from appliance.bot.orders import order_steps
from appliance.bot.orders.events import OrderEvents
from appliance.bot.orders.fault_points import passing
from appliance.bot.orders.fees import Fees
from appliance.bot.orders.liquidation import Liquidation
from appliance.bot.orders.post_fill import PostFill
from appliance.bot.orders.request import journal_lines, withdraw_exit
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.inflight import InFlightOrders
from appliance.bot.state.setup import Setup
from appliance.bot.state.wallets import Wallets
from appliance.domain.enums import ExitType
from appliance.domain.foreign_orders import WITHDRAWN, foreign_order
from appliance.domain.market import ExchangeOrder, Fee
from appliance.domain.order import CANCELED_STATUSES, UNKNOWN, Order, as_placed
from appliance.domain.order_state import UNRESOLVED, OrderState
from appliance.domain.recalculate import Change, book_order, recalculate, write_off
from appliance.domain.trade import Trade
from appliance.rules.order_life import NEVER_SENT, Event, Evidence, Step, evidence_of, follow

log = logging.getLogger(__name__)

FORGOTTEN = "unknown to the exchange"


class _Change(NamedTuple):
    """State what a report changes: the order's state `before`, and its `known` fills (base currency)."""

    step: Step
    before: OrderState
    known: float


@dataclass(kw_only=True, eq=False)
class OrderUpdates:
    """Carry reports about orders into trades, journal and messages. Methods raise `StorageError` only if the
    database does not have the trade yet."""

    setup: Setup
    clock: Clock
    books: Books
    wallets: Wallets
    inflight: InFlightOrders
    events: EventBus
    order_events: OrderEvents
    post_fill: PostFill
    liquidation: Liquidation
    fees: Fees

    async def apply_answer(
        self,
        trade: Trade,
        order: Order,
        seen: ExchangeOrder,
        *,
        reason: str | None = None,
        keep_trade: bool = False,
    ) -> None:
        """Apply what the exchange reports about an order.

        `reason` says why the bot cancelled it, if it did. A trade whose only entry ended unfilled is removed
        with it, unless `keep_trade`.
        """
        before = order.state
        _recognise(order, seen)
        known = order.safe_filled
        if not order.apply(seen, self.clock.now()) and order.state is before:
            return
        self.inflight.end(order.client_order_id or order.order_id)
        change = _Change(follow(before, evidence_of(order)), before, known)
        if order.ft_is_open:
            await self._still_open(trade, order, change)
            return
        if before not in UNRESOLVED:
            passing("refresh.answered")
        if order.safe_filled > 0:
            if reason and order.state is OrderState.CANCELLED:
                order.ft_cancel_reason = f"{reason}, partially filled"
            await self._filled(trade, order, seen, change)
        else:
            reason = reason or order.ft_cancel_reason or f"{order.status} on the exchange"
            await self._ended(trade, order, reason, change.step, keep_trade=keep_trade)

    async def _still_open(self, trade: Trade, order: Order, change: _Change) -> None:
        await self.write(trade, order)
        if Event.PLACED in change.step.announces:
            self.order_events.report(trade, order, "")
        if Event.LATE in change.step.announces:
            was = f"Order {order.order_id} of {trade.pair} was reported {change.before.value}"
            self.events.warn(f"{was} but is open on the exchange")

    async def refused(self, trade: Trade, order: Order, why: str) -> None:
        """Record that the exchange refused an order."""
        step = follow(order.state, Evidence.REFUSED)
        order.status = "rejected"
        self.order_events.record(order_steps.refused(trade, order, why))
        await self._ended(trade, order, f"refused: {why}", step)

    async def lost(self, trade: Trade, order: Order, why: str) -> None:
        """Record that the answer to an order was lost: from now on it is unknown until it is resolved."""
        step = follow(order.state, Evidence.NO_ANSWER)
        order.status = UNKNOWN
        self.order_events.record(order_steps.lost(trade, order, why))
        await self.write(trade, order, why)
        passing("unknown.written")
        if Event.LOST in step.announces:
            held = "nothing more is sent" if order.ft_order_side != trade.entry_side else "no entries"
            self.events.warn(
                f"The answer about an order of {trade.pair} was lost ({why}): {held} until it is resolved",
            )

    async def not_found(
        self, trade: Trade, order: Order, why: str = NEVER_SENT, *, keep_trade: bool = False
    ) -> None:
        """Record that an order is nowhere on the exchange: never sent, or dropped from its history.

        Its known fills are booked.
        """
        before, known = order.state, order.safe_filled
        step = follow(before, Evidence.NOWHERE)
        order.status = "rejected" if step.to is OrderState.REJECTED else "canceled"
        order.ft_is_open, order.ft_cancel_reason = False, why
        if known > 0:
            await self._filled(trade, order, None, _Change(step, before, known))
        else:
            await self._ended(trade, order, why, step, keep_trade=keep_trade)

    async def book_manual_sale(self, trade: Trade, seen: ExchangeOrder, amount: float) -> None:
        """Book `amount` (base currency) more of a foreign order, which sold what a trade held."""
        known = trade.select_order_by_order_id(seen.id)
        whole = amount + (known.safe_filled if known else 0.0)
        order = foreign_order(trade, seen, whole, ExitType.SOLD_ON_EXCHANGE.value)
        if known is not None:
            order.id = known.id
        others = (each for each in trade.orders if each is not known)
        trade.orders = as_placed([*others, order])
        share = whole / seen.filled
        fees = tuple(Fee(fee.currency, fee.cost * share, fee.rate) for fee in seen.fees)
        await self.fees.note(trade, order, fees)
        book_order(trade, order, self.clock.now())
        await self._booked(trade, order)
        self.events.warn(
            f"{trade.pair}: {amount:.8g} {trade.safe_base_currency} were sold manually at "
            f"{order.safe_price:.8g} (order {seen.id}): booked on trade {trade.id}",
        )

    async def book_withdrawal(self, trade: Trade, amount: float, rate: float, tag: str = WITHDRAWN) -> None:
        """Book that `amount` (base currency) of a trade is no longer in the account, at the current rate."""
        write_off(trade, amount, rate, self.clock.now(), tag)
        order = trade.orders[-1]
        await self._booked(trade, order)
        self.events.warn(
            f"{trade.pair}: {amount:.8g} {trade.safe_base_currency}, worth {amount * rate:.8g} "
            f"{trade.stake_currency}, left the account without an order: booked on "
            f"trade {trade.id} as {tag}",
        )

    async def _booked(self, trade: Trade, order: Order) -> None:
        """Save and announce a finished order that is not the bot's own."""
        await self.liquidation.follow(trade)
        await self.write(trade, order)
        self.order_events.report(trade, order, "fill")
        await self.post_fill.of_fill(trade, order, self.clock.now())

    async def write(self, trade: Trade, order: Order, note: str | None = None) -> None:
        """Save an order: the trade and its journal line, in one commit."""
        # Fees may be paid in a currency that is not the pair's.
        paid_in = (trade.safe_base_currency, trade.fee_open_currency, trade.fee_close_currency)
        self.wallets.account.outdated(*paid_in)
        await self.books.save(trade, *self.inflight.record(journal_lines(order, self.clock.now(), note)))

    async def _ended(
        self, trade: Trade, order: Order, reason: str, step: Step, *, keep_trade: bool = False
    ) -> None:
        """Close an order that filled nothing; remove its trade if that never had a position."""
        order.ft_is_open = False
        order.status = order.status if order.status in CANCELED_STATUSES else "canceled"
        order.ft_cancel_reason = reason
        withdraw_exit(trade, order)
        entering = order.ft_order_side == trade.entry_side
        empty = entering and trade.nr_of_successful_entries == 0 and not trade.all_open_orders
        if empty and not keep_trade:
            self.wallets.account.outdated()
            lines = journal_lines(order, self.clock.now(), reason)
            await self.books.forget(trade, *self.inflight.record(lines))
        else:
            closed = trade.amount <= 0 and recalculate(trade, self.clock.now()) is Change.CLOSED
            await self.write(trade, order, reason)
            if closed:  # its position was sold before, and only this order kept it open
                log.info("%s: trade %d is closed", trade.pair, trade.id)
                await self.post_fill.of_close(trade, self.clock.now())
        if Event.CANCELLED in step.announces:
            self.order_events.report(trade, order, "cancel", reason)

    async def _filled(self, trade: Trade, order: Order, seen: ExchangeOrder | None, change: _Change) -> None:
        """Book a finished order with fills: position, profit, stop, lock, messages.

        The order and its effects are one commit.
        """
        now, step = self.clock.now(), change.step
        was_open = trade.is_open
        fees = _fees_in(seen) if seen else ()
        placed = [self.order_events.prepared(trade, order, "")] if Event.PLACED in step.announces else []
        await self.fees.note(trade, order, fees)
        book_order(trade, order, now)
        _note_cancelled_exit(trade, order)
        if trade.is_open and step.protects:
            trade.adjust_stop_loss(trade.open_rate, self.setup.resolved.stoploss, initial=True)
        await self.liquidation.follow(trade)
        await self.write(trade, order)
        for one in (*placed, self.order_events.prepared(trade, order, "fill")):
            self.order_events.emit(one)
        if Event.LATE in step.announces:
            reopened = trade.is_open and not was_open
            self._report_late(trade, order, change, reopened=reopened)
        await self.post_fill.of_fill(trade, order, now)

    def _report_late(self, trade: Trade, order: Order, change: _Change, *, reopened: bool) -> None:
        more = order.safe_filled - change.known
        booked = (
            f"trade {trade.id} is open again and protected" if reopened else f"booked on trade {trade.id}"
        )
        self.events.warn(
            f"Order {order.order_id} of {trade.pair} filled another {more:.8g} {trade.safe_base_currency} "
            f"after it was reported {change.before.value}: {booked}",
        )


def _recognise(order: Order, seen: ExchangeOrder) -> None:
    """Note the exchange's id of an order, and that it has an order reported as refused before."""
    if order.order_id == order.client_order_id:
        order.order_id = seen.id
    if order.state is OrderState.REJECTED:
        order.ft_is_open, order.status, order.ft_cancel_reason = True, UNKNOWN, None


def _fees_in(seen: ExchangeOrder) -> tuple[Fee, ...]:
    return seen.fees or ((seen.fee,) if seen.fee else ())


def _note_cancelled_exit(trade: Trade, order: Order) -> None:
    """Clear the reason of an exit that was cancelled when only a part had filled."""
    if trade.is_open and order.state is OrderState.CANCELLED and order.ft_order_side == trade.exit_side:
        trade.exit_reason, trade.exit_order_status = None, order.ft_cancel_reason
