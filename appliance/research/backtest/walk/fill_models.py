"""Model what candles do not show: spread, slippage, scarce volume, gaps through stops.

All of it is opt-in; without, orders fill as in freqtrade's backtests. Decisions are made on the prices of
candles in any case: the models make the fills worse that follow, and a minimal ROI harder to reach. A rate
is rounded to the price step in the trader's disfavour. Reference: docs/backtesting.md.
"""

import math

import msgspec

from appliance.domain.market import Market
from appliance.domain.money import Rounding, amount_to_contract_step, price_to_tick, product, total
from appliance.domain.trade import Trade
from appliance.research.backtest.realism import Realism
from appliance.research.backtest.walk.candle import Candle

Tick = tuple[float | None, int]
"""A price step and the mode that it is in, as `price_to_tick` takes them."""


def tick_of(trade: Trade) -> Tick:
    """Return the price step that the exits of a trade are on."""
    return trade.price_precision, trade.precision_mode_price or trade.precision_mode


def worse(rate: float, ratio: float, tick: Tick, *, buying: bool) -> float:
    """Return a rate that is worse by a ratio, on the next price step: higher for buyers, lower for sellers.

    A rate of one step is not lowered: an order at 0 is none.
    """
    if not ratio:
        return rate
    moved = float(product(rate, total((1.0, ratio if buying else -ratio))))
    return price_to_tick(moved, *tick, Rounding.UP if buying else Rounding.DOWN) or rate


def quote(realism: Realism, rate: float, tick: Tick, *, buying: bool) -> float:
    """Return what a buyer is asked, or a seller is bid, while trades happen at `rate`."""
    return worse(rate, realism.spread / 2, tick, buying=buying)


def quoted(realism: Realism, candle: Candle, tick: Tick, *, buying: bool) -> Candle:
    """Return a candle of what buyers were asked, or sellers were bid: limit orders fill within it."""
    if not realism.spread:
        return candle
    rates = {
        name: quote(realism, getattr(candle, name), tick, buying=buying)
        for name in ("open", "high", "low", "close")
    }
    return msgspec.structs.replace(candle, **rates)


def slipped(realism: Realism, rate: float, tick: Tick, *, buying: bool) -> float:
    """Return the rate that a market order or a stop gets, instead of `rate`.

    It may lie beyond the candle: that shows what others traded, and an order that takes all of what is
    offered there goes on. A stop at the tip of a candle would otherwise be the one that does not slip.
    """
    return worse(rate, realism.slippage, tick, buying=buying)


def opened_beyond_stop(realism: Realism, trade: Trade, candle: Candle, stop: float) -> bool:
    """Return whether a candle opened beyond the stop that stood before it, and that is taken into account.

    A trade that is entered within this candle had no stop when it opened.
    """
    if not realism.gaps_through_stops:
        return False
    entered = trade.date_entry_fill_utc
    if entered is None or entered >= candle.opened:
        return False
    return candle.open > stop if trade.is_short else candle.open < stop


def largest_amount(realism: Realism, candle: Candle) -> float:
    """Return how much may trade within a candle (base currency)."""
    return math.inf if realism.volume_cap is None else realism.volume_cap * candle.volume


def entry_amount(realism: Realism, amount: float, candle: Candle, market: Market) -> float:
    """Return how much of an amount may be entered within a candle, on the lot step; 0 for nothing."""
    largest = largest_amount(realism, candle)
    if amount <= largest:
        return amount
    return amount_to_contract_step(
        largest, market.amount_precision, market.precision_mode, market.contract_size
    )
