"""Put candles in order, join them, make them of public trades: pure functions over arrays, oldest first."""

from typing import TYPE_CHECKING

import numpy as np

from appliance.domain import timeframe as timeframes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def arranged(candles: "Array", *, is_ohlcv: bool = True) -> "Array":
    """Return candles by date, each date once.

    Of several candles of one date: the first open, the highest high, the lowest low, the last close, the
    largest volume; of other values the first.
    """
    dates = candles[:, 0]
    if len(dates) < 2 or (dates[1:] > dates[:-1]).all():
        return candles
    candles = candles[np.argsort(dates, kind="stable")]
    begins = np.flatnonzero(np.diff(candles[:, 0], prepend=np.nan) != 0)
    if len(begins) == len(candles):
        return candles
    once = candles[begins]
    if is_ohlcv:
        ends = np.append(begins[1:], len(candles)) - 1
        once[:, 2] = np.fmax.reduceat(candles[:, 2], begins)
        once[:, 3] = np.fmin.reduceat(candles[:, 3], begins)
        once[:, 4] = candles[ends, 4]
        once[:, 5] = np.fmax.reduceat(candles[:, 5], begins)
    return once


def joined(older: "Array", newer: "Array", *, is_ohlcv: bool = True) -> "Array":
    """Return both together; where both have a candle, the newer one counts."""
    if not len(newer):
        return older
    kept = older[~np.isin(older[:, 0], newer[:, 0])]
    return arranged(np.concatenate((kept, newer)), is_ohlcv=is_ohlcv)


def better_than(stored: "Array", made: "Array", *, whole: "NDArray[np.bool_]") -> "Array":
    """Return those candles made of trades that count beside stored ones.

    `whole` says which have all their trades; the others count only where nothing, or less volume, is stored.
    """
    places = np.searchsorted(stored[:, 0], made[:, 0])
    known = places < len(stored)
    known[known] = stored[places[known], 0] == made[known, 0]
    volumes = np.full(len(made), -1.0)
    volumes[known] = stored[places[known], 5]
    return made[whole | (made[:, 5] > volumes)]


def candles_of_trades(
    dates_ms: "NDArray[np.int64]", prices: "Array", amounts: "Array", timeframe: str
) -> "Array":
    """Return the candles that public trades make; times without a trade have none.

    dates_ms: ascending; prices in quote, amounts in base currency.
    """
    if not len(dates_ms):
        return np.empty((0, 6))
    opens = _opens(dates_ms, timeframe)
    begins = np.flatnonzero(np.diff(opens, prepend=-1) != 0)
    ends = np.append(begins[1:], len(opens)) - 1
    return np.column_stack(
        (
            opens[begins].astype(float),
            prices[begins],
            np.maximum.reduceat(prices, begins),
            np.minimum.reduceat(prices, begins),
            prices[ends],
            np.add.reduceat(amounts, begins),
        )
    )


def _opens(dates_ms: "NDArray[np.int64]", timeframe: str) -> "NDArray[np.int64]":
    if timeframe[-1] in "wMy":  # they begin where the calendar says
        distinct, places = np.unique(dates_ms // 86_400_000, return_inverse=True)
        opened = [timeframes.candle_open_ms(timeframe, int(day) * 86_400_000) for day in distinct]
        return np.array(opened, dtype=np.int64)[places]
    length = timeframes.milliseconds(timeframe)
    return dates_ms // length * length
