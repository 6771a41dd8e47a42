"""Adopt orders of ours that the exchange has and the books lack, and fills that the books lack."""

import logging
from dataclasses import dataclass

import msgspec

from appliance.bot.orders.placing import Orders
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.inflight import InFlightOrders
from appliance.bot.state.markets import Markets
from appliance.bot.state.setup import Setup
from appliance.domain.journal import JournalEntry, state_of
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import STOP, UNKNOWN, Order, as_placed
from appliance.domain.order_state import UNRESOLVED
from appliance.domain.timeframe import minutes, to_date
from appliance.domain.trade import Trade
from appliance.exchange.client_ids import is_ours
from appliance.rules.adoption import Role, is_missing, joins_open_trade, owns, role_of

log = logging.getLogger(__name__)

ADOPTED = "adopted"
"""The tag of orders and trades that were taken over from the exchange."""


@dataclass(kw_only=True, eq=False)
class Adoption:
    """Find the trade of an order, or create one, and adopt the order. All methods raise `ExchangeError`."""

    setup: Setup
    clock: Clock
    books: Books
    markets: Markets
    inflight: InFlightOrders
    events: EventBus
    orders: Orders

    async def reconcile(self, seen: ExchangeOrder) -> bool:
        """Reconcile the books with an order of ours on the exchange; return whether they changed."""
        owner = await self.owner(seen.pair, seen.id)
        if owner is not None:
            return await self._reconcile_known(*owner, seen)
        client_id = str(seen.client_order_id)
        line = await self.books.store.journal.entry(client_id)
        if line is None and not is_ours(client_id, self.books.order_mark):
            return False  # the user's, or another bot's
        trade = await self._trade_of(line)
        if not is_missing(seen, line, has_trade=trade is not None):
            return False
        return await self._adopt(seen, line, trade)

    async def owner(self, pair: str, order_id: str) -> tuple[Trade, Order] | None:
        """Return the trade, open or closed, that has an order with this exchange id, and the order."""
        known = self.books.trades.with_order(pair, order_id) or self.books.pending.with_order(pair, order_id)
        if known is not None:
            return known
        trade_id = await self.books.store.trade_with_order(pair, order_id)
        trade = await self._trade(trade_id) if trade_id is not None else None
        order = trade.select_order_by_order_id(order_id) if trade is not None else None
        return (trade, order) if trade is not None and order is not None else None

    async def adopt_found(self, found: ExchangeOrder) -> None:
        """Adopt an order that was searched for; if there is nothing to adopt, resolve its journal line."""
        if await self.reconcile(found):
            return
        line = await self.books.store.journal.entry(str(found.client_order_id))
        if line is not None and line.state in UNRESOLVED and not found.is_open:
            await self._note(line, found, "no trade of the books has it")

    async def _reconcile_known(self, trade: Trade, order: Order, seen: ExchangeOrder) -> bool:
        if order.client_order_id is None and not order.ft_is_open:
            return False  # sold manually: the trade's share of it has been booked
        if seen.is_open and not trade.is_open and order.ft_is_open:
            self.events.warn(
                f"The {_named(seen)} was still open although its trade is closed: it is cancelled"
            )
            return await self.orders.cancel(trade, order, "its trade is closed")
        if seen.filled <= order.safe_filled and seen.is_open == order.ft_is_open:
            return False
        if not seen.is_open and seen.filled:
            seen = await self.markets.gateway.fetch_order(seen.id, seen.pair)  # with its fees
        before = (order.status, order.filled)
        await self.orders.learn(trade, order, seen)
        return before != (order.status, order.filled)

    async def _trade(self, trade_id: int) -> Trade | None:
        here = self.books.trades.open.get(trade_id) or self.books.pending.trade(trade_id)
        return here or await self.books.store.trade(trade_id)

    async def _trade_of(self, line: JournalEntry | None) -> Trade | None:
        """Return the trade that a journal line belongs to; None if it was deleted."""
        trade = await self._trade(line.trade_id) if line is not None else None
        return trade if trade is not None and owns(trade, line) else None

    async def _adopt(self, seen: ExchangeOrder, line: JournalEntry | None, trade: Trade | None) -> bool:
        if trade is not None and trade.pair != seen.pair:
            return False  # the exchange has renamed the pair
        if trade is None and joins_open_trade(seen, line):
            trade = self.books.trades.of_pair(seen.pair)
        role = role_of(seen, has_trade=trade is not None)
        named = _named(seen)
        if role is Role.STRAY:
            await self._cancel_stray(seen, line, named)
            return False
        if trade is not None and not trade.is_open and seen.is_open:
            seen = await self._cancelled(seen, line, named)
            if not seen.filled:
                return False
        elif not seen.is_open:
            seen = await self.markets.gateway.fetch_order(seen.id, seen.pair)  # with its fees
        if trade is None:
            trade = self._new_trade(seen)
        order = self._order_of(trade, role, seen, line)
        self._report_found(order, seen, named)
        await self.orders.learn(trade, order, seen)
        return True

    def _report_found(self, order: Order, seen: ExchangeOrder, named: str) -> None:
        if order.id and order.is_unresolved:
            log.info("The lost order of %s was found: it is %s", seen.pair, seen.id)
            return
        self.events.warn(f"The exchange has a {named} that is ours and was not in the books: it is adopted")

    async def _cancelled(self, seen: ExchangeOrder, line: JournalEntry | None, named: str) -> ExchangeOrder:
        """Cancel an order whose trade is closed; return its final state, which may include fills."""
        seen = await self.markets.gateway.cancel_order(seen.id, seen.pair)
        self.events.warn(f"The {named} was still open although its trade is closed: it was cancelled")
        if not seen.filled and line is not None:
            await self._note(line, seen, "its trade was closed")
        return seen

    async def _cancel_stray(self, seen: ExchangeOrder, line: JournalEntry | None, order: str) -> None:
        """Cancel a sell order of the journal whose trade is closed; report any other."""
        if line is None or not seen.is_open:
            self.events.warn(f"The exchange has a {order} of ours and no trade for it: cancel it manually")
            return
        ended = await self.markets.gateway.cancel_order(seen.id, seen.pair)
        self.events.warn(
            f"The {order} was still open although its trade is closed; {ended.filled:.8g} was sold"
        )
        await self._note(line, ended, "its trade was closed")

    async def _note(self, line: JournalEntry, seen: ExchangeOrder, why: str) -> None:
        noted = msgspec.structs.replace(
            line, state=state_of(seen), order_id=seen.id, note=why, updated_at=self.clock.now()
        )
        self.inflight.record([noted])
        await self.books.store.journal.put(noted)

    def _order_of(self, trade: Trade, role: Role, seen: ExchangeOrder, line: JournalEntry | None) -> Order:
        """Return the trade's unanswered order with this client order id, or a new order of the trade."""
        for known in trade.orders:
            if known.client_order_id == seen.client_order_id and known.order_id == known.client_order_id:
                return known  # it was never answered
        side = STOP if role is Role.STOP else seen.side or trade.exit_side
        order = Order(
            ft_trade_id=trade.id,
            ft_order_side=side,
            ft_pair=seen.pair,
            ft_amount=line.amount if line else seen.amount,
            ft_price=line.rate if line else _price(seen),
            order_id=seen.id,
            client_order_id=seen.client_order_id,
            status=UNKNOWN,
            order_type=seen.type,
            side=seen.side or None,
            order_date=line.created_at if line else to_date(seen.timestamp),
            ft_order_tag=ADOPTED,
            leverage=trade.leverage,
        )
        trade.orders = as_placed([*trade.orders, order])
        return order

    def _new_trade(self, seen: ExchangeOrder) -> Trade:
        market, rate, fee = self.markets.gateway.markets[seen.pair], _price(seen), self.markets.fee(seen.pair)
        trade = Trade(
            exchange=self.markets.gateway.name,
            pair=seen.pair,
            base_currency=market.base,
            stake_currency=market.quote,
            fee_open=fee,
            fee_close=fee,
            open_rate=rate,
            open_rate_requested=rate,
            stake_amount=seen.amount * rate,
            amount=0.0,
            amount_requested=seen.amount,
            open_date=to_date(seen.timestamp),
            strategy=self.setup.strategy.get_strategy_name(),
            enter_tag=ADOPTED,
            timeframe=minutes(self.setup.resolved.timeframe),
            trading_mode=self.setup.settings.trading_mode,
            amount_precision=market.amount_precision,
            price_precision=market.price_precision,
            precision_mode=market.precision_mode,
            precision_mode_price=market.precision_mode,
            contract_size=market.contract_size,
        )
        trade.adjust_stop_loss(rate, self.setup.resolved.stoploss, initial=True)
        return trade


def _named(seen: ExchangeOrder) -> str:
    return f"{seen.side} order {seen.id} of {seen.amount:.8g} {seen.pair}"


def _price(seen: ExchangeOrder) -> float:
    return seen.average or seen.price or seen.stop_price or 0.0
