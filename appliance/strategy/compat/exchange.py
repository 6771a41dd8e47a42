"""Offer the arithmetic of time frames and precision that strategies import from `freqtrade.exchange`."""

# The names of arguments are those that strategies use.
# ruff: noqa: N803

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from appliance.domain.enums import PrecisionMode
from appliance.domain.money import amount_to_contract_step, amount_to_step, price_to_tick
from appliance.strategy.timeframes import (
    timeframe_to_floor_freq,
    timeframe_to_minutes,
    timeframe_to_msecs,
    timeframe_to_next_date,
    timeframe_to_prev_date,
    timeframe_to_resample_freq,
    timeframe_to_seconds,
)


def date_minus_candles(timeframe: str, candle_count: int, date: datetime | None = None) -> datetime:
    """Return the opening time of the candle `candle_count` candles before the one that contains `date`."""
    opened = timeframe_to_prev_date(timeframe, date or datetime.now(UTC))
    return opened - timedelta(seconds=timeframe_to_seconds(timeframe) * candle_count)


def price_to_precision(price: float, price_precision: float | None, precisionMode: int | None) -> float:
    return price_to_tick(price, price_precision, precisionMode or PrecisionMode.TICK_SIZE)


def amount_to_precision(amount: float, amount_precision: float | None, precisionMode: int | None) -> float:
    return amount_to_step(amount, amount_precision, precisionMode or PrecisionMode.TICK_SIZE)


def amount_to_contract_precision(
    amount: float,
    amount_precision: float | None,
    precisionMode: int | None,
    contract_size: float | None,
) -> float:
    mode = precisionMode or PrecisionMode.TICK_SIZE
    return amount_to_contract_step(amount, amount_precision, mode, contract_size)


def amount_to_contracts(amount: float, contract_size: float | None) -> float:
    """Return the number of contracts of an amount (base currency); without a contract size, the amount."""
    return amount / contract_size if contract_size and contract_size != 1 else amount


def contracts_to_amount(num_contracts: float, contract_size: float | None) -> float:
    """Return the amount (base currency) of a number of contracts."""
    return num_contracts * contract_size if contract_size and contract_size != 1 else num_contracts


def market_is_active(market: Mapping[str, Any]) -> bool:
    """Return whether a market is active; it is unless the exchange states otherwise."""
    return market.get("active", True) is not False


__all__ = [
    "amount_to_contract_precision",
    "amount_to_contracts",
    "amount_to_precision",
    "contracts_to_amount",
    "date_minus_candles",
    "market_is_active",
    "price_to_precision",
    "timeframe_to_floor_freq",
    "timeframe_to_minutes",
    "timeframe_to_msecs",
    "timeframe_to_next_date",
    "timeframe_to_prev_date",
    "timeframe_to_resample_freq",
    "timeframe_to_seconds",
]
