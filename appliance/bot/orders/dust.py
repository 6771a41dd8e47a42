"""Avoid dust: leave nothing that cannot be sold, and close in the books what remains anyway.

An amount that is too small for the exchange stays in the account. As an open trade it would block a slot and
its pair for ever: a closed order of our own is booked, without a fee, at the current rate, tagged "dust".
"""

import logging
from dataclasses import dataclass

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.orders.events import OrderEvents
from appliance.bot.orders.post_fill import PostFill
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.markets import Markets
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.bot.state.wallets import Wallets
from appliance.domain.errors import ExchangeError, InsufficientFunds, InvalidOrder, OrderNotTaken
from appliance.domain.order import STOP, Order
from appliance.domain.recalculate import DUST, write_off
from appliance.domain.trade import Trade
from appliance.rules.dust import (
    Least,
    is_left_over,
    least_to_sell,
    left_by,
    why_unsellable,
)
from appliance.rules.exits import REASON_LENGTH
from appliance.rules.stake import stake_limits
from appliance.rules.timeouts import strands_position

log = logging.getLogger(__name__)


@dataclass(kw_only=True, eq=False)
class Dust:
    """Keep cancelled and partial orders from leaving dust, and close what is dust already."""

    setup: Setup
    clock: Clock
    books: Books
    markets: Markets
    prices: Prices
    wallets: Wallets
    mutexes: PairMutexes
    events: EventBus
    order_events: OrderEvents
    isolation: TradeIsolation
    post_fill: PostFill

    # -- avoiding dust ---------------------------------------------------------------------------------

    async def stranded_by(self, trade: Trade, order: Order) -> str | None:
        """Say why an open, partly filled order must stay: cancelling it would leave too little to sell.

        Valued at the current rate, with the reserve that a stop loss needs. None if it may be cancelled; if
        the rate is unknown, the order stays.
        """
        if order.ft_order_side == STOP or order.safe_filled <= 0:
            return None
        rate = await self.rate_of(trade)
        if not rate:
            return f"the order of {trade.pair} stays: its price is unknown, so the rest cannot be valued"
        least = self._least_to_hold(trade, rate, self.setup.resolved.stoploss)
        entering = order.ft_order_side == trade.entry_side
        if not strands_position(trade, order, least, rate, entering=entering):
            return None
        left = left_by(trade, order)
        return (
            f"the order of {trade.pair} stays: cancelling it would leave {_worth(trade, left, rate)},"
            f" which cannot be sold again (the least is {least:.4g} {trade.safe_quote_currency},"
            " its stop's reserve included)"
        )

    def leaves_unsellable(self, trade: Trade, order: Order, rate: float) -> bool:
        """Return whether the rest of a partly filled exit order could not be placed again at `rate`."""
        exiting = order.ft_order_side == trade.exit_side and order.safe_filled > 0
        return exiting and why_unsellable(left_by(trade, order), rate, self._least(trade)) is not None

    def joined(self, trade: Trade, amount: float | None, rate: float) -> float | None:
        """Return what an exit of `amount` sells: None (all) if the rest could not be sold at `rate`."""
        if amount is None or amount >= trade.amount:
            return None
        if why_unsellable(trade.amount - amount, rate, self._least(trade, simulated=False)) is None:
            return amount
        log.info("%s: the exit sells all: the rest would be too small to sell", trade.pair)
        return None

    def least_to_keep(self, trade: Trade, rate: float) -> float:
        """Return the least value of a position (quote), with the reserve that its stop needs."""
        return self._least_to_hold(trade, rate, trade.stop_loss_pct or 0.0)

    def why_unsellable(self, trade: Trade, amount: float, rate: float) -> str | None:
        """Say why `amount` (base currency) of a trade cannot be sold; None if it can."""
        return why_unsellable(amount, rate, self._least(trade))

    # -- closing dust ----------------------------------------------------------------------------------

    async def close_all(self) -> None:
        """Close the open trades that are dust; an error with one does not affect the others."""
        for trade in list(self.books.trades.open.values()):
            if not self._may_be_dust(trade):
                continue  # known for nearly all without taking the mutex
            with self.isolation.looking_after(f"what is left of {trade.pair}"):
                async with self.mutexes.acting_on(trade.pair):
                    if self.books.trades.has(trade):
                        await self.close_dust(trade)

    async def close_dust(self, trade: Trade, reason: str | None = None) -> bool:
        """Close a trade whose remaining position is too small to sell; return whether it was closed.

        It must have no open order: its position could still change. The caller holds the pair. `reason` is
        that of the requested exit; default: that of the last exit that filled, else "dust".
        """
        return self._may_be_dust(trade) and await self._close_if_unsellable(trade, reason)

    async def close_refused(self, trade: Trade, refusal: InvalidOrder, reason: str) -> bool:
        """Close a trade whose exit the exchange refused, if it is too small; return whether it was closed."""
        if isinstance(refusal, OrderNotTaken | InsufficientFunds) or not self._has_idle_position(trade):
            return False
        return await self._close_if_unsellable(trade, reason)

    async def rate_of(self, trade: Trade) -> float | None:
        """Return the current exit rate, or a recent one; None if neither is known."""
        try:
            return await self.prices.exit_rate(trade.pair, short=trade.is_short)
        except ExchangeError as error:
            log.info("The rate of %s cannot be fetched: %s", trade.pair, error)
            return self.prices.recent(trade.pair)

    def _may_be_dust(self, trade: Trade) -> bool:
        return self._has_idle_position(trade) and is_left_over(trade, self.markets.market_of(trade).cost_min)

    def _has_idle_position(self, trade: Trade) -> bool:
        return trade.is_open and trade.amount > 0 and not trade.all_open_orders

    async def _close_if_unsellable(self, trade: Trade, reason: str | None) -> bool:
        rate = await self.rate_of(trade)
        why = why_unsellable(trade.amount, rate, self._least(trade)) if rate else None
        if not rate or why is None or not self._has_idle_position(trade):
            return False
        await self._close(trade, rate, why, reason or _reason_so_far(trade))
        return True

    async def _close(self, trade: Trade, rate: float, why: str, reason: str) -> None:
        now, left = self.clock.now(), _worth(trade, trade.amount, rate)
        trade.close_rate_requested, trade.exit_reason = rate, reason[:REASON_LENGTH]
        write_off(trade, trade.amount, rate, now, DUST)
        order = trade.orders[-1]
        self.wallets.account.outdated()
        await self.books.save(trade)
        stay = "The trade is closed; the coins stay in the account"
        self.events.warn(
            f"{left} of trade {trade.id} cannot be sold: {why}. {stay}",
        )
        self.order_events.report(trade, order, "fill")
        await self.post_fill.of_fill(trade, order, now)

    def _least(self, trade: Trade, *, simulated: bool | None = None) -> Least:
        return least_to_sell(
            self.markets.market_of(trade),
            reduces_only=self.markets.futures is not None,
            played=self.setup.is_dry_run if simulated is None else simulated,
        )

    def _least_to_hold(self, trade: Trade, rate: float, stoploss: float) -> float:
        least, _ = stake_limits(
            self.markets.market_of(trade), rate, stoploss, self.setup.settings.amount_reserve_percent
        )
        return least or 0.0


def _worth(trade: Trade, amount: float, rate: float) -> str:
    base, quote = trade.safe_base_currency, trade.safe_quote_currency
    return f"{amount:.8g} {base} (worth {amount * rate:.4g} {quote})"


def _reason_so_far(trade: Trade) -> str:
    """Return the exit reason of a trade, or that of its last partial exit, else "dust"."""
    exits = [order for order in trade.select_filled_orders() if order.ft_order_side != trade.entry_side]
    return (
        trade.exit_reason or next((o.ft_order_tag for o in reversed(exits) if o.ft_order_tag), None) or DUST
    )
