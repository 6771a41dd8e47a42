"""Add to open trades and take out of them, as the strategy or people want."""

import logging

from appliance.bot.orders.placing import Orders
from appliance.bot.orders.request import OrderRequest
from appliance.bot.state.context import Trading
from appliance.bot.strategy_host.callbacks import StrategyCalls
from appliance.bot.trading.exits import REPLACED, Exits
from appliance.bot.trading.stake_limits import limits_of
from appliance.bot.trading.trade_prices import TradePrices, entry_rates, exit_rates
from appliance.domain.enums import ExitType, OrderKind, State
from appliance.domain.money import exact, product, quotient
from appliance.domain.trade import Trade
from appliance.rules.exits import ExitReason
from appliance.rules.pricing import within_distance
from appliance.rules.stake import allowed_stake, bought_with

log = logging.getLogger(__name__)


class Adjustments:
    """Change the size of open positions."""

    def __init__(self, trading: Trading, calls: StrategyCalls, orders: Orders, exits: Exits) -> None:
        self._t = trading
        self._calls = calls
        self._orders = orders
        self._exits = exits

    async def adjust_where_wanted(self, state: State) -> None:
        """Ask the strategy about every open trade; trouble with one leaves the others alone."""
        trades = list(self._t.book.open.values())
        rates = entry_rates(self._t, trades), exit_rates(self._t, trades)
        for trade in trades:
            with self._t.apart.looking_after(f"the size of the position in {trade.pair}"):
                async with self._t.entering, self._t.acting_on(trade.pair):
                    if self._t.book.has(trade) and (trade.has_open_position or trade.has_open_orders):
                        await self._adjust(trade, state, *rates)

    async def _adjust(self, trade: Trade, state: State, entries: TradePrices, exits: TradePrices) -> None:
        entry_rate, exit_rate = await entries.of(trade), await exits.of(trade)
        least, largest = await limits_of(
            self._t, trade.pair, entry_rate, stoploss=0.0, leverage=trade.leverage
        )
        available = self._t.wallets.get_available_stake_amount()
        stake, tag = await self._calls.position_change(
            trade, entry_rate=entry_rate, exit_rate=exit_rate, least=least, largest=min(largest, available)
        )
        if trade.changed_custom_data:
            await self._t.keep(trade)
        if stake > 0 and state is State.RUNNING and self._may_grow(trade):
            await self.add(trade, stake, rate=entry_rate, tag=tag or "")
        elif stake < 0 and trade.amount > 0:
            await self._reduce(trade, -stake, exit_rate, tag)

    def _may_grow(self, trade: Trade) -> bool:
        most = self._t.resolved.max_entry_position_adjustment
        return most < 0 or trade.nr_of_successful_entries <= most

    async def add(
        self,
        trade: Trade,
        stake: float,
        *,
        rate: float,
        tag: str | None = None,
        order_type: OrderKind | None = None,
    ) -> bool:
        """Place another entry order of `stake` (stake currency); the caller holds `entering` and the pair.

        Return False where the stake does not fit the limits or an equal order stands already.
        """
        await self._t.wallets.purse.catch_up()
        asked = await self._calls.entry_price(trade.pair, trade, rate, tag, trade.trade_direction)
        if asked != rate:
            rate = within_distance(asked, rate, self._t.settings.custom_price_max_distance_ratio)
        rate = trade.price_rounded(rate)
        least, largest = await limits_of(self._t, trade.pair, rate, stoploss=0.0, leverage=trade.leverage)
        available = self._t.wallets.get_available_stake_amount()
        stake = allowed_stake(
            stake, least=least, largest=largest, available=available, in_trade=trade.stake_amount
        )
        amount = bought_with(stake, rate, trade.leverage, self._t.market(trade.pair))
        if amount <= 0 or not await self._make_room(trade, rate, amount):
            return False
        request = OrderRequest(
            side=trade.entry_side,
            order_type=order_type or self._t.resolved.order_types["entry"],
            amount=amount,
            rate=rate,
            tag=tag,
            time_in_force=self._t.resolved.order_time_in_force["entry"],
        )
        order = await self._orders.place(trade, request)
        if order.ft_is_open:
            await self._rebase_stop(trade)
        return True

    async def _rebase_stop(self, trade: Trade) -> None:
        """Tighten the stop to its distance from the open rate, as freqtrade does with each such order.

        One that fills at once has done so already, and the strategy may have moved the stop since.
        """
        before = trade.stop_loss
        if trade.is_open and trade.amount > 0:
            trade.adjust_stop_loss(trade.open_rate, trade.stop_loss_pct)
        if trade.stop_loss != before:
            await self._t.keep(trade)

    async def _reduce(self, trade: Trade, stake: float, rate: float, tag: str | None) -> None:
        """Sell the part of the position that `stake` is of its stake, unless what remains were too small."""
        share = quotient(product(stake, trade.amount), exact(trade.stake_amount))
        amount = self._exits.sellable(trade, float(share))
        remaining = (trade.amount - amount) * rate
        stoploss = self._t.resolved.stoploss
        least, _ = await limits_of(self._t, trade.pair, rate, stoploss=stoploss, leverage=trade.leverage)
        if float(share) > trade.amount or (least is not None and 0 < remaining < least):
            log.info(
                "%s: a stake of %.8g is not taken out of %.8g: what remains must be 0, or at least %.8g",
                trade.pair,
                stake,
                trade.stake_amount,
                least or 0.0,
            )
            return
        reason = ExitReason(ExitType.PARTIAL_EXIT, tag or ExitType.PARTIAL_EXIT.value)
        await self._exits.leave(trade, rate, reason, amount=amount)

    async def _make_room(self, trade: Trade, rate: float, amount: float) -> bool:
        for order in sorted(trade.open_orders, key=lambda order: order.is_unresolved, reverse=True):
            if (order.ft_order_side, order.price, order.amount) == (trade.entry_side, rate, amount):
                return False
            if not await self._orders.cancel(trade, order, REPLACED, replacing=True):
                return False
        return trade.is_open
