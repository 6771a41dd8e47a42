"""Place, follow and cancel orders. What is about to be done is written down first, what happened is written
down before it is told."""

import logging
from datetime import datetime

from appliance.bot.calls import StrategyCalls
from appliance.bot.funding import Funding
from appliance.bot.liquidation import Liquidation
from appliance.bot.order_request import UNKNOWN, OrderRequest, is_unsettled, written_down
from appliance.bot.protections import Protections
from appliance.bot.telling import tell
from appliance.bot.trading import Trading
from appliance.domain.errors import (
    ExchangeError,
    InvalidOrder,
    OrderNotFound,
    OrderUnsettled,
    PairNotFound,
    RateLimited,
    Refused,
)
from appliance.domain.journal import JournalEntry, JournalState, journalled, state_of
from appliance.domain.market import ExchangeOrder, Fee
from appliance.domain.message import MessageType
from appliance.domain.order import CANCELED_STATUSES, Order
from appliance.domain.settle import settle
from appliance.domain.timeframe import next_open_ms, to_date, to_ms
from appliance.domain.trade import Trade
from appliance.rules.settling import Evidence, Verdict, settle_unknown
from appliance.rules.stop import move_stop

log = logging.getLogger(__name__)

AUTO_LOCK = "Auto lock"


class Orders:
    """Carry orders between trades and the exchange."""

    def __init__(self, trading: Trading, calls: StrategyCalls) -> None:
        self._t = trading
        self._calls = calls
        self.protections = Protections(trading)
        self.funding = Funding(trading)
        self.liquidation = Liquidation(trading)
        self._unknown_since: dict[str, float] = {}

    async def place(self, trade: Trade, request: OrderRequest) -> Order:
        """Write the order down, send it, and take over the answer.

        Raises `InvalidOrder` and the like when the exchange refuses it; a trade that it should have begun is
        gone then. Raises `OrderUnsettled` when the answer was lost: then the order stays, as unknown, until
        the exchange says what became of it.
        """
        if any(is_unsettled(order) for order in trade.standing_orders):
            raise Refused(f"an order of {trade.pair} is not settled yet: nothing more is sent for this pair")
        await self.funding.before_order(trade)
        order = written_down(trade, request, self._t.now())
        trade.orders.append(order)
        await self._keep(trade, order, JournalState.INTENT)
        try:
            seen = await self._send(trade, request, str(order.client_order_id))
        except (InvalidOrder, PairNotFound, RateLimited) as refusal:
            await self._drop(trade, order, f"refused: {refusal}", status="rejected", quiet=True)
            raise
        except ExchangeError as error:
            await self._note_unknown(trade, order, str(error))
            raise OrderUnsettled(
                f"it is not known whether {trade.pair}'s order reached the exchange ({error}); asking again"
            ) from error
        await self._adopt(trade, order, seen)
        if not order.ft_is_open and not order.safe_filled:
            raise InvalidOrder(
                f"nobody fills the {request.time_in_force} order for {trade.pair} at {request.rate:.8g}"
            )
        return order

    async def _adopt(self, trade: Trade, order: Order, seen: ExchangeOrder) -> None:
        """Take over the first answer to an order: one commit, whatever it has filled already."""
        order.order_id = seen.id
        order.apply(seen, self._t.now())
        if order.ft_is_open:
            await self._keep(trade, order, state_of(seen))
            tell(self._t, trade, order, "")
        else:
            await self._finish(trade, order, seen.fee, first=True)

    async def _note_unknown(self, trade: Trade, order: Order, why: str) -> None:
        order.status = UNKNOWN
        self._unknown_since[str(order.client_order_id)] = self._t.ticks()
        await self._keep(trade, order, JournalState.UNKNOWN, why)
        text = (
            f"An answer about an order of {trade.pair} was lost ({why}): nothing is sent until it is settled"
        )
        log.warning("%s", text)
        self._t.announcer.announce(MessageType.WARNING, status=text)

    async def _settle(self, trade: Trade, order: Order) -> None:
        """Find out what became of an order whose answer was lost; it stays unknown while nobody can tell."""
        now = self._t.now()
        entry = journalled(order, JournalState.UNKNOWN, now)
        found = await self._t.gateway.find_order(entry.client_order_id, trade.pair, to_ms(entry.created_at))
        since = self._unknown_since.setdefault(entry.client_order_id, self._t.ticks())
        evidence = Evidence(found=found, complete=True, waited=self._t.ticks() - since)
        verdict = settle_unknown(evidence, self._t.gateway.settling_seconds)
        if verdict is not Verdict.WAIT:
            del self._unknown_since[entry.client_order_id]
        if verdict is Verdict.ADOPT and found is not None:
            log.info("The lost order of %s is settled: the exchange has it as %s", trade.pair, found.id)
            await self._adopt(trade, order, found)
        elif verdict is Verdict.NEVER_SENT:
            await self._drop(trade, order, "it never reached the exchange", status="rejected")

    async def _send(self, trade: Trade, request: OrderRequest, client_id: str) -> ExchangeOrder:
        if request.stop_price is not None:
            return await self._t.gateway.create_stop_order(
                pair=trade.pair,
                side=request.side,
                amount=request.amount,
                stop_price=request.stop_price,
                limit_price=request.rate if request.order_type == "limit" else None,
                client_order_id=client_id,
                leverage=trade.leverage,
            )
        return await self._t.gateway.create_order(
            pair=trade.pair,
            side=request.side,
            order_type=request.order_type,
            amount=request.amount,
            price=request.rate,
            client_order_id=client_id,
            time_in_force=request.time_in_force,
            reduce_only=request.side == trade.exit_side and self._t.gateway_futures is not None,
            leverage=trade.leverage,
        )

    async def refresh(self, trade: Trade, order: Order) -> None:
        """Ask the exchange for an open order and take over what changed. Raises `ExchangeError`."""
        if is_unsettled(order):
            await self._settle(trade, order)
            return
        try:
            seen = await self._t.gateway.fetch_order(order.order_id, trade.pair)
        except OrderNotFound:
            log.warning("%s does not know order %s of %s", self._t.gateway.name, order.order_id, trade.pair)
            await self._drop(trade, order, "unknown to the exchange")
            return
        before = (order.status, order.filled)
        order.apply(seen, self._t.now())
        if not order.ft_is_open:
            await self._finish(trade, order, seen.fee)
        elif (order.status, order.filled) != before:
            await self._keep(trade, order, state_of(seen))

    async def cancel(self, trade: Trade, order: Order, reason: str, *, replacing: bool = False) -> bool:
        """Cancel an open order; tell whether it is gone. What it filled meanwhile counts.

        A trade whose only entry never filled disappears with it, unless the order is being replaced.
        """
        if is_unsettled(order):
            await self._settle(trade, order)
            if is_unsettled(order) or not order.ft_is_open:
                return not order.ft_is_open
        try:
            seen = await self._t.gateway.cancel_order(order.order_id, trade.pair)
        except OrderNotFound:
            await self._drop(trade, order, reason, keep_trade=replacing)
            return True
        order.apply(seen, self._t.now())
        if order.ft_is_open:
            await self._keep(trade, order, state_of(seen))
            return False
        if order.status == "closed":
            await self._finish(trade, order, seen.fee)
            return True
        order.ft_cancel_reason = reason
        if order.safe_filled > 0:
            order.ft_cancel_reason = f"{reason}, partially filled"
            if order.ft_order_side == trade.exit_side:
                trade.exit_reason = None
            await self._finish(trade, order, seen.fee)
        else:
            await self._drop(trade, order, reason, keep_trade=replacing)
        return True

    async def _drop(
        self,
        trade: Trade,
        order: Order,
        reason: str,
        *,
        keep_trade: bool = False,
        status: str = "canceled",
        quiet: bool = False,
    ) -> None:
        """Close an order that filled nothing; take an unborn trade away with it.

        `quiet`: nobody has been told of the order, so that nobody need be told of its end.
        """
        order.ft_is_open = False
        order.status = order.status if order.status in CANCELED_STATUSES else status
        order.ft_cancel_reason = reason
        if order.ft_order_side == trade.exit_side:
            trade.exit_reason = None
            trade.close_rate_requested = None
        state = JournalState.REJECTED if status == "rejected" else JournalState.CANCELLED
        unborn = trade.nr_of_successful_entries == 0 and not trade.standing_orders
        if unborn and not keep_trade:
            await self._t.store.delete_trade(trade.id, *_lines(order, state, self._t.now(), reason))
            self._t.book.forget(trade.id)
        else:
            await self._keep(trade, order, state, reason)
        if not quiet:
            tell(self._t, trade, order, "cancel", reason)

    async def _finish(self, trade: Trade, order: Order, fee: Fee | None, *, first: bool = False) -> None:
        """Take a finished order into account: position, profit, stop, lock, messages.

        The order and what follows from it are one commit. `first`: nobody has been told of the order yet.
        """
        now = self._t.now()
        if order.safe_filled <= 0:
            reason = order.ft_cancel_reason or f"{order.status} on the exchange"
            await self._drop(trade, order, reason, quiet=first)
            return
        settle(trade, order, now, fee)
        if trade.is_open and order.ft_order_side == trade.entry_side:
            trade.adjust_stop_loss(trade.open_rate, self._t.resolved.stoploss, initial=True)
        await self.liquidation.follow(trade)
        done = JournalState.FILLED if order.status == "closed" else JournalState.CANCELLED
        await self._keep(trade, order, done)
        if first:
            tell(self._t, trade, order, "")
        tell(self._t, trade, order, "fill")
        if not trade.is_open:
            await self._lock_until_next_candle(trade, now)
            await self.protections.after_exit(trade)
        await self._calls.order_filled(trade, order, now)
        if trade.is_open and self._calls.stop_asked_after_fill:
            await self._move_stop_after_fill(trade)
        if trade.changed_custom_data:
            await self._t.keep(trade)

    async def _move_stop_after_fill(self, trade: Trade) -> None:
        rate = await self._t.rates.exit_rate(trade.pair, short=trade.is_short)
        now = self._t.now()

        def decide() -> None:
            custom = self._calls.custom_stop(trade, now, after_fill=True)
            move_stop(trade, self._calls.stop_policy, rate, custom=custom, after_fill=True)

        await self._t.thread.run(decide)
        await self._t.keep(trade)

    async def _lock_until_next_candle(self, trade: Trade, now: datetime) -> None:
        """Keep the pair from being entered again within the same candle."""
        until = to_date(next_open_ms(self._t.resolved.timeframe, to_ms(now)))
        await self._t.lock_pair(trade.pair, until, reason=AUTO_LOCK, side=trade.trade_direction)

    async def _keep(self, trade: Trade, order: Order, state: JournalState, note: str | None = None) -> None:
        """Write the trade and the journal's line of one of its orders down, in one commit."""
        await self._t.keep(trade, *_lines(order, state, self._t.now(), note))


def _lines(order: Order, state: JournalState, now: datetime, note: str | None = None) -> list[JournalEntry]:
    """Return the journal's line of an order; none for orders that another program has placed."""
    return [journalled(order, state, now, note)] if order.client_order_id else []
