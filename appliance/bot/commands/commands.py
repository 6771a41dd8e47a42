"""Carry out forced entries and exits. Refusals say why."""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import msgspec

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.concurrency.shutdown_gate import ShutdownGate, commanded
from appliance.bot.orders.placing import Orders
from appliance.bot.state.book import TradeBook
from appliance.bot.state.markets import Markets
from appliance.bot.state.notices import Notices
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.wallets import Wallets
from appliance.bot.trading.entries import Entries
from appliance.bot.trading.exits import Exits
from appliance.bot.trading.position_adjustment import Adjustments
from appliance.domain.enums import OrderKind, State, TradingMode
from appliance.domain.errors import ApplianceError, ExchangeError, Refused
from appliance.domain.market import Market
from appliance.domain.money import amount_to_contract_step, price_to_tick
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.rules.trade_requests import FORCED_ENTRY_TAG, EntryRequest, ExitRequest

log = logging.getLogger(__name__)

LARGEST_PRICE = 1e12
"""In quote currency; anything above is a typing error, and beyond exact arithmetic."""
MOST_DIGITS = 18
SHOWN_PLACES = 8
"""The number of decimal places of amounts in answers."""
_ARTICLES = {"amount": "an amount", "price": "a price"}
BY_FORCE = "cancelled by a forced exit"


@dataclass(kw_only=True, eq=False)
class Commands:
    """Carry out clients' commands between the steps of the loop."""

    gate: ShutdownGate
    setup: Setup
    trades: TradeBook
    markets: Markets
    prices: Prices
    wallets: Wallets
    mutexes: PairMutexes
    notices: Notices
    orders: Orders
    entries: Entries
    exits: Exits
    adjustments: Adjustments

    @commanded
    async def force_enter(self, state: State, request: EntryRequest) -> Trade:
        """Open a trade at once. Raises `Refused`, `ExchangeError`."""
        pair = request.pair
        self.check_entry(state, request)
        self.check_price(self.markets.market(pair), request.price)
        request = msgspec.structs.replace(
            request,
            tag=request.tag or FORCED_ENTRY_TAG,
            order_type=request.order_type or self.forced_order_type(),
        )
        async with self.mutexes.entering, self.mutexes.acting_on(pair):
            open_trade = self.trades.of_pair(pair)
            if open_trade is not None:
                return await self._add(open_trade, request)
            if self.setup.free_slots(len(self.trades.open)) < 1:
                raise Refused("the maximum number of open trades is reached")
            entered = await self.entries.enter(request)
        if entered is None:
            raise Refused(f"could not enter {pair}: the log says why")
        return entered

    async def _add(self, trade: Trade, request: EntryRequest) -> Trade:
        """Add to an open trade, if the strategy allows position adjustment."""
        if not self.setup.resolved.position_adjustment_enable:
            raise Refused(f"there is an open trade in {trade.pair} already, with id {trade.id}")
        if trade.has_open_orders:
            raise Refused(f"trade {trade.id} in {trade.pair} has an open order")
        stake = request.stake or self.wallets.get_trade_stake_amount(trade.pair, self.setup.max_open_trades)
        rate = request.price or await self.prices.entry_rate(trade.pair, short=trade.is_short)
        added = await self.adjustments.add(trade, msgspec.structs.replace(request, stake=stake, price=rate))
        if not added:
            raise Refused(f"could not add to {trade.pair}: the stake does not fit the limits")
        return trade

    @commanded
    async def force_exit(self, state: State, request: ExitRequest) -> str:
        """Exit a trade, or all of them. Raises `Refused`, `ExchangeError`.

        An amount of the whole position or more is a full exit.
        """
        trade_id = request.trade_id
        if state is State.STOPPED:
            raise Refused("the trader is not running")
        if trade_id == "all":
            await self._force_all_exits(request)
            return "Created exit orders for all open trades."
        known = trade_id.isdecimal() and len(trade_id) <= MOST_DIGITS
        trade = self.trades.open.get(int(trade_id)) if known else None
        if trade is None:
            raise Refused(f"there is no open trade with id {trade_id[:MOST_DIGITS]}")
        self.check_price(self.markets.market_of(trade), request.price)
        await self._force_exit_of(trade, request)
        return f"Created exit order for trade {trade_id}."

    def check_entry(self, state: State, request: EntryRequest) -> None:
        """Raise `Refused` where no such entry can be made now, whatever it costs."""
        settings, pair = self.setup.settings, request.pair
        if not settings.force_entry_enable:
            raise Refused("forced entries are off: set force_entry_enable to true to allow them")
        if state is not State.RUNNING:
            raise Refused("the trader is not running")
        if bars := self.notices.bars:
            raise Refused(f"open trades are protected, no entries: {'; '.join(bars)}")
        if request.is_short and settings.trading_mode == TradingMode.SPOT:
            raise Refused("spot markets cannot be shorted")
        market = self.markets.gateway.markets.get(pair)
        if market is None or not market.active:
            raise Refused(f"{pair} is not traded on {self.markets.gateway.name}")
        if market.quote != settings.stake_currency:
            raise Refused(f"{pair} is not quoted in {settings.stake_currency}, the stake currency")

    def check_price(self, market: Market, price: float | None) -> None:
        """Raise `Refused` for a price that is invalid, or becomes 0 when rounded to the pair's tick."""
        if price is None:
            return
        tick, mode = market.price_precision, market.precision_mode
        if not 0 < price < LARGEST_PRICE or price_to_tick(price, tick, mode) <= 0:
            raise Refused(f"{price:g} is not a valid price for {market.pair}")

    def forced_order_type(self) -> OrderKind:
        """Return the type of a forced entry that names none."""
        types = self.setup.resolved.order_types
        return cast("OrderKind", str(types.get("force_entry") or types["entry"]))

    async def _force_all_exits(self, request: ExitRequest) -> None:
        """Exit every open trade; failures are reported after all have been tried."""
        trades = list(self.trades.open.values())
        self._check_single_pair(trades, amount=request.amount, price=request.price)
        troubles = []
        for trade in trades:
            try:
                self.check_price(self.markets.market_of(trade), request.price)
                await self._force_exit_of(trade, request)
            except ApplianceError as error:
                troubles.append(f"{trade.pair}: {error}")
        if troubles:
            raise Refused("; ".join(troubles))

    def _check_single_pair(self, trades: Sequence[Trade], **given: float | None) -> None:
        """Raise `Refused` for a price or an amount if trades of several pairs are open."""
        pairs = sorted({trade.pair for trade in trades})
        names = [name for name, value in given.items() if value is not None]
        if names and len(pairs) > 1:
            raise Refused(
                f"{' and '.join(_ARTICLES[name] for name in names)} {'needs' if len(names) == 1 else 'need'}"
                f" one trade, and {len(pairs)} pairs are open ({', '.join(pairs)}):"
                f" give a trade id, or omit the {' and the '.join(names)}"
            )

    async def _force_exit_of(self, trade: Trade, request: ExitRequest) -> None:
        orders, amount = self.orders, request.amount
        async with self.mutexes.acting_on(trade.pair):
            if not self.trades.has(trade):
                return  # it was closed while this waited for the mutex
            present = None
            if amount is not None:
                if not amount > 0:
                    raise Refused(f"the amount must be above 0, found {amount:g}")
                present = await orders.dust.rate_of(trade) or request.price
                if not trade.has_open_orders:  # before its stop order is cancelled
                    self.check_partial(trade, amount, present)
            has_waited = trade.has_open_orders
            await self._cancel_orders(trade)
            if trade.id not in self.trades.open or trade.amount <= 0:
                return
            if amount is not None and has_waited:  # fills meanwhile have changed the position
                self.check_partial(trade, amount, present)
            rate = request.price or await self.prices.exit_rate(trade.pair, short=trade.is_short)
            of_trade = msgspec.structs.replace(
                request, trade_id=str(trade.id), amount=self.part_of(trade, amount)
            )
            exited = await self.exits.exit(trade, of_trade, rate, present=present)
        if not exited:
            raise Refused(f"the strategy did not confirm the exit of {trade.pair}")

    async def _cancel_orders(self, trade: Trade) -> None:
        """Cancel open orders. An addition that cannot be cancelled, or is unknown, blocks no exit."""
        for order in trade.all_open_orders:
            try:
                gone = await self.orders.cancel(trade, order, BY_FORCE, exiting=True)
            except ExchangeError:
                if not _is_addition(trade, order):
                    raise
                gone = False
            if gone:
                continue
            text = f"order {order.order_id} of {trade.pair} could not be cancelled"
            if not _is_addition(trade, order):
                raise ExchangeError(text)
            log.warning("Forced exit: %s; the position is sold anyway", text)

    def check_partial(self, trade: Trade, amount: float, rate: float | None) -> None:
        """Raise `Refused` for an amount that cannot be sold, or leaves too little at `rate` (quote)."""
        if self.part_of(trade, amount) is None:
            return
        if not rate:
            raise Refused(f"the rest of {trade.pair} cannot be valued: its current price is unknown")
        dust, present = self.orders.dust, rate
        why = dust.why_unsellable(trade, amount, present)
        if why is not None:
            raise Refused(f"{amount:.8g} {trade.safe_base_currency} cannot be sold: {why}")
        least = dust.least_to_keep(trade, present)
        if (trade.amount - amount) * present < least:
            raise Refused(
                f"what remains would be worth {(trade.amount - amount) * present:.4g}, less than the"
                f" exchange's minimum of {least:.8g}, its stop's reserve included: sell less, or all"
            )

    def part_of(self, trade: Trade, amount: float | None) -> float | None:
        """Return the amount of a partial exit; None for a full one.

        The position's rounded amount, as answers show it, is a full exit, too, and so is an amount that
        differs from the position by less than a lot.
        """
        if amount is None or amount >= trade.amount or math.isclose(amount, trade.amount, rel_tol=1e-9):
            return None
        market = self.markets.market_of(trade)
        lots = (
            amount_to_contract_step(one, market.amount_precision, market.precision_mode, market.contract_size)
            for one in (amount, trade.amount)
        )
        is_all = 0 < round(trade.amount, SHOWN_PLACES) <= amount or _are_equal(*lots)
        return None if is_all else amount


def _is_addition(trade: Trade, order: Order) -> bool:
    """Return whether an order adds to a position that can be sold."""
    return order.ft_order_side == trade.entry_side and trade.amount > 0


def _are_equal(amount: float, whole: float) -> bool:
    return whole > 0 and amount == whole
