"""Take orders of ours into the books that the exchange has and the books lack."""

import logging

import msgspec

from appliance.bot.orders import NEVER_SENT, Orders
from appliance.bot.telling import warn
from appliance.bot.trading import Trading
from appliance.domain.errors import ExchangeError
from appliance.domain.journal import JournalEntry, JournalState, state_of
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import STOP, Order
from appliance.domain.timeframe import minutes, to_date
from appliance.domain.trade import Trade
from appliance.exchange.client_ids import is_ours
from appliance.rules.adoption import Role, is_missing, role_of

log = logging.getLogger(__name__)

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

    async def _adopt(self, seen: ExchangeOrder, line: JournalEntry | None) -> bool:
        trade = self._t.book.of_pair(seen.pair)
        role = role_of(seen, has_trade=trade is not None and trade.amount > 0)
        order = f"{seen.side} order {seen.id} of {seen.amount:.8g} {seen.pair}"
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
        noted = msgspec.structs.replace(
            line,
            state=state_of(ended),
            order_id=ended.id,
            note="its trade had ended",
            updated_at=self._t.now(),
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


def _price(seen: ExchangeOrder) -> float:
    return seen.average or seen.price or seen.stop_price or 0.0


class SecondLooks:
    """Ask again, twice and later, for orders that seemed never to have reached the exchange.

    An exchange that finds its own orders only after minutes would otherwise have one more than the books.
    """

    AFTER_SECONDS = (60.0, 300.0, 1800.0)

    def __init__(self, trading: Trading, orders: Orders, adoption: Adoption) -> None:
        self._t = trading
        self._orders = orders
        self.adoption = adoption
        self._due: list[tuple[float, JournalEntry, int]] = []

    def remember(self, line: JournalEntry) -> None:
        first = max(self.AFTER_SECONDS[0], self._t.gateway.settling_seconds)
        self._due.append((self._t.ticks() + first, line, 0))

    async def look(self) -> None:
        """Look again where it is time to; trouble with one is trouble of the next cycle."""
        while self._orders.questions.never_sent:
            self.remember(self._orders.questions.never_sent.pop())
        now = self._t.ticks()
        for due in [each for each in self._due if each[0] <= now]:
            at, line, number = due
            try:
                async with self._t.acting:
                    await self._look_at(line)
            except ExchangeError as error:
                log.info("Order %s is asked for again later: %s", line.client_order_id, error)
                continue
            self._due.remove(due)
            if number + 1 < len(self.AFTER_SECONDS):
                self._due.append((at + self.AFTER_SECONDS[number + 1], line, number + 1))

    async def _look_at(self, line: JournalEntry) -> None:
        sent_ms = int(line.created_at.timestamp() * 1000)
        found = await self._t.gateway.find_order(line.client_order_id, line.pair, sent_ms)
        if found is not None:
            await self.adoption.look_at(found)
        elif line.state is not JournalState.REJECTED:
            rejected = msgspec.structs.replace(
                line, state=JournalState.REJECTED, note=NEVER_SENT, updated_at=self._t.now()
            )
            await self._t.store.note_in_journal(rejected)
        self._orders.forget(line.client_order_id)
