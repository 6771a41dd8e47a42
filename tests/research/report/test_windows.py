"""Candles around trades."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.report.windows import (
    LEAST,
    LEAST_AROUND,
    MOST,
    PackedCandles,
    Window,
    candles_allowed,
    merged,
    pack_windows,
)
from tests.research.report.made import START_MS, STEP_MS, rows, trade


def unpacked(block: PackedCandles, window: Window) -> np.ndarray:
    """Read a window as the page's script does: seconds, open, high, low, close."""
    octets = np.frombuffer(zlib.decompress(base64.b64decode(block.content)), np.uint8).reshape(4, -1)
    values = (octets.astype(np.int64) << np.array([[0], [8], [16], [24]])).sum(axis=0)
    passed, moved, body, above, below = values.reshape(5, -1)[:, window.start : window.start + window.count]
    signed = [np.where(one % 2, -(one + 1) // 2, one // 2) for one in (moved, body)]
    close = np.cumsum(signed[0] + signed[1])
    opens = close - signed[1]
    high, low = np.maximum(opens, close) + above, np.minimum(opens, close) - below
    return np.column_stack((np.cumsum(passed), *(np.array([opens, high, low, close]) / 10**block.places)))


def test_a_window_has_the_trade_and_some_candles_around_it():
    pair = rows([100 + 0.25 * n for n in range(300)])
    trades = [
        trade((100, "entry", 1.0, 100.0), (110, "exit", 1.0, 101.0)),
        trade((2, "entry", 1.0, 100.0), (298, "exit", 1.0, 101.0)),
    ]
    block, windows = pack_windows("ETH/USDT", pair, trades, MOST)
    assert windows == [Window(0, 11 + 2 * LEAST_AROUND, 1), Window(11 + 2 * LEAST_AROUND, 300, 1)]
    assert block.count == 371
    seen = unpacked(block, windows[0])
    first = 100 - LEAST_AROUND
    assert seen[:, 0].tolist() == [START_MS // 1000 + 300 * (first + n) for n in range(71)]
    place = slice(first, first + 71)
    wanted = np.column_stack([getattr(pair, name)[place] for name in ("open", "high", "low", "close")])
    assert seen[:, 1:] == pytest.approx(wanted, abs=10.0**-block.places / 2 + 1e-12)


def test_a_long_trade_is_shown_on_longer_candles():
    pair = rows([100.0 + n % 7 for n in range(1000)])
    block, windows = pack_windows(
        "ETH/USDT", pair, [trade((0, "entry", 1.0, 100.0), (999, "exit", 1.0, 101.0))], 60
    )
    assert windows == [Window(0, 59, 17)]
    seen = unpacked(block, windows[0])
    assert seen[:, 2].max() == pytest.approx(pair.high.max(), abs=0.01)
    assert seen[:, 3].min() == pytest.approx(pair.low.min(), abs=0.01)
    assert seen[-1, 4] == pytest.approx(pair.close[-1])


def test_merged_candles_keep_open_extremes_and_close():
    pair = rows([100.0, 120.0, 80.0, 90.0, 95.0])
    (first, last), counts = merged(pair, np.array([0]), np.array([5]), np.array([3]))
    assert counts.tolist() == [2]
    assert first.tolist() == [START_MS // 1000, 100.0, pytest.approx(121.2), pytest.approx(79.2), 80.0]
    assert last.tolist() == [START_MS // 1000 + 900, 80.0, pytest.approx(95.95), pytest.approx(79.2), 95.0]


def test_windows_may_overlap_and_lie_in_any_order():
    pair = rows([100.0 + n for n in range(10)])
    begins, ends, sizes = np.array([4, 0, 8, 3]), np.array([9, 6, 10, 4]), np.array([2, 3, 5, 1])
    candles, counts = merged(pair, begins, ends, sizes)
    assert counts.tolist() == [3, 2, 1, 1]
    spans = [(4, 6), (6, 8), (8, 9), (0, 3), (3, 6), (8, 10), (3, 4)]
    assert candles[:, 2].tolist() == [pair.high[slice(*span)].max() for span in spans]
    assert candles[:, 3].tolist() == [pair.low[slice(*span)].min() for span in spans]
    assert candles[:, 4].tolist() == [pair.close[last - 1] for _, last in spans]


def test_gaps_stay_gaps():
    pair = rows([100.0] * 40)
    pair.opened[20:] += 7 * STEP_MS
    block, (window,) = pack_windows(
        "ETH/USDT", pair, [trade((0, "entry", 1.0, 100.0), (5, "exit", 1.0, 101.0))], MOST
    )
    steps = np.diff(unpacked(block, window)[:, 0])
    assert set(steps.tolist()) == {300.0, 2400.0}


def test_no_trade_needs_no_candle():
    block, windows = pack_windows("ETH/USDT", rows([1.0]), [], MOST)
    assert (block.count, block.content, windows) == (0, "", [])


@pytest.mark.parametrize(("trades", "candles"), [(0, MOST), (100, MOST), (2000, 300), (100_000, LEAST)])
def test_many_trades_have_fewer_candles_each(trades: int, candles: int):
    assert candles_allowed(trades) == candles


@given(
    st.lists(st.floats(1e-7, 1e5).map(lambda price: float(f"{price:.5g}")), min_size=1, max_size=200),
    st.integers(0, 199), st.integers(0, 199), st.integers(2, 80),
)  # fmt: skip
def test_candles_come_back_as_they_were(closes, begin, end, most):
    pair = rows(closes)
    one = trade((min(begin, end), "entry", 1.0, 1.0), (max(begin, end), "exit", 1.0, 1.0))
    block, (window,) = pack_windows("ETH/USDT", pair, [one], most)
    assert 0 < window.count <= most
    seen = unpacked(block, window)
    assert (np.diff(seen[:, 0]) > 0).all()
    assert (seen[:, 2] >= seen[:, 1:].max(axis=1)).all()
    assert (seen[:, 3] <= seen[:, 1:].min(axis=1)).all()
