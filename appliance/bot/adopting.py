"""Take orders of ours into the books that the exchange has and the books lack."""

import msgspec

from appliance.bot.orders import Orders
from appliance.bot.telling import warn
from appliance.bot.trading import Trading
from appliance.domain.journal import UNSETTLED, JournalEntry, state_of
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import STOP, Order
from appliance.domain.timeframe import minutes, to_date
from appliance.domain.trade import Trade
from appliance.exchange.client_ids import is_ours
from appliance.rules.adoption import Role, is_missing, role_of

ADOPTED = "adopted"
"""The tag of orders and trades that were taken over from the exchange."""


class Adoption:
    """Find the trade of an order, or make one, and take it over. All methods raise `ExchangeError`."""

    def __init__(self, trading: Trading, orders: Orders) -> None:
        self._t = trading
        self._orders = orders

    async def look_at(self, seen: ExchangeOrder) -> bool:
        """Adopt an order if it is ours and missing; tell whether the books have changed by it."""
        if seen.id in self._known():
            return False
        client_id = str(seen.client_order_id)
        line = await self._t.store.journal_entry(client_id)
        if line is None and not is_ours(client_id, self._t.order_mark):
            return False  # the user's, or another bot's
        if not is_missing(seen, line):
            return False
        return await self._adopt(seen, line)

    async def take(self, found: ExchangeOrder) -> None:
        """Adopt an order that was looked for; where there is nothing to adopt its line is settled by it."""
        if await self.look_at(found):
            return
        line = await self._t.store.journal_entry(str(found.client_order_id))
        if line is not None and line.state in UNSETTLED and not found.is_open:
            await self._note(line, found, "no trade of the books has it")

    async def look_at_grown(self, seen: ExchangeOrder, line: JournalEntry) -> None:
        """Take over what a cancelled order has filled beyond what the books know of it."""
        trade = next((t for t in self._t.book.open.values() if _has(t, seen)), None)
        ended = trade or await self._t.store.trade(line.trade_id)
        booked = next((o.safe_filled for o in ended.orders if o.order_id == seen.id), 0.0) if ended else 0.0
        if seen.is_open or seen.filled <= booked:
            return
        if trade is None and booked:
            warn(self._t, f"{_named(seen)} has filled after its trade has ended: look after it by hand")
            return
        await self._adopt(seen, line)

    async def _adopt(self, seen: ExchangeOrder, line: JournalEntry | None) -> bool:
        trade = self._t.book.of_pair(seen.pair)
        role = role_of(seen, has_trade=trade is not None and trade.amount > 0)
        order = _named(seen)
        if role is Role.STRAY:
            await self._clear_away(seen, line, order)
            return False
        if not seen.is_open:
            seen = await self._t.gateway.fetch_order(seen.id, seen.pair)  # with its fees
        if trade is None:
            trade = self._new_trade(seen)
        warn(self._t, f"The exchange has a {order} that is ours and was not in the books: it is taken over")
        standing = self._order_of(trade, role, seen, line)
        await self._orders.adopt(trade, standing, seen)
        return True

    async def _clear_away(self, seen: ExchangeOrder, line: JournalEntry | None, order: str) -> None:
        """Cancel an order to sell that the journal knows and whose trade is over; tell of any other."""
        if line is None or not seen.is_open:
            warn(self._t, f"The exchange has a {order} of ours and no trade for it: look after it by hand")
            return
        ended = await self._t.gateway.cancel_order(seen.id, seen.pair)
        warn(self._t, f"The {order} was still open although its trade has ended; {ended.filled:.8g} was sold")
        await self._note(line, ended, "its trade had ended")

    async def _note(self, line: JournalEntry, seen: ExchangeOrder, why: str) -> None:
        noted = msgspec.structs.replace(
            line, state=state_of(seen), order_id=seen.id, note=why, updated_at=self._t.now()
        )
        await self._t.store.note_in_journal(noted)

    def _known(self) -> set[str]:
        return {order.order_id for trade in self._t.book.open.values() for order in trade.standing_orders}

    def _order_of(self, trade: Trade, role: Role, seen: ExchangeOrder, line: JournalEntry | None) -> Order:
        """Return the trade's own order, open again, or a new one of it."""
        known = next((o for o in trade.orders if o.client_order_id == seen.client_order_id), None)
        if known is not None:
            known.ft_is_open, known.ft_cancel_reason = True, None
            return known
        side = STOP if role is Role.STOP else seen.side
        order = Order(
            ft_trade_id=trade.id,
            ft_order_side=side,
            ft_pair=seen.pair,
            ft_amount=line.amount if line else seen.amount,
            ft_price=line.rate if line else _price(seen),
            order_id=seen.id,
            client_order_id=seen.client_order_id,
            order_type=seen.type,
            side=seen.side,
            order_date=line.created_at if line else to_date(seen.timestamp),
            ft_order_tag=ADOPTED,
        )
        trade.orders.append(order)
        return order

    def _new_trade(self, seen: ExchangeOrder) -> Trade:
        market, rate, fee = self._t.gateway.markets[seen.pair], _price(seen), self._t.fee(seen.pair)
        trade = Trade(
            exchange=self._t.gateway.name,
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
            strategy=self._t.strategy.get_strategy_name(),
            enter_tag=ADOPTED,
            timeframe=minutes(self._t.resolved.timeframe),
            trading_mode=self._t.settings.trading_mode,
            amount_precision=market.amount_precision,
            price_precision=market.price_precision,
            precision_mode=market.precision_mode,
            precision_mode_price=market.precision_mode,
            contract_size=market.contract_size,
        )
        trade.adjust_stop_loss(rate, self._t.resolved.stoploss, initial=True)
        return trade


def _named(seen: ExchangeOrder) -> str:
    return f"{seen.side} order {seen.id} of {seen.amount:.8g} {seen.pair}"


def _has(trade: Trade, seen: ExchangeOrder) -> bool:
    return any(order.order_id == seen.id for order in trade.orders)


def _price(seen: ExchangeOrder) -> float:
    return seen.average or seen.price or seen.stop_price or 0.0
