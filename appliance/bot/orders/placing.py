"""Place, follow and cancel orders. The intent is written before a request is sent, and its result is saved
before it is announced."""

import logging
from dataclasses import dataclass

import msgspec

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.orders.dust import Dust
from appliance.bot.orders.fault_points import passing, step_of
from appliance.bot.orders.funding import Funding
from appliance.bot.orders.request import journal_lines, withdraw_exit, written_down
from appliance.bot.orders.resolution import Resolution
from appliance.bot.orders.updates import FORGOTTEN, OrderUpdates
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.inflight import InFlightOrders
from appliance.bot.state.wallets import Wallets
from appliance.domain.errors import (
    ApplianceError,
    ExchangeError,
    InsufficientFunds,
    InvalidOrder,
    NothingFilled,
    OrderNotFound,
    OrderUnresolved,
    PairNotFound,
    RateLimited,
    Refused,
    StorageError,
)
from appliance.domain.journal import JournalEntry
from appliance.domain.market import ExchangeOrder, OrderRequest
from appliance.domain.order import UNKNOWN, Order
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.exchange.client_ids import new_client_order_id
from appliance.exchange.gateway import Gateway
from appliance.rules.order_life import NEVER_SENT
from appliance.rules.resolution import Evidence, Verdict

log = logging.getLogger(__name__)

ENDED = "cancelled because the position has ended"


@dataclass(kw_only=True, eq=False)
class Orders:
    """Carry orders between trades and the exchange."""

    clock: Clock
    books: Books
    gateway: Gateway
    wallets: Wallets
    inflight: InFlightOrders
    mutexes: PairMutexes
    updates: OrderUpdates
    dust: Dust
    funding: Funding
    resolution: Resolution

    def __post_init__(self) -> None:
        self._being_sent: set[str] = set()

    async def place(self, trade: Trade, request: OrderRequest) -> Order:
        """Write the order to the journal under a new client order id, send it, and apply the answer.

        Raises `InvalidOrder` and the like if the exchange refuses it; a trade that it should have opened is
        removed then. Raises `OrderUnresolved` if the answer was lost: the order stays in the books as unknown
        until the exchange reports it. Raises `Refused` while another unknown order of the pair blocks it.
        """
        if self.inflight.holds_back(trade, request.side, request.amount):
            raise Refused(f"another order of {trade.pair} is still unknown; see `appliance orders list`")
        await self.funding.before_order(trade)
        request = msgspec.structs.replace(request, client_order_id=new_client_order_id(self.books.order_mark))
        order = await self._write_intent(trade, request)
        step = step_of(trade, order)
        passing(f"{step}.written")
        try:
            seen = await self._sent(trade, order, request)
        except (InvalidOrder, PairNotFound, RateLimited) as refusal:
            if not order.is_unresolved:
                return order  # it was found on the exchange meanwhile
            if isinstance(refusal, InsufficientFunds):  # another user of the account was faster
                self.wallets.account.outdated(trade.safe_base_currency)
            await self.updates.refused(trade, order, str(refusal))
            raise
        except ExchangeError as error:
            if not order.is_unresolved:
                return order
            await self.updates.lost(trade, order, str(error))
            raise OrderUnresolved(
                f"it is not known whether the order of {trade.pair} reached the exchange ({error});"
                " asking again"
            ) from error
        passing(f"{step}.answered")
        await self._take_over(trade, order, seen)
        passing(f"{step}.saved")
        if not order.ft_is_open and not order.safe_filled:
            raise NothingFilled(
                f"nothing filled of the {request.time_in_force} order for {trade.pair} at {request.price:.8g}"
            )
        return order

    async def _write_intent(self, trade: Trade, request: OrderRequest) -> Order:
        """Write the intent to the journal. Raises `StorageError`, the trade unchanged: do not send."""
        order = written_down(trade, request, self.clock.now())
        before = trade.orders
        trade.orders = [*(each for each in before if not order.id or each.id != order.id), order]
        lines = journal_lines(order, self.clock.now())
        try:
            await self.books.write_first(trade, *lines)
        except StorageError:
            trade.orders = before
            withdraw_exit(trade, order)
            raise
        self.inflight.record(lines)
        return order

    async def _sent(self, trade: Trade, order: Order, request: OrderRequest) -> ExchangeOrder:
        """Send an order. The pair is released meanwhile for an entry: stops must not wait for its answer."""
        self._being_sent.add(request.client_order_id)
        try:
            if order.ft_order_side != trade.entry_side:
                return await self._send(request)
            async with self.mutexes.released(trade.pair):
                return await self._send(request)
        finally:
            self._being_sent.discard(request.client_order_id)

    async def _send(self, request: OrderRequest) -> ExchangeOrder:
        gateway = self.gateway
        if request.stop_price is not None:
            return await gateway.create_stop_order(request)
        return await gateway.create_order(request)

    # -- following -------------------------------------------------------------------------------------

    async def refresh(self, trade: Trade, order: Order) -> None:
        """Fetch an open order from the exchange and apply what changed. Raises `ExchangeError`."""
        if order.client_order_id in self._being_sent:
            return  # its answer is still to come
        if order.is_unresolved:
            await self._resolve(trade, order)
        elif order.ft_is_open:  # it may have been cancelled with another order of the trade
            try:
                seen = await self.gateway.fetch_order(order.order_id, trade.pair)
            except OrderNotFound:
                await self._look_for(trade, order)
            else:
                await self._take_over(trade, order, seen)
        if order.ft_is_open and not order.is_unresolved and _is_left_over(trade, order):
            await self.cancel(trade, order, ENDED)

    async def learn(self, trade: Trade, order: Order, seen: ExchangeOrder) -> None:
        """Apply what the exchange reports about an order of this trade, open or closed, at any time.

        An order that had ended and is open on the exchange is cancelled again, whatever it has filled: its
        trade may be closed, and then the order would not be followed. Raises `ExchangeError`.
        """
        if seen.is_open and not order.ft_is_open:
            log.warning("Order %s of %s is still open: it is cancelled again", seen.id, trade.pair)
            seen = await self.gateway.cancel_order(seen.id, trade.pair)
        await self._take_over(trade, order, seen)

    async def was_taken(self, trade: Trade, refused: Order) -> bool:
        """Return whether the exchange has an order that it has just refused; if so, apply it.

        Raises `ExchangeError`.
        """
        client_id, since_ms = str(refused.client_order_id), to_ms(refused.order_date)
        found = await self.gateway.find_order(client_id, trade.pair, since_ms)
        if found is not None:
            await self._take_over(trade, refused, found)
        return found is not None

    async def _take_over(
        self, trade: Trade, order: Order, seen: ExchangeOrder, *, keep_trade: bool = False
    ) -> None:
        await self._cancel_others(trade, order, seen)
        await self.updates.apply_answer(trade, order, seen, keep_trade=keep_trade)

    async def cancel(
        self, trade: Trade, order: Order, reason: str, *, replacing: bool = False, exiting: bool = False
    ) -> bool:
        """Cancel an open order; return whether it has ended. Fills until then are booked.

        A trade whose only entry never filled is removed with it, unless the order is being replaced. Raises
        `Refused` if too little to sell would be left, unless the trade is being exited anyway (`exiting`).
        """
        if order.client_order_id in self._being_sent:
            return False  # its answer is still to come
        if order.is_unresolved:
            await self._resolve(trade, order)
        gone = not order.ft_is_open
        if gone or order.is_unresolved:
            return gone
        if not exiting and (why := await self.dust.stranded_by(trade, order)):
            raise Refused(why)
        if order.ft_order_side != trade.entry_side:
            # Do not cancel a stop while the journal could not take its replacement.
            await self.books.write_first(
                trade, *journal_lines(order, self.clock.now(), f"cancelling: {reason}")
            )
        step = "replace" if replacing else "cancel"
        passing(f"{step}.written")
        try:
            seen = await self.gateway.cancel_order(order.order_id, trade.pair)
        except OrderNotFound:
            await self._look_for(trade, order, keep_trade=replacing)
            return not order.ft_is_open
        passing(f"{step}.answered")
        await self._cancel_others(trade, order, seen)
        await self.updates.apply_answer(trade, order, seen, reason=reason, keep_trade=replacing)
        if not order.ft_is_open:
            passing(f"{step}.saved")
        return not order.ft_is_open

    async def _cancel_others(self, trade: Trade, order: Order, seen: ExchangeOrder) -> None:
        """Cancel the other open orders of a trade whose position `seen` closes.

        An order that cannot be cancelled now keeps the trade open, without a position, until it has ended.
        """
        leaves = order.ft_order_side != trade.entry_side and not seen.is_open
        for other in trade.all_open_orders if leaves and seen.filled >= trade.amount > 0 else ():
            if other is order:
                continue
            try:
                await self.cancel(trade, other, ENDED, replacing=True, exiting=True)
            except ApplianceError as error:
                log.warning("Order %s of %s is cancelled later: %s", other.order_id, trade.pair, error)

    # -- resolving unknown orders ----------------------------------------------------------------------

    async def _resolve(self, trade: Trade, order: Order) -> None:
        """Resolve an order whose answer was lost; it stays unknown until the exchange reports it."""
        try:
            verdict, found = await self.resolution.of_lost(order)
        except ExchangeError:
            await self._note_left_open(trade, order)
            raise
        if verdict is Verdict.ADOPT and found is not None:
            log.info("The lost order of %s was found: it is %s", trade.pair, found.id)
            passing("resolve.answered")
            await self._take_over(trade, order, found)
        elif verdict is Verdict.NEVER_SENT:
            await self.updates.not_found(trade, order)
        else:
            await self._note_left_open(trade, order)

    async def _note_left_open(self, trade: Trade, order: Order) -> None:
        """Mark an order as unknown if the program was killed between its intent and its answer."""
        if order.status != UNKNOWN:
            await self.updates.lost(trade, order, "the program ended before it came")

    async def _look_for(self, trade: Trade, order: Order, *, keep_trade: bool = False) -> None:
        """Look for an order that the exchange had and no longer finds; its fills are booked.

        It stays open until the exchange has reported for long enough, in every list, that it does not exist.
        """
        verdict, found = await self.resolution.of_missing(order)
        if verdict is Verdict.ADOPT and found is not None:
            await self._take_over(trade, order, found, keep_trade=keep_trade)
        elif verdict is Verdict.NEVER_SENT:
            log.warning("%s does not know order %s of %s", self.gateway.name, order.order_id, trade.pair)
            await self.updates.not_found(trade, order, FORGOTTEN, keep_trade=keep_trade)

    async def evidence(self, line: JournalEntry) -> Evidence:
        """Ask the exchange about an order whose answer was lost. Raises `ExchangeError`."""
        return await self.resolution.evidence(line)

    async def resolve_as_placed(
        self, trade: Trade, order: Order, seen: ExchangeOrder, note: str | None = None
    ) -> None:
        """Resolve an unknown order as the exchange has it; `note` goes into the journal."""
        if note:
            await self.updates.write(trade, order, note)
        await self._take_over(trade, order, seen)

    async def resolve_as_unsent(self, trade: Trade, order: Order, why: str = NEVER_SENT) -> None:
        """Resolve an unknown order that the exchange does not have and will not accept."""
        await self.updates.not_found(trade, order, why)


def _is_left_over(trade: Trade, order: Order) -> bool:
    """Return whether an entry is still open although its trade has sold the whole position."""
    exited = trade.amount <= 0 and trade.nr_of_successful_exits > 0
    return exited and order.ft_order_side == trade.entry_side
