"""Exit trades: find the reasons to, and place the orders."""

from dataclasses import dataclass

from appliance.domain.decisions.kinds import Kind
from appliance.domain.enums import ExitType
from appliance.domain.money import amount_to_contract_step, price_to_tick
from appliance.domain.order import Order
from appliance.domain.roi import RoiEntry, roi_entry
from appliance.domain.timeframe import minutes
from appliance.domain.trade import Trade
from appliance.research.backtest.walk.cancellations import Cancellations
from appliance.research.backtest.walk.candle import Candle
from appliance.research.backtest.walk.exit_rates import (
    StopKinds,
    is_known_at_open,
    minutes_between,
    roi_rate,
    stop_rate,
    within_candle,
)
from appliance.research.backtest.walk.fill_models import opened_beyond_stop, quote, quoted, slipped, tick_of
from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.research.backtest.walk.setup import WalkSetup
from appliance.rules.exits import ExitFacts, ExitReason, asks_custom_exit, exit_reasons, why_held
from appliance.rules.stop import move_stop, stop_hit
from appliance.strategy.questions import ExitOrder, Questions
from appliance.strategy.safe_call import safe_call

_NEVER_ASKED = (ExitType.LIQUIDATION, ExitType.PARTIAL_EXIT)
"""Exits that the strategy cannot veto."""


@dataclass(kw_only=True, eq=False)
class Exits:
    """Decide on exits candle by candle, and place the first that the strategy does not veto."""

    setup: WalkSetup
    questions: Questions
    book: TradeList
    cancellations: Cancellations

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Take over what the strategy says of itself."""
        resolved = self.setup.resolved
        asks = self.questions.overrides
        self._stop_policy = self.setup.stop_policy
        self._policy = self.setup.exit_policy
        self._realism = self.setup.realism
        self._order_type = resolved.order_types["exit"]
        self._time_in_force = resolved.order_time_in_force["exit"]
        self._minutes = minutes(resolved.timeframe)
        self._asks_stop = resolved.use_custom_stoploss
        self._asks_custom_exit = asks("custom_exit")
        self._judges_roi = asks("min_roi_reached", "min_roi_reached_entry")
        self._names_roi = asks("min_roi_reached_entry")
        self._asks_price = self._order_type == "limit" and asks("custom_exit_price")
        self._asks_confirmation = asks("confirm_trade_exit")

    # -- reasons ---------------------------------------------------------------------------------------

    def exit_where_due(self, trade: Trade, candle: Candle) -> None:
        """Place an exit for the first reason that applies and is not vetoed."""
        stop_before = trade.stop_loss
        reasons = self._reasons(trade, candle)
        if not reasons:
            return
        gapped = opened_beyond_stop(self._realism, trade, candle, stop_before)
        if gapped:  # then the candle began with the stop, whatever it reached afterwards
            reasons.sort(key=lambda reason: reason.kind is ExitType.ROI)
        for reason in reasons:
            if self.place_for(trade, candle, reason, gapped=gapped):
                return

    def _reasons(self, trade: Trade, candle: Candle) -> list[ExitReason]:
        short, stop_before = trade.is_short, trade.stop_loss
        now = candle.opened
        best, worst = candle.best(is_short=short), candle.worst(is_short=short)
        best_profit = offered_profit = trade.calc_profit_ratio(best)
        if self._realism.spread:
            offered_profit = trade.calc_profit_ratio(self.offered(trade, candle).best(is_short=short))
        trade.adjust_min_max_rates(candle.high, candle.low)
        custom_stop = self.questions.custom_stop(trade, now) if self._asks_stop else None
        move_stop(trade, self._stop_policy, best, worst=worst, custom=custom_stop, profit=best_profit)
        entry_signal, exit_signal = candle.signals(is_short=short)
        age = minutes_between(trade.open_date, now)
        judged = custom_roi = custom_exit = None
        if not (entry_signal and self._policy.ignore_roi_on_entry_signal):
            if self._judges_roi:
                judged = self.questions.roi_reached(trade, now, offered_profit)
            else:
                custom_roi = self.questions.custom_roi(trade, now, age)
        asks_exit = self._asks_custom_exit and asks_custom_exit(
            self._policy, entry_signal=entry_signal, exit_signal=exit_signal
        )
        # The profit at the open: where nobody asks for it, it is not worked out.
        profit = trade.calc_profit_ratio(candle.open) if exit_signal or asks_exit else 0.0
        if asks_exit:
            custom_exit = self.questions.custom_exit(trade, now, candle.open, profit)
        facts = ExitFacts(
            profit=profit,
            best_profit=offered_profit,
            minutes_open=age,
            stop=stop_hit(trade, worst),
            entry_signal=entry_signal,
            exit_signal=exit_signal,
            exit_tag=candle.exit_tag,
            custom_exit=custom_exit,
            custom_roi=custom_roi,
            roi_reached=judged,
        )
        reasons = exit_reasons(facts, self._policy)
        if self.setup.witness is not None:
            self._note_checked(trade, candle, facts, stop_before)
        return reasons

    def _note_checked(self, trade: Trade, candle: Candle, facts: ExitFacts, stop_before: float) -> None:
        if trade.stop_loss != stop_before:
            by = "custom_stoploss" if self.setup.resolved.use_custom_stoploss else "trailing"
            self.setup.note(candle, Kind.STOP_MOVED, trade.id, stop_before, trade.stop_loss, by)
        if not exit_reasons(facts, self._policy):
            held = why_held(facts, self._policy)
            profit = trade.calc_profit_ratio(candle.open)  # not always in the facts
            what = (trade.id, profit, candle.open, trade.stop_loss, held.roi, held.signal)
            self.setup.note(candle, Kind.HOLDS, *what)

    def _note_due(self, trade: Trade, candle: Candle, reason: ExitReason, rate: float) -> None:
        rule = reason.kind.value
        tag = reason.text if reason.text != rule else None
        self.setup.note(candle, Kind.EXIT_DUE, trade.id, rule, tag, rate, trade.calc_profit_ratio(rate))

    # -- orders ----------------------------------------------------------------------------------------

    def offered(self, trade: Trade, candle: Candle) -> Candle:
        """Return a candle of what an exit is offered."""
        return quoted(self._realism, candle, tick_of(trade), buying=trade.is_short)

    def place_for(
        self,
        trade: Trade,
        candle: Candle,
        reason: ExitReason,
        amount: float | None = None,
        *,
        gapped: bool = False,
    ) -> Order | None:
        """Place an exit of `amount` (base currency; default: all); None if it is not to be, or is open.

        `gapped`: the candle opened beyond the stop, and a stop is filled there.
        """
        trade.close_date = candle.opened
        selling = trade.amount if amount is None else amount
        rate = self._rate(trade, candle, reason, gapped=gapped)
        if rate is None:
            self.setup.note(candle, Kind.EXIT_NOT_ASSUMED, trade.id, reason.text)
            return None
        if self.setup.witness is not None:
            self._note_due(trade, candle, reason, rate)
        if is_known_at_open(reason) and self._order_type == "limit":
            rate = self._asked_rate(trade, candle, reason, rate)
        if self._asks_confirmation and reason.kind not in _NEVER_ASKED:
            asked = ExitOrder(self._order_type, self._time_in_force, selling, rate, reason.text)
            if not self.questions.confirms_exit(trade, asked, candle.opened):
                self.setup.note(candle, Kind.EXIT_NOT_CONFIRMED, trade.id, reason.text)
                return None
        trade.exit_reason = reason.text
        order = self.place(trade, candle, rate, selling, reason.text)
        if order is not None and reason.kind in StopKinds and self._order_type != "market":
            self._slip(trade, order)
        return order

    def place(
        self, trade: Trade, candle: Candle, rate: float, amount: float, reason: str | None
    ) -> Order | None:
        """Place an exit order; None if the same one is open already."""
        rate = price_to_tick(rate, *tick_of(trade))
        amount = amount_to_contract_step(
            amount or trade.amount, trade.amount_precision, trade.precision_mode, trade.contract_size
        )
        order_id = self.book.next_order_id()
        if self.cancellations.is_similar_open(trade, rate, amount, trade.exit_side):
            self.setup.note(candle, Kind.EXIT_WAITS, trade.id, reason)
            return None
        order = Order(
            id=order_id,
            ft_trade_id=trade.id,
            ft_order_side=trade.exit_side,
            ft_pair=trade.pair,
            ft_amount=amount,
            ft_price=rate,
            order_id=str(order_id),
            status="open",
            symbol=trade.pair,
            order_type=self._order_type,
            side=trade.exit_side,
            price=rate,
            average=rate,
            amount=amount,
            filled=0.0,
            remaining=amount,
            cost=amount * rate * (1 + self.setup.fee),
            order_date=candle.opened,
            order_update_date=candle.opened,
            ft_order_tag=reason,
            leverage=trade.leverage,
        )
        if self._order_type == "market":
            self._slip(trade, order)
        trade.orders.append(order)
        self.setup.note_order(candle, Kind.ORDER_PLACED, order)
        return order

    def _slip(self, trade: Trade, order: Order) -> None:
        rate = slipped(self._realism, order.ft_price, tick_of(trade), buying=trade.is_short)
        order.average = rate
        order.cost = order.safe_amount * rate * (1 + self.setup.fee)

    def _rate(self, trade: Trade, candle: Candle, reason: ExitReason, *, gapped: bool) -> float | None:
        age = minutes_between(trade.open_date, candle.opened)
        if reason.kind in StopKinds:
            policy = None if self._asks_stop else self._stop_policy
            stop = stop_rate(trade, candle, reason.kind, policy, minutes_open=age)
            if gapped and reason.kind is not ExitType.LIQUIDATION:
                stop = candle.open
            return quote(self._realism, stop, tick_of(trade), buying=trade.is_short)
        offered = self.offered(trade, candle)
        if reason.kind is ExitType.ROI:
            entry = self._roi_entry(trade, candle, age)
            rate = roi_rate(trade, candle, entry, minutes_open=age, candle_minutes=self._minutes)
            if rate is None or not self._realism.spread:
                return rate
            return roi_rate(trade, offered, entry, minutes_open=age, candle_minutes=self._minutes)
        return offered.open

    def _roi_entry(self, trade: Trade, candle: Candle, age: int) -> RoiEntry:
        if self._names_roi:
            named = safe_call(
                self.questions.strategy,
                "min_roi_reached_entry",
                (None, None),
                trade=trade,
                trade_dur=age,
                current_time=candle.opened,
            )
            return RoiEntry(*named)
        custom = self.questions.custom_roi(trade, candle.opened, age)
        return roi_entry(self._policy.minimal_roi, age, custom)

    def _asked_rate(self, trade: Trade, candle: Candle, reason: ExitReason, rate: float) -> float:
        if self._asks_price:
            profit = trade.calc_profit_ratio(rate)
            rate = self.questions.exit_price(
                trade, rate=rate, profit=profit, reason=reason.text, now=candle.opened
            )
        return within_candle(trade, self.offered(trade, candle), rate)
