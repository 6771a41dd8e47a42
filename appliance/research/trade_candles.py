"""Make candles of stored public trades, without harming those that are stored already."""

from typing import TYPE_CHECKING

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.research.data.candles import CandleFiles, cut
from appliance.research.data.layout import CandleKey
from appliance.research.data.tables import better_than, candles_of_trades, joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from appliance.research.data.candles import Candles
    from appliance.research.data.trades import PublicTrades
    from appliance.research.timerange import TimeRange


def make_candles(
    trades: "PublicTrades", files: CandleFiles, key: CandleKey, timerange: "TimeRange", *, erase: bool = False
) -> str:
    """Make candles of trades and store them; return what was done.

    The first and the last may lack trades: they never take the place of a stored candle with more volume.
    With `erase`, the new candles replace the whole series, unless there are none.
    """
    columns = trades.columns
    made = candles_of_trades(trades.timestamps, columns["price"], columns["amount"], key.timeframe)
    whole = _whole(made, trades, key.timeframe)
    inside = np.isin(made[:, 0], cut(made, timerange)[:, 0])
    made, whole = made[inside], whole[inside]
    if not len(made):
        return "no trades in the time range; stored candles were left as they are"
    if erase:
        files.save(key, made)
        return f"{len(made)} candles"
    stored = files.load(key)
    if not len(stored):
        files.save(key, made)
        return f"{len(made)} candles"
    better = better_than(stored, made, whole=whole)
    together = joined(stored, better)
    files.save(key, together)
    replaced = len(stored) + len(better) - len(together)
    return f"{len(made)} candles; of the stored ones, {replaced} replaced, {len(stored) - replaced} kept"


def _whole(made: "Candles", trades: "PublicTrades", timeframe: str) -> "NDArray[np.bool_]":
    """Tell which candles have all their trades: stored trades may begin and end in the middle of one."""
    whole = np.ones(len(made), dtype=bool)
    if len(made):
        whole[0] = trades.timestamps[0] == made[0, 0]
        whole[-1] &= timeframes.next_open_ms(timeframe, int(made[-1, 0])) - 1 == trades.timestamps[-1]
    return whole
