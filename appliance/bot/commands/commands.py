"""Do what people ask for: enter now, exit now. Refusals say why."""

import logging
import math
from collections.abc import Sequence
from typing import cast

from appliance.bot.cycle import Cycle
from appliance.bot.state.context import Trading
from appliance.bot.state.shutdown_gate import commanded
from appliance.bot.trading.entries import EntryRequest
from appliance.domain.enums import ExitType, OrderKind, State, TradeDirection, TradingMode
from appliance.domain.errors import ApplianceError, ExchangeError, Refused
from appliance.domain.market import Market
from appliance.domain.money import amount_to_contract_step, price_to_tick
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.rules.exits import ExitReason

log = logging.getLogger(__name__)

FORCED_TAG = "force_entry"
_FORCED = ExitReason(ExitType.FORCE_EXIT, ExitType.FORCE_EXIT.value)
LARGEST_PRICE = 1e12
"""In quote currency; beyond it is a slip of the keyboard, and nothing that can be computed with exactly."""
MOST_DIGITS = 18
SHOWN_PLACES = 8
"""To how many places amounts are shown in answers."""
BY_FORCE = "cancelled by a forced exit"


class Commands:
    """Carry out people's commands between the steps of the loop."""

    def __init__(self, trading: Trading, cycle: Cycle) -> None:
        self._t = trading
        self._cycle = cycle

    @commanded
    async def force_enter(
        self,
        state: State,
        pair: str,
        side: TradeDirection,
        *,
        price: float | None = None,
        order_type: OrderKind | None = None,
        stake_amount: float | None = None,
        enter_tag: str | None = None,
        leverage: float | None = None,
    ) -> Trade:
        """Open a trade at once, at `price` (default: the present one). Raises `Refused`, `ExchangeError`."""
        self._check_entry(state, pair, side)
        self._check_price(self._t.market(pair), price)
        request = EntryRequest(
            pair=pair,
            side=side,
            tag=enter_tag or FORCED_TAG,
            rate=price,
            stake=stake_amount,
            order_type=order_type or self._forced_order_type(),
            leverage=leverage,
        )
        async with self._t.entering, self._t.acting_on(pair):
            standing = self._t.book.of_pair(pair)
            if standing is not None:
                return await self._add(standing, request)
            if self._t.free_slots < 1:
                raise Refused("the maximum number of open trades is reached")
            entered = await self._cycle.entries.enter(request)
        if entered is None:
            raise Refused(f"could not enter {pair}: the log says why")
        return entered

    async def _add(self, trade: Trade, request: EntryRequest) -> Trade:
        """Add to an open trade, where the strategy lets positions grow at all."""
        if not self._t.resolved.position_adjustment_enable:
            raise Refused(f"there is an open trade in {trade.pair} already, with id {trade.id}")
        if trade.has_open_orders:
            raise Refused(f"trade {trade.id} in {trade.pair} has an open order")
        stake = request.stake or self._t.wallets.get_trade_stake_amount(trade.pair, self._t.max_open_trades)
        rate = request.rate or await self._t.rates.entry_rate(trade.pair, short=trade.is_short)
        added = await self._cycle.adjustments.add(
            trade, stake, rate=rate, tag=request.tag, order_type=request.order_type
        )
        if not added:
            raise Refused(f"could not add to {trade.pair}: the stake does not fit the limits")
        return trade

    @commanded
    async def force_exit(
        self,
        state: State,
        trade_id: str,
        *,
        order_type: OrderKind | None = None,
        amount: float | None = None,
        price: float | None = None,
    ) -> str:
        """Exit a trade, or "all" of them. Raises `Refused`, `ExchangeError`.

        `amount` in base currency; so much as there is, or more, is all of it.
        """
        if state is State.STOPPED:
            raise Refused("the trader is not running")
        if trade_id == "all":
            await self._force_all_exits(order_type, amount, price)
            return "Created exit orders for all open trades."
        known = trade_id.isdecimal() and len(trade_id) <= MOST_DIGITS
        trade = self._t.book.open.get(int(trade_id)) if known else None
        if trade is None:
            raise Refused(f"there is no open trade with id {trade_id[:MOST_DIGITS]}")
        self._check_price(self._t.market_of(trade), price)
        await self._force_exit_of(trade, order_type, amount, price)
        return f"Created exit order for trade {trade_id}."

    def _check_entry(self, state: State, pair: str, side: TradeDirection) -> None:
        settings = self._t.settings
        if not settings.force_entry_enable:
            raise Refused("forced entries are off: set force_entry_enable to true to allow them")
        if state is not State.RUNNING:
            raise Refused("the trader is not running")
        if bars := self._t.notices.bars:
            raise Refused(f"open trades are protected, nothing is entered: {'; '.join(bars)}")
        if side == "short" and settings.trading_mode == TradingMode.SPOT:
            raise Refused("spot markets cannot be shorted")
        market = self._t.gateway.markets.get(pair)
        if market is None or not market.active:
            raise Refused(f"{self._t.gateway.name} does not trade {pair}")
        if market.quote != settings.stake_currency:
            raise Refused(f"{pair} is not paid for in {settings.stake_currency}, the stake currency")

    def _check_price(self, market: Market, price: float | None) -> None:
        """Raise `Refused` for what is no price, or is none once rounded to the pair's tick."""
        if price is None:
            return
        tick, mode = market.price_precision, market.precision_mode
        if not 0 < price < LARGEST_PRICE or price_to_tick(price, tick, mode) <= 0:
            raise Refused(f"{price:g} is no price for {market.pair}")

    def _forced_order_type(self) -> OrderKind:
        types = self._t.resolved.order_types
        return cast(OrderKind, str(types.get("force_entry") or types["entry"]))

    async def _force_all_exits(
        self, order_type: OrderKind | None, amount: float | None, price: float | None
    ) -> None:
        """Exit every open trade; what goes wrong with some is told once all have been tried."""
        trades = list(self._t.book.open.values())
        self._check_holds_for_one(trades, amount=amount, price=price)
        troubles = []
        for trade in trades:
            try:
                self._check_price(self._t.market_of(trade), price)
                await self._force_exit_of(trade, order_type, amount, price)
            except ApplianceError as error:
                troubles.append(f"{trade.pair}: {error}")
        if troubles:
            raise Refused("; ".join(troubles))

    def _check_holds_for_one(self, trades: Sequence[Trade], **given: float | None) -> None:
        """Raise `Refused` for a price or an amount that is meant for several pairs."""
        pairs = sorted({trade.pair for trade in trades})
        named = " and ".join(f"{name} of {value:g}" for name, value in given.items() if value is not None)
        if named and len(pairs) > 1:
            raise Refused(
                f"the {named} can be meant for one pair only, and {len(pairs)} are open ({', '.join(pairs)}):"
                " name the trade, or leave it out"
            )

    async def _force_exit_of(
        self, trade: Trade, order_type: OrderKind | None, amount: float | None, price: float | None
    ) -> None:
        orders = self._cycle.orders
        async with self._t.acting_on(trade.pair):
            if not self._t.book.has(trade):
                return  # it has ended while this waited for its turn
            present = None
            if amount is not None:
                if not amount > 0:
                    raise Refused(f"the amount must be above 0, found {amount:g}")
                present = await orders.dust.rate_of(trade) or price
                if not trade.has_open_orders:  # what is refused leaves the trade its stop order
                    self._check_partial(trade, amount, present)
            has_waited = trade.has_open_orders
            await self._cancel_orders(trade)
            if trade.id not in self._t.book.open or trade.amount <= 0:
                return
            if amount is not None and has_waited:  # what has filled meanwhile makes the position another one
                self._check_partial(trade, amount, present)
            rate = price or await self._t.rates.exit_rate(trade.pair, short=trade.is_short)
            left = await self._cycle.exits.leave(
                trade,
                rate,
                _FORCED,
                amount=self._part_of(trade, amount),
                order_type=order_type,
                rate_is_final=price is not None,
                present=present,
            )
        if not left:
            raise Refused(f"the strategy did not confirm the exit of {trade.pair}")

    async def _cancel_orders(self, trade: Trade) -> None:
        """Cancel what stands. An addition that cannot be, or whose fate is unknown, holds no exit back."""
        for order in trade.all_open_orders:
            try:
                gone = await self._cycle.orders.cancel(trade, order, BY_FORCE, leaving=True)
            except ExchangeError:
                if not _is_addition(trade, order):
                    raise
                gone = False
            if gone:
                continue
            text = f"order {order.order_id} of {trade.pair} could not be cancelled"
            if not _is_addition(trade, order):
                raise ExchangeError(text)
            log.warning("Forced exit: %s; what is held is sold", text)

    def _check_partial(self, trade: Trade, amount: float, rate: float | None) -> None:
        """Raise `Refused` for an amount that cannot be sold, or leaves too little at `rate` (quote)."""
        if self._part_of(trade, amount) is None:
            return
        if not rate:
            raise Refused(f"what remains of {trade.pair} cannot be valued: its present price is not known")
        dust, present = self._cycle.orders.dust, rate
        why = dust.why_unsellable(trade, amount, present)
        if why is not None:
            raise Refused(f"{amount:.8g} {trade.safe_base_currency} cannot be sold: {why}")
        least = dust.least_to_keep(trade, present)
        if (trade.amount - amount) * present < least:
            raise Refused(
                f"what remains would be worth {(trade.amount - amount) * present:.4g}, less than the"
                f" exchange's minimum of {least:.8g}, its stop's reserve included: sell less, or all"
            )

    def _part_of(self, trade: Trade, amount: float | None) -> float | None:
        """Return the amount of a partial exit; None for all there is, which more than that means too.

        So does what answers show of it, rounded, and what differs from it by less than can be sold.
        """
        if amount is None or amount >= trade.amount or math.isclose(amount, trade.amount, rel_tol=1e-9):
            return None
        market = self._t.market_of(trade)
        lots = (
            amount_to_contract_step(one, market.amount_precision, market.precision_mode, market.contract_size)
            for one in (amount, trade.amount)
        )
        is_all = 0 < round(trade.amount, SHOWN_PLACES) <= amount or _are_equal(*lots)
        return None if is_all else amount


def _is_addition(trade: Trade, order: Order) -> bool:
    """Tell whether an order is to add to something that can be sold."""
    return order.ft_order_side == trade.entry_side and trade.amount > 0


def _are_equal(amount: float, whole: float) -> bool:
    return whole > 0 and amount == whole
