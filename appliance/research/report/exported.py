"""Read what a result file says of a strategy: its trades and the terms that it was tested under."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from appliance.domain.enums import FtOrderSide, TradingMode
from appliance.domain.errors import DataError
from appliance.domain.lock import PairLock
from appliance.domain.order import Order
from appliance.domain.timeframe import to_date
from appliance.domain.trade import Trade
from appliance.research.backtest.outcome import Counters, Outcome
from appliance.research.backtest.realism import Realism
from appliance.research.report.terms import Terms, facts_of

Record = Mapping[str, Any]
"""The part of a result file that concerns one strategy, in freqtrade's form."""


def outcome_of(name: str, record: Record) -> Outcome:
    """Return the outcome that a result file states. Raises DataError where something is missing.

    Signals without a slot are counted, but not listed, and balances over time are not in such files.
    """
    try:
        trades = exported_trades(record["trades"], record["trading_mode"], record["stake_currency"])
        counters = {field: int(record.get(field) or 0) for field in Counters.__struct_fields__}
        return Outcome(
            strategy=name,
            trades=sorted(trades, key=lambda trade: trade.close_date or trade.open_date),
            locks=[_lock(lock) for lock in record.get("locks") or ()],
            counters=Counters(**counters),
            rejected=[],
            wallet=[],
            starting_balance=float(record["starting_balance"]),
            final_balance=float(record["final_balance"]),
            first=to_date(record["backtest_start_ts"]),
            last=to_date(record["backtest_end_ts"]),
            realism=Realism.stated(record.get("realism") or {}),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"The result of {name} is not readable: {_problem(error)}") from error


def terms_in(record: Record) -> Terms:
    """Return the terms that a result file states."""
    most = record.get("max_open_trades_setting", record.get("max_open_trades"))
    return Terms(
        timeframe=str(record["timeframe"]),
        stake_currency=str(record["stake_currency"]),
        facts=facts_of(
            market=" ".join(filter(None, (record.get("trading_mode"), record.get("margin_mode")))),
            timeframe=record["timeframe"],
            detail_timeframe=record.get("timeframe_detail") or None,
            stake=record.get("stake_amount"),
            stake_currency=record["stake_currency"],
            most_open=math.inf if most is None else float(most),
            fee=next((trade["fee_open"] for trade in record["trades"]), None),
            stoploss=record.get("stoploss"),
            roi=record.get("minimal_roi"),
            trailing=bool(record.get("trailing_stop")),
            trailing_distance=record.get("trailing_stop_positive"),
            trailing_offset=record.get("trailing_stop_positive_offset"),
        ),
    )


def exported_trades(records: Sequence[Record], mode: str, stake_currency: str) -> list[Trade]:
    """Return the trades of a result file, in its order, their ids counted from 1."""
    trading_mode = TradingMode(mode or "spot")
    return [_trade(number, one, trading_mode, stake_currency) for number, one in enumerate(records, start=1)]


def _trade(number: int, record: Record, mode: TradingMode, stake_currency: str) -> Trade:
    trade = Trade(
        id=number,
        exchange="",
        pair=record["pair"],
        base_currency=record["pair"].partition("/")[0],
        stake_currency=stake_currency,
        is_open=bool(record.get("is_open")),
        fee_open=float(record["fee_open"]),
        fee_close=float(record["fee_close"]),
        open_rate=float(record["open_rate"]),
        close_rate=_number(record.get("close_rate")),
        close_profit=_number(record["profit_ratio"]),
        close_profit_abs=_number(record["profit_abs"]),
        realized_profit=_number(record["profit_abs"]) or 0.0,
        stake_amount=float(record["stake_amount"]),
        max_stake_amount=_number(record.get("max_stake_amount")),
        amount=float(record["amount"]),
        open_date=to_date(record["open_timestamp"]),
        close_date=_date(record.get("close_timestamp")),
        stop_loss=_number(record.get("stop_loss_abs")) or 0.0,
        stop_loss_pct=_number(record.get("stop_loss_ratio")),
        initial_stop_loss=_number(record.get("initial_stop_loss_abs")),
        initial_stop_loss_pct=_number(record.get("initial_stop_loss_ratio")),
        max_rate=_number(record.get("max_rate")),
        min_rate=_number(record.get("min_rate")),
        exit_reason=record.get("exit_reason"),
        enter_tag=record.get("enter_tag", record.get("buy_tag")) or None,
        trading_mode=mode,
        leverage=float(record.get("leverage") or 1.0),
        is_short=bool(record.get("is_short")),
        funding_fees=_number(record.get("funding_fees")),
    )
    orders = record.get("orders") or _assumed_orders(record)
    trade.orders = [_order(trade, place, one) for place, one in enumerate(orders, start=1)]
    return trade


def _assumed_orders(record: Record) -> list[Record]:
    """Return one entry and one exit for trades of older files, which list no orders."""
    sides = ("sell", "buy") if record.get("is_short") else ("buy", "sell")
    ends = (("open_rate", "open_timestamp"), ("close_rate", "close_timestamp"))
    return [
        {
            "amount": record["amount"],
            "safe_price": record[rate],
            "ft_order_side": side,
            "order_filled_timestamp": record[moment],
        }
        for side, (rate, moment) in zip(sides, ends, strict=True)
        if record.get(rate) is not None and record.get(moment) is not None
    ]


def _order(trade: Trade, number: int, record: Record) -> Order:
    side: FtOrderSide = record["ft_order_side"]
    amount, rate = float(record["amount"]), float(record["safe_price"])
    filled = _date(record.get("order_filled_timestamp"))
    return Order(
        id=number,
        ft_trade_id=trade.id,
        ft_order_side=side,
        ft_pair=trade.pair,
        ft_is_open=False,
        ft_amount=amount,
        ft_price=rate,
        order_id=f"{trade.id}-{number}",
        status="closed" if filled else "canceled",
        side=None if side == "stoploss" else side,
        average=rate,
        amount=amount,
        filled=amount if filled else 0.0,
        cost=_number(record.get("cost")),
        order_date=filled or trade.open_date,
        order_filled_date=filled,
        ft_order_tag=record.get("ft_order_tag") or None,
        leverage=trade.leverage,
    )


def _lock(record: Record) -> PairLock:
    return PairLock(
        pair=record["pair"],
        side=record.get("side") or "*",
        reason=record.get("reason"),
        lock_time=to_date(record["lock_timestamp"]),
        lock_end_time=to_date(record["lock_end_timestamp"]),
        active=bool(record.get("active", True)),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _date(value: Any) -> datetime | None:
    return None if value is None else to_date(value)


def _problem(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
