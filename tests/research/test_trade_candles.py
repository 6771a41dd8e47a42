"""Candles made of stored public trades, which may begin and end in the middle of one."""

import numpy as np
import pytest

from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from appliance.research.data.trades import PublicTrades
from appliance.research.timerange import TimeRange
from appliance.research.trade_candles import make_candles

FIRST = 1735689600000
MINUTE = 60_000
KEY = CandleKey("BTC/USDT", "1m")


def trades(*times_ms: int) -> PublicTrades:
    return PublicTrades.of_rows([(FIRST + at, str(at), None, "buy", 2.0, 1.0, 2.0) for at in times_ms])


@pytest.fixture
def files(tmp_path):
    """Three whole candles of a minute, at the price 1 and with the volume 3."""
    candles = CandleFiles(tmp_path, "feather")
    candles.save(KEY, np.array([[FIRST + n * MINUTE, 1, 1, 1, 1, 3] for n in range(3)], dtype=float))
    return candles


@pytest.mark.parametrize(
    ("times", "closes"),
    [
        ((10, MINUTE, 2 * MINUTE), [1, 2, 1]),  # both ends may lack trades
        ((0, MINUTE, 2 * MINUTE), [2, 2, 1]),
        ((10, MINUTE, 3 * MINUTE - 1), [1, 2, 2]),
        ((10, 20, 30, 40, MINUTE, 2 * MINUTE), [2, 2, 1]),  # it has more than what is stored
        ((10, 3 * MINUTE), [1, 1, 1, 2]),
        ((10,), [1, 1, 1]),
    ],
)
def test_a_part_of_a_candle_never_takes_the_place_of_a_whole_one(files, times, closes):
    make_candles(trades(*times), files, KEY, TimeRange())
    assert files.load(KEY)[:, 4].tolist() == closes


def test_a_candle_that_was_a_part_is_completed_by_later_trades(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    make_candles(trades(0, MINUTE), files, KEY, TimeRange())
    make_candles(trades(0, MINUTE, MINUTE + 5, 2 * MINUTE), files, KEY, TimeRange())
    assert files.load(KEY)[:, 5].tolist() == [1, 2, 1]
