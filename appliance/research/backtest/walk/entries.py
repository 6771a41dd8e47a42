"""Enter trades, add to them, and place their entry orders anew."""

import math
from dataclasses import dataclass, field

import msgspec

from appliance.domain.decisions.kinds import Kind
from appliance.domain.enums import TradeDirection
from appliance.domain.errors import Refused
from appliance.domain.market import Market
from appliance.domain.money import price_to_tick
from appliance.domain.order import Order
from appliance.domain.recalculate import recalculate
from appliance.domain.timeframe import minutes
from appliance.domain.trade import Trade
from appliance.research.backtest.walk.cancellations import Cancellations
from appliance.research.backtest.walk.candle import Candle
from appliance.research.backtest.walk.fill_models import entry_amount, quoted, slipped
from appliance.research.backtest.walk.fills import Fills
from appliance.research.backtest.walk.ledger.account import Account
from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.research.backtest.walk.setup import WalkSetup
from appliance.rules.entry_plan import EntryAnswers, EntryFacts, EntryPlan, plan_entry
from appliance.rules.leverage import largest_worth
from appliance.rules.stake import PositionLimit, allowed_stake, bought_with, stake_limits
from appliance.rules.trade_requests import EntryRequest
from appliance.strategy.questions import Questions

NEW_TRADE_STOPLOSS = -0.05
"""The loss that the least stake of a new trade leaves room for (a ratio), as in freqtrade's backtests."""


class EntryOrder(msgspec.Struct, frozen=True):
    """State an entry order that is to be placed: amount in base currency, stake before leverage."""

    direction: TradeDirection
    price: float
    amount: float
    stake: float
    leverage: float
    tag: str | None


@dataclass(kw_only=True, eq=False)
class Entries:
    """Place entry orders, each filled at once if the candle reaches its price."""

    setup: WalkSetup
    questions: Questions
    book: TradeList
    account: Account
    fills: Fills
    cancellations: Cancellations
    _markets: dict[str, Market] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Take over what the strategy says of itself."""
        resolved = self.setup.resolved
        self._order_type = resolved.order_types["entry"]
        self._time_in_force = resolved.order_time_in_force["entry"]
        self._minutes = minutes(resolved.timeframe)
        asks = self.questions.overrides
        self._asks_price = self._order_type == "limit" and asks("custom_entry_price")
        self._asks_leverage = self.setup.futures is not None and asks("leverage")
        self._asks_stake = asks("custom_stake_amount")
        self._asks_confirmation = asks("confirm_trade_entry")
        # As in freqtrade, after what follows a fill: funding of its hour counts from the next hour on, and a
        # distance that the strategy has set for its stop is measured from the open rate, too. That is so for
        # an order that waits, as well.
        self._recalculates_again = self.setup.futures is not None or resolved.stop_uses_after_fill
        # Prices of candles are on the tick of their month: planning is not to round them to another.
        self._markets = {
            pair: msgspec.structs.replace(market, price_precision=None)
            for pair, market in self.setup.markets.items()
        }

    # -- a new trade -----------------------------------------------------------------------------------

    def enter(self, candle: Candle, side: TradeDirection) -> Trade | None:
        """Open a trade by the signal of a candle; None where it cannot or is not to be entered."""
        request = EntryRequest(pair=candle.pair, side=side, tag=candle.enter_tag)
        plan = self._planned(request, candle)
        if plan is None:
            return None
        if self.setup.witness is not None:
            self._note_plan(plan, candle)
        if plan.refusal:
            return None
        amount = self._within_volume(plan.amount, candle, plan.price / plan.leverage, plan.least)
        if not amount:
            self.setup.note(candle, Kind.NO_VOLUME)
            return None
        if self._asks_confirmation and not self.questions.confirms_entry(plan, amount, candle.opened):
            self.setup.note(candle, Kind.NOT_CONFIRMED, side, amount, plan.price)
            return None
        order = EntryOrder(
            side, plan.price, amount, amount * plan.price / plan.leverage, plan.leverage, plan.tag
        )
        trade = self._new_trade(candle, order)
        self.book.add(trade)
        self._place(trade, candle, order)
        return trade

    def _planned(self, request: EntryRequest, candle: Candle) -> EntryPlan | None:
        """Return the plan of an entry, the strategy asked where it has a say."""
        price = self._price(candle, request.side, None, request.tag)
        try:
            stake = self.account.next_stake(candle.pair)
            facts = self._facts(candle, price, stake)
            answers = EntryAnswers(price=price)
            plan = plan_entry(request, facts, answers)
            if self._asks_leverage:
                leverage = self.questions.leverage(plan, candle.open, candle.opened)
                answers = msgspec.structs.replace(answers, leverage=leverage)
                plan = plan_entry(request, facts, answers)
            if self._asks_stake:
                wanted = self.questions.stake(plan, stake, candle.opened, least=plan.least or 0)
                answers = msgspec.structs.replace(answers, stake=wanted)
                plan = plan_entry(request, facts, answers)
        except Refused as refusal:
            self.setup.note(candle, Kind.REFUSED, str(refusal))
            return None
        return plan

    def _note_plan(self, plan: EntryPlan, candle: Candle) -> None:
        if self._asks_price:
            plan = msgspec.structs.replace(plan, proposed_price=candle.open)
        kind, facts = plan.step
        self.setup.note(candle, kind, *facts)

    def _facts(self, candle: Candle, price: float, stake: float) -> EntryFacts:
        futures = self.setup.futures
        return EntryFacts(
            market=self._markets[candle.pair],
            price=price,
            stake=stake,
            available=self.account.get_available_stake_amount(),
            order_type=self._order_type,
            time_in_force=self._time_in_force,
            stoploss=NEW_TRADE_STOPLOSS,
            reserve=self.setup.settings.amount_reserve_percent,
            max_distance=math.inf,
            tiers=futures.tiers[candle.pair] if futures else None,
        )

    def _new_trade(self, candle: Candle, order: EntryOrder) -> Trade:
        market = self.setup.markets[candle.pair]
        tick, mode = self.setup.price_step(candle.pair, candle.opened_ms)
        return Trade(
            id=self.book.next_trade_id(),
            exchange=self.setup.settings.exchange.name,
            pair=candle.pair,
            base_currency=market.base,
            stake_currency=self.setup.settings.stake_currency,
            open_rate=order.price,
            open_rate_requested=order.price,
            open_date=candle.opened,
            stake_amount=order.stake,
            amount=0.0,
            amount_requested=order.amount,
            fee_open=self.setup.fee,
            fee_close=self.setup.fee,
            enter_tag=order.tag,
            strategy=self.setup.resolved.name,
            timeframe=self._minutes,
            is_short=order.direction == "short",
            trading_mode=self.setup.settings.trading_mode,
            leverage=order.leverage,
            amount_precision=market.amount_precision,
            price_precision=tick,
            precision_mode=market.precision_mode,
            precision_mode_price=mode,
            contract_size=market.contract_size,
            orders=[],
            custom_data={},
            changed_custom_data=set(),
        )

    # -- a trade that there is -------------------------------------------------------------------------

    def add(self, trade: Trade, candle: Candle, stake: float, tag: str | None) -> bool:
        """Add to a position; return whether that ends what this candle does to it."""
        tag = tag or candle.enter_tag
        price = self._price(candle, trade.trade_direction, trade, tag)
        least, largest = self.limits(trade.pair, price, stoploss=0.0, leverage=trade.leverage)
        stake = allowed_stake(
            stake,
            least=least,
            largest=largest,
            available=self.account.get_available_stake_amount(),
            in_trade=trade.stake_amount,
        )
        amount = bought_with(stake, price, trade.leverage, self._markets[trade.pair]) if stake > 0 else 0.0
        amount = self._within_volume(amount, candle, price / trade.leverage, least)
        if amount <= 0:
            return True
        order = EntryOrder(
            trade.trade_direction, price, amount, amount * price / trade.leverage, trade.leverage, tag
        )
        if self.cancellations.is_similar_open(trade, price, amount, trade.entry_side):
            return False
        self._place(trade, candle, order)
        return True

    def replace(self, trade: Trade, candle: Candle, order: Order, price: float) -> None:
        """Place an entry order anew at `price`, in place of one that is cancelled already."""
        side = trade.trade_direction
        self._price(candle, side, trade, candle.enter_tag)  # the strategy is asked as for any entry
        stake = order.safe_remaining * order.ft_price / trade.leverage
        least, _ = self.limits(trade.pair, price, stoploss=0.0, leverage=trade.leverage)
        if not stake or (least and stake < least):
            return
        amount = bought_with(stake, price, trade.leverage, self._markets[trade.pair])
        amount = self._within_volume(amount, candle, price / trade.leverage, least)
        if not amount:
            return
        placed = EntryOrder(
            side, price, amount, amount * price / trade.leverage, trade.leverage, candle.enter_tag
        )
        if self._asks_confirmation and not self._confirms_again(trade, candle, placed):
            return
        self._place(trade, candle, placed)

    def _confirms_again(self, trade: Trade, candle: Candle, order: EntryOrder) -> bool:
        plan = EntryPlan(
            pair=trade.pair,
            side=order.direction,
            tag=order.tag,
            order_type=self._order_type,
            time_in_force=self._time_in_force,
            price=order.price,
            leverage=order.leverage,
            largest_leverage=order.leverage,
            stake=order.stake,
            least=None,
            largest=math.inf,
            available=math.inf,
            wanted_amount=order.amount,
            amount=order.amount,
        )
        return self.questions.confirms_entry(plan, order.amount, candle.opened)

    def limits(
        self, pair: str, rate: float, *, stoploss: float, leverage: float = 1.0
    ) -> tuple[float | None, float]:
        """Return the minimum (None: none) and the maximum stake of an entry at `rate`."""
        futures = self.setup.futures
        worth = largest_worth(futures.tiers[pair], leverage) if futures else None
        reserve = self.setup.settings.amount_reserve_percent
        return stake_limits(self._markets[pair], rate, stoploss, reserve, PositionLimit(leverage, worth))

    # -- shared ----------------------------------------------------------------------------------------

    def _price(self, candle: Candle, side: TradeDirection, trade: Trade | None, tag: str | None) -> float:
        """Return the price of an entry: the open, or what the strategy wants of what the candle offers."""
        tick = self.setup.price_step(candle.pair, candle.opened_ms)
        candle = quoted(self.setup.realism, candle, tick, buying=side == "long")
        if not self._asks_price:
            return candle.open
        wanted = self.questions.entry_price(
            candle.pair, trade, rate=candle.open, tag=tag, side=side, now=candle.opened
        )
        price = candle.open
        if wanted != price:
            price = price_to_tick(wanted, *tick)
        return max(price, candle.low) if side == "short" else min(price, candle.high)

    def _within_volume(self, amount: float, candle: Candle, margin: float, least: float | None) -> float:
        """Return how much of an amount can be entered; 0 where its stake would be less than the minimum.

        `margin` is the stake of one unit of base currency.
        """
        allowed = entry_amount(self.setup.realism, amount, candle, self._markets[candle.pair])
        if allowed == amount:
            return amount
        counters = self.cancellations.counters
        if not allowed or (least and allowed * margin < least):
            counters.entries_without_volume += 1
            return 0.0
        counters.entries_cut_by_volume += 1
        return allowed

    def _place(self, trade: Trade, candle: Candle, order: EntryOrder) -> None:
        trade.adjust_stop_loss(trade.open_rate, self.setup.resolved.stoploss, initial=True)
        order_id = self.book.next_order_id()
        rate = order.price
        if self._order_type == "market":
            tick = self.setup.price_step(candle.pair, candle.opened_ms)
            rate = slipped(self.setup.realism, rate, tick, buying=not trade.is_short)
        placed = Order(
            id=order_id,
            ft_trade_id=trade.id,
            ft_order_side=trade.entry_side,
            ft_pair=trade.pair,
            ft_amount=order.amount,
            ft_price=order.price,
            order_id=str(order_id),
            status="open",
            symbol=trade.pair,
            order_type=self._order_type,
            side=trade.entry_side,
            price=order.price,
            average=rate,
            amount=order.amount,
            filled=0.0,
            remaining=order.amount,
            cost=order.amount * rate * (1 + self.setup.fee),
            order_date=candle.opened,
            order_filled_date=candle.opened,
            order_update_date=candle.opened,
            ft_order_tag=order.tag,
            leverage=trade.leverage,
        )
        trade.orders.append(placed)
        self.setup.note_order(candle, Kind.ORDER_PLACED, placed)
        filled = self.fills.fill_entry(placed, trade, candle)
        if self._recalculates_again or not filled:
            recalculate(trade, candle.opened)
