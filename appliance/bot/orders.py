"""Place, follow and cancel orders. What is about to be done is written down first, what happened is written
down before it is told."""

import logging

from appliance.bot.aftermath import Aftermath
from appliance.bot.calls import StrategyCalls
from appliance.bot.fault_points import passing, step_of
from appliance.bot.fees import Fees
from appliance.bot.funding import Funding
from appliance.bot.liquidation import Liquidation
from appliance.bot.order_request import (
    OrderRequest,
    is_unsettled,
    journal_lines,
    no_longer_leaving,
    written_down,
)
from appliance.bot.questions import Questions
from appliance.bot.telling import news, tell, warn
from appliance.bot.trading import Trading
from appliance.domain.errors import (
    ExchangeError,
    InvalidOrder,
    NothingFilled,
    OrderNotFound,
    OrderUnsettled,
    PairNotFound,
    RateLimited,
    Refused,
    StorageError,
)
from appliance.domain.journal import JournalEntry, JournalState, standing, state_of
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import CANCELED_STATUSES, UNKNOWN, Order
from appliance.domain.settle import settle
from appliance.domain.trade import Trade
from appliance.rules.settling import Evidence, Verdict

log = logging.getLogger(__name__)

NEVER_SENT = "it never reached the exchange"
FORGOTTEN = "unknown to the exchange"
ENDED = "cancelled because the trade has ended"


class Orders:
    """Carry orders between trades and the exchange."""

    def __init__(self, trading: Trading, calls: StrategyCalls) -> None:
        self._t = trading
        self._calls = calls
        self.aftermath = Aftermath(trading, calls)
        self.funding, self.liquidation = Funding(trading), Liquidation(trading)
        self.questions = Questions(trading)
        self._fees = Fees(trading)

    async def place(self, trade: Trade, request: OrderRequest, *, instead_of: Order | None = None) -> Order:
        """Write the order down, send it, and take over the answer.

        A stop order may be placed `instead_of` another, in one step; what became of that one is asked then.

        Raises `InvalidOrder` and the like when the exchange refuses it; a trade that it should have begun is
        gone then. Raises `OrderUnsettled` when the answer was lost: then the order stays, as unknown, until
        the exchange says what became of it.
        """
        if self.questions.is_open(trade):
            raise Refused(f"an order of {trade.pair} is not settled yet: nothing more is sent for this pair")
        await self.funding.before_order(trade)
        order = await self._write_intent(trade, request)
        step = step_of(trade, order)
        passing(f"{step}.written")
        try:
            seen = await self._send(trade, request, str(order.client_order_id), instead_of)
        except (InvalidOrder, PairNotFound, RateLimited) as refusal:
            await self._drop(trade, order, f"refused: {refusal}", status="rejected", quiet=True)
            raise
        except ExchangeError as error:
            await self._note_unknown(trade, order, str(error))
            raise OrderUnsettled(
                f"it is not known whether {trade.pair}'s order reached the exchange ({error}); asking again"
            ) from error
        passing(f"{step}.answered")
        await self.adopt(trade, order, seen)
        passing(f"{step}.kept")
        if not order.ft_is_open and not order.safe_filled:
            raise NothingFilled(
                f"nobody fills the {request.time_in_force} order for {trade.pair} at {request.rate:.8g}"
            )
        return order

    async def _write_intent(self, trade: Trade, request: OrderRequest) -> Order:
        """Write down what is to be sent. Raises `StorageError`, the trade as it was: then it is not sent."""
        order = written_down(trade, request, self._t.now(), self._t.order_mark)
        before = trade.orders
        trade.orders = [*(each for each in before if not order.id or each.id != order.id), order]
        try:
            await self._t.write_first(trade, *journal_lines(order, JournalState.INTENT, self._t.now()))
        except StorageError:
            trade.orders = before
            no_longer_leaving(trade, order)
            raise
        return order

    async def adopt(self, trade: Trade, order: Order, seen: ExchangeOrder) -> None:
        """Take over what the exchange first tells of an order: one commit, whatever it has filled already."""
        await self._clear_away_others(trade, order, seen)
        order.order_id = seen.id
        order.apply(seen, self._t.now())
        if order.ft_is_open:
            await self._keep(trade, order, state_of(seen))
            tell(self._t, trade, order, "")
        else:
            await self._finish(trade, order, seen, first=True)

    async def _note_unknown(self, trade: Trade, order: Order, why: str) -> None:
        order.status = UNKNOWN
        self.questions.begin(order.client_order_id or order.order_id)
        await self._keep(trade, order, JournalState.UNKNOWN, why)
        passing("unknown.written")
        lost = f"An answer about an order of {trade.pair} was lost ({why})"
        warn(self._t, f"{lost}: nothing is sent until it is settled")

    async def _settle(self, trade: Trade, order: Order) -> None:
        """Find out what became of an order whose answer was lost; it stays unknown while nobody can tell."""
        try:
            verdict, found = await self.questions.became_of(order)
        except ExchangeError:
            await self._note_left_open(trade, order)
            raise
        if verdict is Verdict.ADOPT and found is not None:
            log.info("The lost order of %s is settled: it is %s", trade.pair, found.id)
            passing("settle.answered")
            await self.settle_as_placed(trade, order, found)
        elif verdict is Verdict.NEVER_SENT:
            await self.settle_as_unsent(trade, order, NEVER_SENT)
        else:
            await self._note_left_open(trade, order)

    async def evidence(self, entry: JournalEntry) -> Evidence:
        """Ask the exchange what it has of an order whose answer was lost. Raises `ExchangeError`."""
        return await self.questions.evidence(entry.client_order_id, entry.pair, entry.created_at)

    async def settle_as_placed(
        self, trade: Trade, order: Order, seen: ExchangeOrder, note: str | None = None
    ) -> None:
        """Take over an order whose answer was lost, as the exchange has it; `note` goes into the journal."""
        self.forget(str(order.client_order_id))
        if note:
            await self._keep(trade, order, JournalState.UNKNOWN, note)
        await self.adopt(trade, order, seen)

    async def settle_as_unsent(self, trade: Trade, order: Order, why: str) -> None:
        """Drop an order that the exchange does not have and will not take."""
        self.forget(str(order.client_order_id))
        await self._drop(trade, order, why, status="rejected")

    def forget(self, client_order_id: str) -> None:
        """Stop counting how long an order has been unknown."""
        self.questions.end(client_order_id)

    async def _note_left_open(self, trade: Trade, order: Order) -> None:
        """Call an order unknown that was written down when the program died, and is not settled at once."""
        if order.status != UNKNOWN:
            await self._note_unknown(trade, order, "the program ended before it came")

    async def _look_for(self, trade: Trade, order: Order, *, keep_trade: bool = False) -> None:
        """Look for an order that the exchange has had and no longer finds; what it filled counts.

        It stays open until the exchange has said for long enough, and of every place, that it is not there.
        """
        verdict, found = await self.questions.forgotten(order)
        if verdict is Verdict.ADOPT and found is not None:
            await self._take_over(trade, order, found)
        elif verdict is Verdict.NEVER_SENT:
            log.warning("%s does not know order %s of %s", self._t.gateway.name, order.order_id, trade.pair)
            order.ft_is_open, order.status = False, "canceled"
            order.ft_cancel_reason = FORGOTTEN
            if order.safe_filled > 0:
                await self._finish(trade, order, None)
            else:
                await self._drop(trade, order, FORGOTTEN, keep_trade=keep_trade)

    async def _send(
        self, trade: Trade, request: OrderRequest, client_id: str, instead_of: Order | None
    ) -> ExchangeOrder:
        if request.stop_price is not None:
            return await self._t.gateway.create_stop_order(
                pair=trade.pair,
                side=request.side,
                amount=request.amount,
                stop_price=request.stop_price,
                limit_price=request.rate if request.order_type == "limit" else None,
                client_order_id=client_id,
                leverage=trade.leverage,
                instead_of=instead_of.order_id if instead_of else None,
            )
        return await self._t.gateway.create_order(
            pair=trade.pair,
            side=request.side,
            order_type=request.order_type,
            amount=request.amount,
            price=request.rate,
            client_order_id=client_id,
            time_in_force=request.time_in_force,
            reduce_only=trade.trading_mode == "futures" and request.side == trade.exit_side,
            leverage=trade.leverage,
        )

    async def refresh(self, trade: Trade, order: Order) -> None:
        """Ask the exchange for an open order and take over what changed. Raises `ExchangeError`."""
        if is_unsettled(order):
            await self._settle(trade, order)
            return
        if not order.ft_is_open:  # another order of the trade has taken it along meanwhile
            return
        try:
            seen = await self._t.gateway.fetch_order(order.order_id, trade.pair)
        except OrderNotFound:
            await self._look_for(trade, order)
            return
        self.questions.end(order.client_order_id or order.order_id)
        await self._take_over(trade, order, seen)

    async def _take_over(self, trade: Trade, order: Order, seen: ExchangeOrder) -> None:
        await self._clear_away_others(trade, order, seen)
        before = (order.status, order.filled)
        order.apply(seen, self._t.now())
        if not order.ft_is_open:
            passing("refresh.answered")
            await self._finish(trade, order, seen)
        elif (order.status, order.filled) != before:
            await self._keep(trade, order, state_of(seen))

    async def cancel(self, trade: Trade, order: Order, reason: str, *, replacing: bool = False) -> bool:
        """Cancel an open order; tell whether it is gone. What it filled meanwhile counts.

        A trade whose only entry never filled disappears with it, unless the order is being replaced.
        """
        if is_unsettled(order):
            await self._settle(trade, order)
        gone = not order.ft_is_open
        if gone or is_unsettled(order):
            return gone
        if order.ft_order_side != trade.entry_side:
            # What protects is not given up while nothing could take its place.
            await self._t.write_first(
                trade, *journal_lines(order, standing(order), self._t.now(), f"cancelling: {reason}")
            )
        step = "replace" if replacing else "cancel"
        passing(f"{step}.written")
        try:
            seen = await self._t.gateway.cancel_order(order.order_id, trade.pair)
        except OrderNotFound:
            await self._look_for(trade, order, keep_trade=replacing)
            return not order.ft_is_open
        passing(f"{step}.answered")
        await self._clear_away_others(trade, order, seen)
        order.apply(seen, self._t.now())
        if order.ft_is_open:
            await self._keep(trade, order, state_of(seen))
            return False
        if order.status == "closed":
            await self._finish(trade, order, seen)
            return True
        order.ft_cancel_reason = reason
        if order.safe_filled > 0:
            order.ft_cancel_reason = f"{reason}, partially filled"
            if order.ft_order_side == trade.exit_side:
                trade.exit_reason, trade.exit_order_status = None, order.ft_cancel_reason
            await self._finish(trade, order, seen)
        else:
            await self._drop(trade, order, reason, keep_trade=replacing)
        passing(f"{step}.kept")
        return True

    async def _clear_away_others(self, trade: Trade, order: Order, seen: ExchangeOrder) -> None:
        """Cancel what else stands for a trade that `seen` ends; nobody would look after it any more.

        Raises `ExchangeError` while that is not done: then the end is not taken over yet.
        """
        leaves = order.ft_order_side != trade.entry_side and not seen.is_open
        for other in trade.standing_orders if leaves and seen.filled >= trade.amount > 0 else ():
            if other is not order and not await self.cancel(trade, other, ENDED, replacing=True):
                raise OrderUnsettled(f"an order of {trade.pair} stands beside the one that ends the trade")

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
        no_longer_leaving(trade, order)
        state = JournalState.REJECTED if status == "rejected" else JournalState.CANCELLED
        entering = order.ft_order_side == trade.entry_side
        unborn = entering and trade.nr_of_successful_entries == 0 and not trade.standing_orders
        if unborn and not keep_trade:
            self._t.wallets.purse.outdated()
            lines = journal_lines(order, state, self._t.now(), reason)
            await self._t.forget(trade, *self.questions.noted(lines))
        else:
            await self._keep(trade, order, state, reason)
        if not quiet:
            tell(self._t, trade, order, "cancel", reason)

    async def _finish(
        self, trade: Trade, order: Order, seen: ExchangeOrder | None, *, first: bool = False
    ) -> None:
        """Take a finished order into account: position, profit, stop, lock, messages.

        The order and what follows from it are one commit. `first`: nobody has been told of the order yet.
        """
        now = self._t.now()
        if order.safe_filled <= 0:
            reason = order.ft_cancel_reason or f"{order.status} on the exchange"
            await self._drop(trade, order, reason, quiet=first)
            return
        fees = (seen.fees or ((seen.fee,) if seen.fee else ())) if seen else ()
        placed = [news(self._t, trade, order, "")] if first else []
        order.ft_fee_base = await self._fees.out_of_position(trade, order, fees)
        settle(trade, order, now, await self._fees.as_one(trade, order, fees))
        if trade.is_open and order.ft_order_side == trade.entry_side:
            trade.adjust_stop_loss(trade.open_rate, self._t.resolved.stoploss, initial=True)
        await self.liquidation.follow(trade)
        done = JournalState.FILLED if order.status == "closed" else JournalState.CANCELLED
        await self._keep(trade, order, done)
        for one in (*placed, news(self._t, trade, order, "fill")):
            one.spread(self._t)
        await self.aftermath.of_fill(trade, order, now)

    async def _keep(self, trade: Trade, order: Order, state: JournalState, note: str | None = None) -> None:
        """Write what is known of an order down: the trade and the journal's line, in one commit."""
        # Fees may be paid in a currency that is not the pair's.
        paid_in = (trade.safe_base_currency, trade.fee_open_currency, trade.fee_close_currency)
        self._t.wallets.purse.outdated(*paid_in)
        await self._t.keep(trade, *self.questions.noted(journal_lines(order, state, self._t.now(), note)))
