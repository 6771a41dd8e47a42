"""Fill the orders of a walk, and do what follows from a fill."""

from dataclasses import dataclass
from datetime import datetime

from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.orders import closed_facts
from appliance.domain.enums import MarginMode
from appliance.domain.order import Order
from appliance.domain.recalculate import recalculate
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.research.backtest.outcome import Counters
from appliance.research.backtest.walk.candle import Candle
from appliance.research.backtest.walk.fill_models import Tick, largest_amount, quoted, tick_of
from appliance.research.backtest.walk.ledger.account import Account
from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.research.backtest.walk.ledger.protections import Protections
from appliance.research.backtest.walk.setup import WalkSetup
from appliance.rules.leverage import MarginPosition, liquidation_price, shared_margin
from appliance.rules.stop import move_stop
from appliance.strategy.questions import Questions


@dataclass(kw_only=True, eq=False)
class Fills:
    """Fill orders whose price a candle reaches: at the rate that they were placed with, whole."""

    setup: WalkSetup
    questions: Questions
    book: TradeList
    account: Account
    protections: Protections
    counters: Counters

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Take over what the strategy says of itself."""
        self._asks_after_fill = self.setup.resolved.stop_uses_after_fill
        self._hears_fills = self.questions.overrides("order_filled")
        self._stop_policy = self.setup.stop_policy
        settings = self.setup.settings
        self._shares_margin = self.setup.futures is not None and settings.margin_mode is MarginMode.CROSS

    def fill_entry(self, order: Order | None, trade: Trade, candle: Candle) -> bool:
        """Fill an open entry, if the candle reaches its price; return whether it filled."""
        if order is None:
            return False
        tick = self.setup.price_step(trade.pair, candle.opened_ms)
        if not self._reaches(candle, order, tick, buying=not trade.is_short):
            return False
        self._mark_filled(order, trade, candle.opened)
        self.setup.note_order(candle, Kind.ORDER_FILLED, order, filled=True)
        trade.open_rate = order.safe_price
        recalculate(trade, candle.opened)
        self._after_fill(order, trade, candle.opened)
        return True

    def fill_exit(self, order: Order, trade: Trade, candle: Candle) -> None:
        """Fill an open exit, if the candle reaches its price, and close the trade if it sells all of it."""
        if not self._reaches(candle, order, tick_of(trade), buying=trade.is_short):
            return
        if order.safe_amount > largest_amount(self.setup.realism, candle):
            self.counters.exits_beyond_volume += 1
        reason = trade.exit_reason
        closes = order.safe_amount == trade.amount
        self._mark_filled(order, trade, candle.opened)
        self.setup.note_order(candle, Kind.ORDER_FILLED, order, filled=True)
        self._after_fill(order, trade, candle.opened)
        recalculate(trade, candle.opened)
        trade.exit_reason = reason
        if closes:
            trade.close_date = candle.opened
            trade.close_rate_requested = trade.close_rate_requested or order.ft_price
            self.book.close(trade)
            if self.setup.witness is not None:
                self.setup.note(candle, Kind.TRADE_CLOSED, *closed_facts(trade))
        self.account.refresh(candle.opened)
        self.protections.after_exit(trade, candle.opened)

    def _reaches(self, candle: Candle, order: Order, tick: Tick, *, buying: bool) -> bool:
        return quoted(self.setup.realism, candle, tick, buying=buying).reaches(order.ft_price)

    def charge_funding(self, trade: Trade, now: datetime, *, after_fill: bool = False) -> None:
        """Charge the funding since the last fill: at the hours of funding, and after each fill."""
        futures = self.setup.futures
        if futures is None:
            return
        now_ms = to_ms(now)
        if not after_fill and now_ms % (futures.funding_seconds * 1000):
            return
        since = to_ms(trade.date_last_filled_utc)
        rows = futures.funding[trade.pair]
        trade.note_funding(
            rows.received(trade.amount, is_short=trade.is_short, since_ms=since, until_ms=now_ms)
        )

    def _mark_filled(self, order: Order, trade: Trade, now: datetime) -> None:
        order.order_filled_date = now
        order.filled = order.amount
        order.remaining = 0.0
        order.status = "closed"
        order.ft_is_open = False
        order.funding_fee = trade.funding_fee_running or 0.0
        trade.funding_fee_running = 0.0

    def _after_fill(self, order: Order, trade: Trade, now: datetime) -> None:
        self.charge_funding(trade, now, after_fill=True)
        if self._hears_fills:
            self.questions.order_filled(trade, order, now)
        closes = order.ft_order_side == trade.exit_side and order.safe_amount == trade.amount
        if self._shares_margin:
            self._set_shared_liquidation_prices()
        elif not closes:
            self._set_liquidation_price(trade)
        if closes:
            return
        if self._asks_after_fill:
            custom = None
            if self.setup.resolved.use_custom_stoploss:
                custom = self.questions.custom_stop(trade, now, after_fill=True)
            move_stop(trade, self._stop_policy, order.ft_price, custom=custom, after_fill=True)

    def _set_shared_liquidation_prices(self) -> None:
        """Set the prices of all positions, which share their margin."""
        futures = self.setup.futures
        assert futures is not None
        held = [trade for trade in self.book.open if trade.amount > 0]
        collateral = self.account.get_collateral()
        for trade in held:
            others = [
                (_position(other), futures.tiers[other.pair]) for other in held if other.pair != trade.pair
            ]
            self._set_liquidation_price(trade, shared_margin(collateral, others))

    def _set_liquidation_price(self, trade: Trade, margin: float | None = None) -> None:
        futures = self.setup.futures
        if futures is None:
            return
        price = liquidation_price(
            futures.tiers[trade.pair],
            formula=futures.formula,
            position=_position(trade, margin),
            taker_fee=self.setup.markets[trade.pair].taker,
            buffer=futures.liquidation_buffer,
        )
        trade.liquidation_price = trade.price_rounded(price)


def _position(trade: Trade, margin: float | None = None) -> MarginPosition:
    return MarginPosition(
        open_rate=trade.open_rate,
        amount=trade.amount,
        stake=trade.stake_amount,
        leverage=trade.leverage,
        is_short=trade.is_short,
        margin=margin,
    )
