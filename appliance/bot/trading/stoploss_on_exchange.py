"""Keep a stop order on the exchange for every open trade, if configured, so that it works without the bot."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from math import isclose

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.concurrency.side_by_side import side_by_side
from appliance.bot.orders.placing import Orders
from appliance.bot.state.book import TradeBook
from appliance.bot.state.clock import Clock
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.bot.state.wallets import Wallets
from appliance.bot.trading.exits import Exits
from appliance.domain.enums import ExitType, RunMode, TradingMode
from appliance.domain.errors import InsufficientFunds, InvalidOrder, OrderNotTaken, PairNotFound, Refused
from appliance.domain.market import OrderRequest
from appliance.domain.money import Rounding, exact
from appliance.domain.order import STOP, Order
from appliance.domain.position import in_lots
from appliance.domain.trade import Trade
from appliance.exchange.gateway import Gateway
from appliance.rules.exits import ExitReason
from appliance.rules.trade_requests import ExitRequest

log = logging.getLogger(__name__)

MOVED = "the stop has moved"
STANDARD_LIMIT_RATIO = 0.99
"""The limit of a stop-limit order, as a ratio of the stop price."""
STANDARD_INTERVAL = 60.0
"""Seconds between two moves of a stop order."""
SAME_PRICE_RATIO = 1e-9
SAME_AMOUNT_RATIO = 0.02
"""By how much a stop order's amount may differ from the position: fees cannot be sold."""


@dataclass(kw_only=True, eq=False)
class ExchangeStops:
    """Place stop orders, and move them when the trades' stops move."""

    setup: Setup
    clock: Clock
    trades: TradeBook
    gateway: Gateway
    prices: Prices
    wallets: Wallets
    mutexes: PairMutexes
    isolation: TradeIsolation
    orders: Orders
    exits: Exits

    async def update_all(self) -> None:
        """Place or move the stop order of every open trade; an error with one does not affect the others."""
        if not self.setup.resolved.order_types.get("stoploss_on_exchange"):
            return

        async def update(trade: Trade) -> None:
            with self.isolation.looking_after(f"the stop order of {trade.pair}"):
                async with self.mutexes.acting_on(trade.pair):
                    if self.trades.has(trade) and trade.amount > 0 and not trade.has_open_exits:
                        await self._update(trade)

        await side_by_side(update, list(self.trades.open.values()))

    async def _update(self, trade: Trade) -> None:
        stop_order = trade.select_order(STOP, is_open=True)
        if stop_order is None:
            await self._place(trade)
        elif self._is_outdated(trade, stop_order):
            await self._move(trade, stop_order)

    async def _move(self, trade: Trade, stop_order: Order) -> None:
        """Replace a stop order: in one request if the exchange supports that.

        Otherwise the old one is cancelled first: it locks the coins that the new one needs.
        """
        if self.gateway.replaces_stops and not stop_order.is_unresolved:
            await self._place(trade, instead_of=stop_order)
        elif await self.orders.cancel(trade, stop_order, MOVED) and trade.is_open:
            await self._place(trade)

    async def _place(self, trade: Trade, *, instead_of: Order | None = None) -> None:
        if not self.exits.back_off.may_try(trade.id):
            return
        try:
            amount = await self.exits.amounts.all_there_is(trade)
            try:
                await self.orders.place(trade, self._request(trade, amount, instead_of))
            finally:
                if instead_of is not None:
                    await self.orders.refresh(trade, instead_of)
        except (OrderNotTaken, InsufficientFunds, PairNotFound, Refused) as refusal:
            self.exits.note_failure(trade, refusal)
            raise
        except InvalidOrder as refusal:
            await self._exit_instead(trade, refusal)

    async def _exit_instead(self, trade: Trade, refusal: InvalidOrder) -> None:
        """Exit at once if the exchange refuses the stop order: its price may be reached already."""
        if not trade.is_open or trade.open_sl_orders:
            return  # the old one was hit meanwhile, or is still open
        log.warning("Emergency exit of %s: the exchange refused its stop order: %s", trade.pair, refusal)
        rate = await self.prices.exit_rate(trade.pair, short=trade.is_short)
        reason = ExitReason(ExitType.EMERGENCY_EXIT, ExitType.EMERGENCY_EXIT.value)
        try:
            await self.exits.exit(trade, ExitRequest(trade_id=str(trade.id), reason=reason), rate)
        except (InvalidOrder, Refused) as error:
            self.exits.note_failure(trade, error)
            raise

    def _request(self, trade: Trade, amount: float, instead_of: Order | None) -> OrderRequest:
        types = self.setup.resolved.order_types
        ratio = types.get("stoploss_on_exchange_limit_ratio") or STANDARD_LIMIT_RATIO
        stop = trade.stoploss_or_liquidation
        limit = stop * (2 - ratio if trade.is_short else ratio)
        return OrderRequest(
            pair=trade.pair,
            side=trade.exit_side,
            order_type=types["stoploss"],
            amount=amount,
            price=trade.price_rounded(limit, Rounding.DOWN if trade.is_short else Rounding.UP),
            stop_price=stop,
            replaces=instead_of.order_id if instead_of else None,
            reduce_only=trade.trading_mode == TradingMode.FUTURES,
            leverage=trade.leverage,
        )

    def _covers_less(self, trade: Trade, stop_order: Order) -> bool:
        """Return whether the order should cover another amount.

        If it covers more than the position, the coins are in the account: the books may lack something, and
        protection is not reduced because of that.
        """
        wanted = trade.amount
        if self.setup.run_mode is RunMode.LIVE and stop_order.safe_amount >= wanted:
            return False  # whatever the account has
        if self.setup.run_mode is RunMode.LIVE:
            there = in_lots(trade, exact(self.wallets.available_for(trade)))
            wanted = min(wanted, there or wanted)
            if stop_order.safe_amount >= wanted:
                return False
        return not isclose(stop_order.safe_amount, wanted, rel_tol=SAME_AMOUNT_RATIO)

    def _holds_what_others_lack(self, trade: Trade, stop_order: Order) -> bool:
        """Return whether the order locks coins that another trade in the currency needs.

        These coins are explained: the other trade has them in the books.
        """
        if self.setup.run_mode is not RunMode.LIVE or stop_order.safe_amount <= trade.amount * (
            1 + SAME_AMOUNT_RATIO
        ):
            return False
        return any(
            other is not trade
            and other.safe_base_currency == trade.safe_base_currency
            and self.wallets.available_for(other) < other.amount * (1 - SAME_AMOUNT_RATIO)
            for other in self.trades.open.values()
        )

    def _is_outdated(self, trade: Trade, stop_order: Order) -> bool:
        """Return whether the order covers another amount, or the stop has moved and it is time to follow."""
        if stop_order.safe_filled > 0:
            return False  # it was hit, and is selling
        if self._covers_less(trade, stop_order) or self._holds_what_others_lack(trade, stop_order):
            return True
        if isclose(stop_order.stop_price or 0.0, trade.stoploss_or_liquidation, rel_tol=SAME_PRICE_RATIO):
            return False
        interval = self.setup.resolved.order_types.get("stoploss_on_exchange_interval") or STANDARD_INTERVAL
        return self.clock.now() - stop_order.order_date >= timedelta(seconds=float(interval))
