"""Make the candles of the goldens: random walks of one minute, the same bit for bit on every machine.

Only + - * / sqrt and integers of PCG64 are used. Peculiarities on purpose: SUI/USDT is listed on 2025-07-15
at 07:35; LTC/USDT lacks candles, and has outages of 6 and 26 hours; AVAX/USDT and SHIB/USDT stand still at
times; ADA/USDT changes its tick on 2025-07-01; GAP/USDT jumps by up to 2.5 % from one candle to the next.
"""

import hashlib
import math
from typing import NamedTuple

import numpy as np

SEED = 20260922
START = 1_735_689_600_000
"""2025-01-01 (ms, UTC)."""
MINUTE, DAY = 60_000, 1440
COUNT = 365 * DAY
JULY, AUGUST = 181 * DAY, 212 * DAY
"""Minutes of the year before these months."""


class Walk(NamedTuple):
    """How a pair moves: `beta` is its share in the market's moves, `own` its volatility (1e-4 a minute)."""

    price: float
    decimals: int
    volume_decimals: int
    beta: float
    own: float


SPOT = {
    "BTC/USDT": Walk(94000.0, 2, 5, 1.0, 2.0),
    "ETH/USDT": Walk(3350.0, 2, 4, 1.1, 4.0),
    "BNB/USDT": Walk(700.0, 2, 3, 0.8, 4.0),
    "SOL/USDT": Walk(190.0, 2, 3, 1.3, 6.0),
    "XRP/USDT": Walk(2.1, 4, 0, 1.0, 7.0),
    "ADA/USDT": Walk(0.85, 4, 1, 1.1, 7.0),
    "DOGE/USDT": Walk(0.32, 5, 0, 1.2, 8.0),
    "DOT/USDT": Walk(6.7, 3, 2, 1.0, 7.0),
    "LTC/USDT": Walk(103.0, 2, 3, 0.9, 6.0),
    "AVAX/USDT": Walk(36.0, 2, 2, 1.2, 8.0),
    "SHIB/USDT": Walk(0.00002134, 8, 0, 1.2, 9.0),
    "SUI/USDT": Walk(4.1, 4, 1, 1.4, 10.0),
    "GAP/USDT": Walk(12.5, 3, 2, 0.6, 6.0),
}
FUTURES = {
    "BTC/USDT:USDT": Walk(94010.0, 1, 3, 1.0, 2.0),
    "ETH/USDT:USDT": Walk(3351.0, 2, 3, 1.1, 4.0),
    "SOL/USDT:USDT": Walk(190.1, 2, 0, 1.3, 6.0),
}
PAIRS = {**SPOT, **FUTURES}


class Numbers:
    """Random numbers, a sequence of its own for each purpose."""

    def __init__(self, *purpose: str) -> None:
        digest = hashlib.sha256(repr((SEED, *purpose)).encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(digest[:8], "little"))

    def uniform(self, count: int) -> np.ndarray:
        return (self._bits.random_raw(count) >> np.uint64(11)).astype(np.float64) * (1.0 / (1 << 53))

    def normal(self, count: int) -> np.ndarray:
        """Sums of uniform numbers, of variance 1; four in a thousand are jumps."""
        total = self.uniform(count)
        for _ in range(5):
            total = total + self.uniform(count)
        z = (total - 3.0) * math.sqrt(2.0)
        jump = self.uniform(count)
        return np.where(jump < 0.004, z * 4.5, z)

    def integers(self, low: int, high: int, count: int) -> np.ndarray:
        return (low + (self.uniform(count) * (high - low)).astype(np.int64)).astype(np.int64)


class Minutes(NamedTuple):
    """Candles of one minute, prices in steps of the last decimal; `present` says whether there is one."""

    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray
    present: np.ndarray


def market() -> np.ndarray:
    """Return how the whole market moves in each minute (ratios): calm and wild times, days and nights."""
    numbers = Numbers("market")
    drift, volatility = _regimes(numbers)
    z = numbers.normal(COUNT)
    minute = np.arange(COUNT) % DAY
    season = 0.7 + 0.6 * (1.0 - np.abs(minute - 840.0) / 840.0).clip(0.0, 1.0)
    moves, heat = [0.0] * COUNT, 1.0
    columns = (z.tolist(), volatility.tolist(), season.tolist(), drift.tolist())
    for place, (shock, wild, hour, trend) in enumerate(zip(*columns, strict=True)):
        error = math.sqrt(heat) * shock
        moves[place] = trend + 0.00045 * wild * hour * error
        heat = 0.02 + 0.08 * min(error * error, 25.0) + 0.90 * heat
    return np.array(moves)


def minutes_of(pair: str, moves: np.ndarray) -> Minutes:
    """Return a pair's candles, which move with the market."""
    walk, numbers = PAIRS[pair], Numbers("minutes", pair)
    still = _still(pair, numbers)
    present = _present(pair, numbers)
    scale, step = float(10**walk.decimals), np.ones(COUNT, dtype=np.int64)
    if pair == "ADA/USDT":
        step[:JULY] = 10
    jumps = None
    if pair == "GAP/USDT":
        jumps = np.zeros(COUNT)
        at = numbers.integers(1, COUNT // 5, 2500) * 5
        jumps[at] = (numbers.uniform(2500) - 0.5) * 0.05
    middle = _path(pair, moves, still, jumps)
    close = np.maximum(1, np.floor(middle * scale / step + 0.5).astype(np.int64)) * step
    first = math.floor(walk.price * scale / step[0] + 0.5) * int(step[0])
    before = np.concatenate([[first], close[:-1]]) // step * step
    jitter = numbers.uniform(COUNT)
    opened = before + np.where(jitter < 0.06, step, np.where(jitter > 0.94, -step, 0))
    if jumps is not None:
        opened = np.where(jumps != 0.0, np.floor(before * (1.0 + jumps) + 0.5).astype(np.int64), opened)
    opened = np.maximum(step, opened)
    high, low = _wicks(walk, numbers, opened, close, step)
    volume = _volume(pair, numbers, opened, close)
    volume = np.where(still, 0, volume)
    opened = np.where(still, before, opened)
    for prices in (close, high, low):
        prices[still] = before[still]
    if pair == "DOT/USDT":
        volume = np.where(numbers.uniform(COUNT) < 0.02, 0, volume)
    return Minutes(opened, high, low, close, volume, present)


def candles_of(pair: str, minutes: Minutes, length: int, *, since: int = 0, until: int = COUNT) -> np.ndarray:
    """Return the candles of `length` minutes between two minutes of the year, as `CandleFiles` saves them."""
    places = np.flatnonzero(minutes.present)
    places = places[(places >= since) & (places < until)]
    groups = places // length
    first = np.concatenate([[0], np.flatnonzero(np.diff(groups)) + 1])
    last = np.concatenate([first[1:] - 1, [len(places) - 1]])
    price, amount = float(10 ** PAIRS[pair].decimals), float(10 ** PAIRS[pair].volume_decimals)
    return np.column_stack(
        (
            START + groups[first] * length * MINUTE,
            minutes.open[places][first] / price,
            np.maximum.reduceat(minutes.high[places], first) / price,
            np.minimum.reduceat(minutes.low[places], first) / price,
            minutes.close[places][last] / price,
            np.add.reduceat(minutes.volume[places], first) / amount,
        )
    )


def mark_and_funding(pair: str, hourly: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a pair's hourly mark candles, and its funding rates of every eighth hour."""
    numbers = Numbers("mark", pair)
    price = float(10 ** (PAIRS[pair].decimals + 2))
    mark = hourly.copy()
    for column in (1, 4):
        noisy = mark[:, column] * (1.0 + (numbers.uniform(len(mark)) - 0.5) * 2e-4)
        mark[:, column] = np.floor(noisy * price + 0.5) / price
    mark[:, 2] = np.maximum(mark[:, 2], np.maximum(mark[:, 1], mark[:, 4]))
    mark[:, 3] = np.minimum(mark[:, 3], np.minimum(mark[:, 1], mark[:, 4]))
    mark[:, 5] = 0.0
    dates = hourly[hourly[:, 0] // (60 * MINUTE) % 8 == 0, 0]
    u = numbers.uniform(len(dates))
    return mark, np.column_stack((dates, np.floor((u * u * 4.0 - 0.9) * 10000.0 + 0.5) / 1e8))


def _regimes(numbers: Numbers) -> tuple[np.ndarray, np.ndarray]:
    """Return the drift of each minute and a factor of the volatility: constant for days, then another."""
    drift, volatility, at = np.zeros(COUNT), np.ones(COUNT), 0
    while at < COUNT:
        length = int(numbers.integers(1 * DAY, 11 * DAY, 1)[0])
        kind, strength = float(numbers.uniform(1)[0]), float(numbers.uniform(1)[0])
        if kind < 0.35:
            trend, wild = (0.004 + 0.02 * strength) / DAY, 0.8 + 0.5 * strength
        elif kind < 0.65:
            trend, wild = -(0.004 + 0.02 * strength) / DAY, 1.0 + 0.8 * strength
        else:
            trend, wild = 0.0, 0.5 + 0.5 * strength
        drift[at : at + length], volatility[at : at + length] = trend, wild
        at += length
    return drift, volatility


def _still(pair: str, numbers: Numbers) -> np.ndarray:
    still = np.zeros(COUNT, dtype=bool)
    if pair in ("AVAX/USDT", "SHIB/USDT"):
        begins, lengths = numbers.integers(0, COUNT, 260), numbers.integers(7, 150, 260)
        for begin, length in zip(begins, lengths, strict=True):
            still[begin : begin + length] = True
    return still


def _present(pair: str, numbers: Numbers) -> np.ndarray:
    present = np.ones(COUNT, dtype=bool)
    if pair == "SUI/USDT":
        present[: 195 * DAY + 7 * 60 + 35] = False
    if pair == "LTC/USDT":
        for place in numbers.integers(0, COUNT // 5, int(COUNT // 5 * 0.005)).tolist():
            present[place * 5 : place * 5 + 5] = False
        for begin, length in ((JULY + 9 * DAY + 610, 360), (AUGUST + 11 * DAY + 100, 26 * 60)):
            present[begin : begin + length] = False
    return present


def _path(pair: str, moves: np.ndarray, still: np.ndarray, jumps: np.ndarray | None) -> np.ndarray:
    begin, _, _, beta, own = PAIRS[pair]
    numbers = Numbers("path", pair)
    drift, volatility = _regimes(numbers)
    change = beta * moves + 0.4 * drift + (own * 1e-4) * volatility * numbers.normal(COUNT)
    change = np.where(still, 0.0, change)
    if jumps is not None:
        change = change + jumps
    path, price = [0.0] * COUNT, begin
    for place, one in enumerate(change.tolist()):
        pull = 2e-6 * (begin / price - 1.0) if price > begin else 2e-6 * (1.0 - price / begin)
        price = price * (1.0 + max(-0.08, min(0.08, one)) + pull)
        path[place] = price
    return np.array(path)


def _wicks(
    walk: Walk, numbers: Numbers, opened: np.ndarray, close: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    top, bottom = np.maximum(opened, close), np.minimum(opened, close)
    wick = 0.0004 if walk.decimals > 1 else 0.0003
    up = numbers.uniform(COUNT) * numbers.uniform(COUNT) * numbers.uniform(COUNT)
    down = numbers.uniform(COUNT) * numbers.uniform(COUNT) * numbers.uniform(COUNT)
    spike = numbers.uniform(COUNT)
    up = np.where(spike < 0.0006, up * 25.0, up)
    down = np.where(spike > 0.9994, down * 25.0, down)
    high = top + (top * (wick * 4.0) * up / step).astype(np.int64) * step
    low = bottom - (bottom * (wick * 4.0) * down / step).astype(np.int64) * step
    return high, np.maximum(step, low)


def _volume(pair: str, numbers: Numbers, opened: np.ndarray, close: np.ndarray) -> np.ndarray:
    turnover = 120000.0 if pair.startswith(("BTC", "ETH")) else 25000.0
    move = np.abs(close - opened) / opened
    u = numbers.uniform(COUNT)
    amount = (turnover / PAIRS[pair].price) * (0.05 + u * u * 1.5 + 900.0 * move)
    return (amount * float(10 ** PAIRS[pair].volume_decimals)).astype(np.int64) + 1
