"""Show trades in the form of the API. Rates in quote currency, stakes, fees and profits in stake currency.

`_ratio` is 0.01 for one percent, `_pct` is that in percent with two places; dates are UTC texts, `_timestamp`
the same in ms since 1970.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict

from appliance.domain.enums import PrecisionMode
from appliance.domain.money import price_to_tick
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.reports.views.time_format import as_ms, as_text


class OrderView(Struct, kw_only=True):
    """Show an order. Amounts in base currency, `cost` in quote currency."""

    pair: str
    order_id: str
    status: str
    remaining: float | None = None
    amount: float
    safe_price: float
    cost: float
    filled: float | None = None
    ft_order_side: str
    order_type: str
    is_open: bool
    order_timestamp: int | None = None
    order_filled_timestamp: int | None = None
    ft_fee_base: float | None = None
    ft_order_tag: str | None = None


class TradeView(Struct, kw_only=True):
    """Show a trade as in the database: `profit_*` is only what was realised by closing it."""

    trade_id: int
    pair: str
    base_currency: str
    quote_currency: str
    is_open: bool
    is_short: bool
    exchange: str
    amount: float
    amount_requested: float
    stake_amount: float
    max_stake_amount: float | None = None
    strategy: str
    enter_tag: str | None = None
    timeframe: int
    fee_open: float | None = None
    fee_open_cost: float | None = None
    fee_open_currency: str | None = None
    fee_close: float | None = None
    fee_close_cost: float | None = None
    fee_close_currency: str | None = None
    open_date: str
    open_timestamp: int
    open_fill_date: str | None
    open_fill_timestamp: int | None
    open_rate: float
    open_rate_requested: float | None = None
    open_trade_value: float
    close_date: str | None = None
    close_timestamp: int | None = None
    close_rate: float | None = None
    close_rate_requested: float | None = None
    close_profit: float | None = None
    close_profit_pct: float | None = None
    close_profit_abs: float | None = None
    profit_ratio: float | None = None
    profit_pct: float | None = None
    profit_abs: float | None = None
    profit_fiat: float | None = None
    realized_profit: float
    realized_profit_ratio: float | None = None
    exit_reason: str | None = None
    exit_order_status: str | None = None
    stop_loss_abs: float | None = None
    stop_loss_ratio: float | None = None
    stop_loss_pct: float | None = None
    stoploss_last_update: str | None = None
    stoploss_last_update_timestamp: int | None = None
    initial_stop_loss_abs: float | None = None
    initial_stop_loss_ratio: float | None = None
    initial_stop_loss_pct: float | None = None
    min_rate: float | None = None
    max_rate: float | None = None
    nr_of_successful_entries: int
    nr_of_successful_exits: int
    has_open_orders: bool
    orders: list[OrderView]
    leverage: float | None = None
    interest_rate: float | None = None
    liquidation_price: float | None = None
    funding_fees: float | None = None
    trading_mode: str | None = None
    amount_precision: float | None = None
    price_precision: float | None = None
    precision_mode: int | None = None


class OpenTradeView(TradeView, kw_only=True):
    """Show a trade at the current rate: `profit_*` is the profit of closing it now.

    Where that rate is unknown, all that depends on it is null; no other rate is used instead.
    `total_profit_*` includes partial exits. `stoploss_current_dist` is the distance from the current rate to
    the stop (quote currency), `stoploss_entry_dist` the profit if the stop were hit (stake currency).
    `unknown_orders` has the client order ids of orders whose answer was lost, and is present only then.
    """

    current_rate: float | None
    total_profit_abs: float | None
    total_profit_fiat: float | None = None
    total_profit_ratio: float | None = None
    stoploss_current_dist: float | None = None
    stoploss_current_dist_pct: float | None = None
    stoploss_current_dist_ratio: float | None = None
    stoploss_entry_dist: float | None = None
    stoploss_entry_dist_ratio: float | None = None
    unknown_orders: list[str] | UnsetType = UNSET


def trade_view(trade: Trade) -> TradeView:
    """Show `trade` without current rates."""
    made = trade.close_profit
    return TradeView(
        trade_id=trade.id,
        pair=trade.pair,
        base_currency=trade.safe_base_currency,
        quote_currency=trade.safe_quote_currency,
        is_open=trade.is_open,
        is_short=trade.is_short,
        exchange=trade.exchange,
        amount=round(trade.amount, 8),
        amount_requested=round(trade.amount_requested or 0.0, 8),
        stake_amount=round(trade.stake_amount, 8),
        max_stake_amount=round(trade.max_stake_amount, 8) if trade.max_stake_amount else None,
        strategy=trade.strategy or "",
        enter_tag=trade.enter_tag,
        timeframe=trade.timeframe or 0,
        fee_open=trade.fee_open,
        fee_open_cost=trade.fee_open_cost,
        fee_open_currency=trade.fee_open_currency,
        fee_close=trade.fee_close,
        fee_close_cost=trade.fee_close_cost,
        fee_close_currency=trade.fee_close_currency,
        open_date=as_text(trade.open_date) or "",
        open_timestamp=as_ms(trade.open_date) or 0,
        open_fill_date=as_text(trade.date_entry_fill_utc),
        open_fill_timestamp=as_ms(trade.date_entry_fill_utc),
        open_rate=trade.open_rate,
        open_rate_requested=trade.open_rate_requested,
        open_trade_value=round(trade.open_trade_value, 8),
        close_date=as_text(trade.close_date),
        close_timestamp=as_ms(trade.close_date),
        close_rate=trade.close_rate,
        close_rate_requested=trade.close_rate_requested,
        close_profit=made,
        close_profit_pct=percent(made),
        close_profit_abs=trade.close_profit_abs,
        profit_ratio=made,
        profit_pct=percent(made),
        profit_abs=trade.close_profit_abs,
        realized_profit=trade.realized_profit,
        realized_profit_ratio=made or None,
        exit_reason=trade.exit_reason,
        exit_order_status=trade.exit_order_status,
        stop_loss_abs=trade.stop_loss,
        stop_loss_ratio=trade.stop_loss_pct or None,
        stop_loss_pct=percent(trade.stop_loss_pct),
        stoploss_last_update=as_text(trade.stoploss_last_update_utc),
        stoploss_last_update_timestamp=as_ms(trade.stoploss_last_update_utc),
        initial_stop_loss_abs=trade.initial_stop_loss,
        initial_stop_loss_ratio=trade.initial_stop_loss_pct or None,
        initial_stop_loss_pct=percent(trade.initial_stop_loss_pct),
        min_rate=trade.min_rate,
        max_rate=trade.max_rate,
        nr_of_successful_entries=trade.nr_of_successful_entries,
        nr_of_successful_exits=trade.nr_of_successful_exits,
        has_open_orders=trade.has_open_orders,
        orders=[order_view(order) for order in trade.select_filled_or_open_orders()],
        leverage=trade.leverage,
        interest_rate=trade.interest_rate,
        liquidation_price=trade.liquidation_price,
        funding_fees=trade.funding_fees,
        trading_mode=trade.trading_mode.value,
        amount_precision=trade.amount_precision,
        price_precision=trade.price_precision,
        precision_mode=int(trade.precision_mode),
    )


def open_trade_view(trade: Trade, rate: float | None, fiat_rate: float | None = 0.0) -> OpenTradeView:
    """Show `trade` at the current exit `rate` (None: unknown); a closed one at its close rate.

    `fiat_rate` is the price of one unit of stake currency in fiat currency; 0 or None shows no fiat amounts.
    """
    shown = asdict(trade_view(trade)) | _at_rate(trade, _current(trade, rate), fiat_rate) | _at_stop(trade)
    if lost := trade.unknown_orders:
        shown["unknown_orders"] = [str(order.client_order_id) for order in lost]
    return OpenTradeView(**shown)


def reprice(view: OpenTradeView, trade: Trade, rate: float | None, fiat_rate: float | None = 0.0) -> None:
    """Update a view of `trade` to another rate; nothing else of the trade may have changed."""
    for name, value in _at_rate(trade, _current(trade, rate), fiat_rate).items():
        setattr(view, name, value)


def status(
    trades: Mapping[int, Trade], rates: Mapping[str, float], fiat_rate: float | None = 0.0
) -> list[OpenTradeView]:
    """Show the open trades, the oldest first, at the current rates by pair."""
    return [open_trade_view(trade, rates.get(trade.pair), fiat_rate) for _, trade in sorted(trades.items())]


def order_view(order: Order) -> OrderView:
    """Show one order."""
    return OrderView(
        pair=order.ft_pair,
        order_id=order.order_id,
        status=order.status or "",
        remaining=order.remaining,
        amount=order.safe_amount,
        safe_price=order.safe_price,
        cost=order.safe_cost,
        filled=order.filled,
        ft_order_side=order.ft_order_side,
        order_type=order.order_type or "",
        is_open=order.ft_is_open,
        order_timestamp=as_ms(order.order_date),
        order_filled_timestamp=as_ms(order.order_filled_date),
        ft_fee_base=order.ft_fee_base,
        ft_order_tag=order.ft_order_tag,
    )


def percent(ratio: float | None) -> float | None:
    """Return a ratio in percent with two places, None for 0 or None."""
    return round(ratio * 100, 2) if ratio else None


def _current(trade: Trade, rate: float | None) -> float | None:
    return (rate or None) if trade.is_open else (trade.close_rate or 0.0)


def _at_rate(trade: Trade, rate: float | None, fiat_rate: float | None) -> dict[str, Any]:
    """Return the fields that depend on the rate."""
    shown: dict[str, Any] = {"current_rate": rate, "total_profit_abs": 0.0, "total_profit_ratio": None}
    if rate is None and trade.nr_of_successful_entries:
        return shown | _NOT_KNOWN
    if not trade.is_open:
        ratio, made = trade.close_profit or 0.0, trade.close_profit_abs or 0.0
    elif rate is not None and trade.nr_of_successful_entries:
        profit = trade.calculate_profit(rate)
        ratio, made = profit.profit_ratio, profit.profit_abs
        shown |= {"total_profit_abs": profit.total_profit, "total_profit_ratio": profit.total_profit_ratio}
    else:
        ratio = made = shown["profit_fiat"] = 0.0
    shown |= {"profit_ratio": ratio, "profit_pct": round(ratio * 100, 2), "profit_abs": made}
    if trade.is_open:
        shown["close_profit"] = None
    if fiat_rate:
        shown["profit_fiat"] = made * fiat_rate
        shown["total_profit_fiat"] = shown["total_profit_abs"] * fiat_rate
    return shown | _to_stop(trade, rate)


_NO_STOP_DISTANCE = dict.fromkeys(
    ("stoploss_current_dist", "stoploss_current_dist_ratio", "stoploss_current_dist_pct")
)
_OF_PROFIT = ("profit_ratio", "profit_pct", "profit_abs", "profit_fiat")
_OF_TOTAL = ("total_profit_abs", "total_profit_fiat", "total_profit_ratio")
_NOT_KNOWN = dict.fromkeys((*_OF_PROFIT, *_OF_TOTAL, "close_profit")) | _NO_STOP_DISTANCE
"""The fields of an open trade whose current rate is unknown."""


def _to_stop(trade: Trade, rate: float | None) -> dict[str, Any]:
    if rate is None:
        return _NO_STOP_DISTANCE
    mode = trade.precision_mode_price or trade.precision_mode or PrecisionMode.TICK_SIZE
    distance = price_to_tick(trade.stop_loss - rate, trade.price_precision, mode)
    ratio = distance / rate if rate else 0.0
    return {
        "stoploss_current_dist": distance,
        "stoploss_current_dist_ratio": round(ratio, 8),
        "stoploss_current_dist_pct": round(ratio * 100, 2),
    }


def _at_stop(trade: Trade) -> dict[str, Any]:
    at_stop = trade.calculate_profit(trade.stop_loss)
    return {
        "stoploss_entry_dist": at_stop.profit_abs,
        "stoploss_entry_dist_ratio": round(at_stop.profit_ratio, 8),
    }
