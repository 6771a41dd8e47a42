"""Define a trade: a position in one pair, and its orders.

The names are those of the database's columns, and of what strategies written for freqtrade read and call.
"""

from datetime import datetime
from typing import Any

import msgspec

from appliance.domain import profit as worth
from appliance.domain.custom_data import WithCustomData
from appliance.domain.enums import PrecisionMode, TradeDirection, TradingMode
from appliance.domain.money import Rounding, float_sum, price_to_tick
from appliance.domain.order import Order
from appliance.domain.profit import Profit
from appliance.domain.trade_orders import WithOrders


class Trade(WithOrders, WithCustomData, msgspec.Struct, kw_only=True, dict=True):
    """Hold one trade. Rates and stake in stake (quote) currency, amounts in base currency, dates UTC.

    `stop_loss_pct` and `initial_stop_loss_pct` are ratios (-0.1 is ten percent below), after leverage.
    `changed_custom_data` has the keys of custom data that are not stored yet.
    Strategies may set attributes of their own on the copies that they get (`dict`); they are not stored.
    """

    id: int = 0
    exchange: str
    pair: str
    base_currency: str
    stake_currency: str
    is_open: bool = True
    fee_open: float
    fee_open_cost: float | None = None
    fee_open_currency: str | None = None
    fee_close: float
    fee_close_cost: float | None = None
    fee_close_currency: str | None = None
    open_rate: float
    open_rate_requested: float | None = None
    open_trade_value: float = 0.0
    close_rate: float | None = None
    close_rate_requested: float | None = None
    realized_profit: float = 0.0
    close_profit: float | None = None
    close_profit_abs: float | None = None
    stake_amount: float
    max_stake_amount: float | None = None
    amount: float
    amount_requested: float | None = None
    open_date: datetime
    close_date: datetime | None = None
    stop_loss: float = 0.0
    stop_loss_pct: float | None = None
    initial_stop_loss: float | None = None
    initial_stop_loss_pct: float | None = None
    is_stop_loss_trailing: bool = False
    max_rate: float | None = 0.0
    min_rate: float | None = None
    exit_reason: str | None = None
    exit_order_status: str | None = None
    strategy: str | None = None
    enter_tag: str | None = None
    timeframe: int | None = None
    trading_mode: TradingMode = TradingMode.SPOT
    amount_precision: float | None = None
    price_precision: float | None = None
    precision_mode: int = PrecisionMode.TICK_SIZE
    precision_mode_price: int | None = None
    contract_size: float | None = None
    leverage: float = 1.0
    is_short: bool = False
    liquidation_price: float | None = None
    interest_rate: float = 0.0
    funding_fees: float | None = None
    funding_fee_running: float | None = None
    record_version: int = 2
    orders: list[Order] = []
    custom_data: dict[str, Any] = {}
    changed_custom_data: set[str] = set()

    # -- identity -------------------------------------------------------------------------------------

    @property
    def trade_id(self) -> int:
        return self.id

    @property
    def trade_direction(self) -> TradeDirection:
        return "short" if self.is_short else "long"

    @property
    def safe_base_currency(self) -> str:
        return self.base_currency or self.pair.partition("/")[0]

    @property
    def safe_quote_currency(self) -> str:
        return self.stake_currency or self.pair.partition("/")[2].partition(":")[0]

    @property
    def has_no_leverage(self) -> bool:
        return self.leverage == 1.0 and not self.is_short

    @property
    def borrowed(self) -> float:
        """The amount borrowed by leverage: quote currency for longs, base currency for shorts."""
        if self.has_no_leverage:
            return 0.0
        return self.amount if self.is_short else self.amount * self.open_rate * (1 - 1 / self.leverage)

    @property
    def buy_tag(self) -> str | None:
        """The name of `enter_tag` in interface version 2."""
        return self.enter_tag

    @property
    def sell_reason(self) -> str | None:
        """The name of `exit_reason` in interface version 2."""
        return self.exit_reason

    # -- worth -----------------------------------------------------------------------------------------

    @property
    def safe_close_rate(self) -> float:
        """The rate of the close, or the requested one; 0 while neither is known."""
        return self.close_rate or self.close_rate_requested or 0.0

    def calc_close_trade_value(self, rate: float, amount: float | None = None) -> float:
        """Return the proceeds of closing `amount` (default: all) at `rate`, in stake currency after fees."""
        closing = self.amount if amount is None else amount
        return worth.closing_value(closing, rate, self.fee_close, short=self.is_short, funding=self._funding)

    def calculate_profit(
        self, rate: float, amount: float | None = None, open_rate: float | None = None
    ) -> Profit:
        """Return the profit of closing `amount` (default: all) at `rate`."""
        closed = self.calc_close_trade_value(rate, amount)
        opened = self.open_trade_value
        if amount is not None and open_rate is not None:
            opened = worth.opening_value(amount, open_rate, self.fee_open, short=self.is_short)
        made = opened - closed if self.is_short else closed - opened
        all_made = made + self.realized_profit
        staked = (self.max_stake_amount or 0.0) * (1 - self.fee_open if self.is_short else 1 + self.fee_open)
        return Profit(
            profit_abs=worth.round8(made),
            profit_ratio=worth.ratio_of(opened, closed, short=self.is_short, leverage=self.leverage),
            total_profit=worth.round8(all_made),
            total_profit_ratio=worth.round8(all_made / staked) if staked else 0.0,
        )

    def calc_profit(self, rate: float, amount: float | None = None, open_rate: float | None = None) -> float:
        """Return the profit in stake currency at `rate`, rounded to 8 places."""
        return self.calculate_profit(rate, amount, open_rate).profit_abs

    def calc_profit_ratio(
        self, rate: float, amount: float | None = None, open_rate: float | None = None
    ) -> float:
        """Return the profit ratio (0.01 is one percent) at `rate`, after fees and leverage."""
        opened = self.open_trade_value
        if amount is not None or open_rate is not None:
            opened = worth.opening_value(
                amount or self.amount, open_rate or self.open_rate, self.fee_open, short=self.is_short
            )
        return worth.ratio_at(
            opened,
            self.amount if amount is None else amount,
            rate,
            self.fee_close,
            short=self.is_short,
            leverage=self.leverage,
            funding=self._funding,
        )

    def calc_close_rate_for_roi(self, target_roi: float) -> float:
        """Return the rate (unrounded) at which the profit ratio is `target_roi`, after fees and leverage."""
        opened = worth.opening_value(self.amount, self.open_rate, self.fee_open, short=self.is_short)
        return worth.rate_for_ratio(
            target_roi,
            opened,
            self.amount,
            self.fee_close,
            short=self.is_short,
            leverage=self.leverage or 1.0,
            funding=self._funding,
        )

    def note_funding(self, received: float) -> None:
        """Set the funding received since the last fill (stake currency; negative: paid)."""
        self.funding_fee_running = received
        self.funding_fees = float_sum(order.funding_fee or 0.0 for order in self.orders) + received

    @property
    def _funding(self) -> float:
        return (self.funding_fees or 0.0) if self.trading_mode == TradingMode.FUTURES else 0.0

    # -- stop loss and extremes ------------------------------------------------------------------------

    @property
    def stoploss_or_liquidation(self) -> float:
        """The stop, or the liquidation price where that is reached first."""
        if self.liquidation_price is None:
            return self.stop_loss
        nearer = min if self.is_short else max
        return nearer(self.stop_loss, self.liquidation_price)

    def adjust_stop_loss(
        self,
        current_price: float,
        stoploss: float | None,
        initial: bool = False,
        allow_refresh: bool = False,
    ) -> None:
        """Move the stop to `stoploss` (a ratio, sign ignored) from `current_price`, if that tightens it.

        The first call sets the initial stop; `allow_refresh` lets the stop loosen (after fills).
        """
        if stoploss is None or (initial and self.stop_loss):
            return
        distance = abs(stoploss) / (self.leverage or 1.0)
        wanted = current_price * (1 + distance if self.is_short else 1 - distance)
        if not allow_refresh and self._loosens(wanted):
            return
        stop = self.price_rounded(wanted, Rounding.DOWN if self.is_short else Rounding.UP)
        if self.initial_stop_loss_pct is None:
            self.initial_stop_loss = stop
            self.initial_stop_loss_pct = -abs(stoploss)
            self._set_stop(stop, stoploss)
        elif allow_refresh or (stop < self.stop_loss if self.is_short else stop > self.stop_loss):
            if not allow_refresh:
                self.is_stop_loss_trailing = True
            self._set_stop(stop, stoploss)

    def _loosens(self, wanted: float) -> bool:
        """Return whether a stop is so far below the present one that rounding cannot tighten it."""
        if self.initial_stop_loss_pct is None or self.precision_mode_price != PrecisionMode.TICK_SIZE:
            return False
        tick = self.price_precision or 0.0
        return wanted - tick > self.stop_loss if self.is_short else wanted + tick < self.stop_loss

    def restart_stop(self, ratio: float) -> None:
        """Set the initial stop again, at `ratio` (sign ignored) from the open rate."""
        self.stop_loss = 0.0
        self.initial_stop_loss_pct = None
        self.is_stop_loss_trailing = False
        self.adjust_stop_loss(self.open_rate, ratio)

    def _set_stop(self, stop: float, ratio: float) -> None:
        self.stop_loss = stop
        self.stop_loss_pct = -abs(ratio)

    def adjust_min_max_rates(self, high: float, low: float) -> None:
        """Update the extreme rates while the trade is open."""
        highest, lowest = self.max_rate or self.open_rate, self.min_rate or self.open_rate
        self.max_rate = highest if highest > high else high
        self.min_rate = lowest if lowest < low else low

    def price_rounded(self, price: float, rounding: Rounding = Rounding.NEAREST) -> float:
        """Round a price to this trade's tick."""
        mode = self.precision_mode_price if self.precision_mode_price is not None else self.precision_mode
        return price_to_tick(price, self.price_precision, mode, rounding)
