"""Downloading candles: from the simulated market, and from an exchange that fails and lists pairs late."""

import asyncio
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.enums import TradingMode
from appliance.domain.errors import TemporaryExchangeError
from appliance.exchange.simulated.market import SimulatedMarket
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from appliance.research.download import Download, Part, Wish, missing_part
from appliance.research.timerange import TimeRange

MIDNIGHT = 1767225600000
NOW = MIDNIGHT + 7_000  # seven seconds into 2026
HOUR, DAY = 3_600_000, 86_400_000
BTC = CandleKey("BTC/USDT", "1h")


class Market(SimulatedMarket):
    """A simulated market that lists its pairs late, gives few candles a call, and fails at some calls."""

    def __init__(self, *, mode=TradingMode.SPOT, now=NOW, listed=0, page=100, failing=()):
        super().__init__(seed=3, clock=lambda: now, mode=mode)
        self.listed, self.page, self.failing, self.calls = listed, page, failing, 0

    @property
    def candle_limit(self):
        return self.page

    async def fetch_candles(self, pair, timeframe, *, since_ms=None, limit=None):
        self.calls += 1
        if self.calls in self.failing:
            raise TemporaryExchangeError("the exchange does not answer")
        candles = await super().fetch_candles(pair, timeframe, since_ms=since_ms, limit=min(limit, self.page))
        return candles[candles[:, 0] >= self.listed]


class Silent:
    def __init__(self):
        self.notes = {}

    def begin(self, key, total): ...
    def advance(self, key, done): ...
    def end(self, key, note):
        self.notes[key] = note


def download(market, files, keys, wish, **more):
    run = Download(market, files, wish, Silent(), **more)
    asyncio.run(run.run(keys))
    return run


def hours(candles):
    return (candles[:, 0] / HOUR).astype(int).tolist()


def test_a_range_is_downloaded_whole_without_the_unfinished_candle(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    run = download(Market(), files, [BTC], Wish(TimeRange(MIDNIGHT - 20 * DAY)))
    candles = files.load(BTC)
    assert hours(candles) == list(range(-(-(MIDNIGHT - 20 * DAY) // HOUR), NOW // HOUR))
    assert run.failed == {}


def test_without_a_range_it_is_thirty_days(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    download(Market(), files, [BTC], Wish())
    assert len(files.load(BTC)) == 30 * 24 - 1  # the first hour had begun


def test_what_is_stored_is_continued_and_its_last_candle_fetched_again(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    download(Market(now=NOW - 2 * DAY), files, [BTC], Wish(TimeRange(MIDNIGHT - 5 * DAY)))
    stored = files.load(BTC)
    stored[-1, 4] = 1.0
    files.save(BTC, stored)
    market = Market()
    download(market, files, [BTC], Wish(TimeRange(MIDNIGHT - 5 * DAY)))
    candles = files.load(BTC)
    assert len(candles) == 5 * 24
    assert (candles[:, 4] != 1.0).all()
    assert market.calls == 1


def test_an_earlier_start_needs_prepend(tmp_path, caplog):
    files = CandleFiles(tmp_path, "feather")
    download(Market(), files, [BTC], Wish(TimeRange(MIDNIGHT - 5 * DAY)))
    download(Market(), files, [BTC], Wish(TimeRange(MIDNIGHT - 9 * DAY)))
    assert len(files.load(BTC)) == 5 * 24
    assert "--prepend" in caplog.text
    download(Market(), files, [BTC], Wish(TimeRange(MIDNIGHT - 9 * DAY), prepend=True))
    assert hours(files.load(BTC)) == list(range(-(-(MIDNIGHT - 9 * DAY) // HOUR), NOW // HOUR))


def test_erase_begins_anew(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    download(Market(), files, [BTC], Wish(TimeRange(MIDNIGHT - 9 * DAY)))
    download(Market(), files, [BTC], Wish(TimeRange(MIDNIGHT - 2 * DAY, MIDNIGHT - DAY), erase=True))
    assert len(files.load(BTC)) == 25  # both ends


def test_a_pair_listed_late_has_its_candles_from_then_on(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    download(Market(listed=MIDNIGHT - 3 * DAY), files, [BTC], Wish(TimeRange(MIDNIGHT - 40 * DAY)))
    assert len(files.load(BTC)) == 3 * 24


def test_trouble_with_one_series_stays_its_own(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    keys = [BTC, CandleKey("NO/PAIR", "1h"), CandleKey("ETH/USDT", "1h"), CandleKey("ETH/USDT", "7h")]
    run = download(Market(), files, keys, Wish(TimeRange(MIDNIGHT - DAY)))
    assert set(run.failed) == {keys[1], keys[3]}
    assert len(files.load(keys[2])) == 24


def test_what_was_saved_before_a_failure_is_gone_on_with(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    clock = iter(range(0, 10**6, 6))
    failing = Market(page=10, failing=(8,))
    run = download(failing, files, [BTC], Wish(TimeRange(MIDNIGHT - 10 * DAY)), seconds=lambda: next(clock))
    assert run.failed == {BTC: "the exchange does not answer"}
    saved = len(files.load(BTC))
    assert 0 < saved < 240
    again = Market(page=10)
    download(again, files, [BTC], Wish(TimeRange(MIDNIGHT - 10 * DAY)))
    assert len(files.load(BTC)) == 240
    assert again.calls <= 1 + (240 - saved + 10) // 10


@settings(max_examples=20, deadline=None)
@given(ends=st.lists(st.integers(1, 30), max_size=5), prepend=st.booleans())
def test_however_often_it_is_stopped_the_end_is_the_same(tmp_path_factory, ends, prepend):
    """Stop it after some calls, again and again; there is never a gap, and the last run completes it."""
    folder = tmp_path_factory.mktemp("data")
    files = CandleFiles(folder, "feather")
    wish = Wish(TimeRange(MIDNIGHT - 6 * DAY))

    async def stopped_after(calls: int) -> None:
        market = Market(page=9)
        run = Download(market, files, wish, Silent(), seconds=lambda: market.calls * 6.0)
        task = asyncio.create_task(run.run([BTC]))
        while market.calls < calls and not task.done():
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await market.close()

    if prepend:
        download(Market(), files, [BTC], Wish(TimeRange(MIDNIGHT - DAY, MIDNIGHT - HOUR)))
    for calls in ends:
        asyncio.run(stopped_after(calls))
        assert (np.diff(files.load(BTC)[:, 0]) == HOUR).all()
    download(Market(), files, [BTC], wish)
    if prepend:
        download(Market(), files, [BTC], Wish(wish.timerange, prepend=True))
    assert hours(files.load(BTC)) == list(range(-(-(MIDNIGHT - 6 * DAY) // HOUR), NOW // HOUR))


def test_futures_have_marks_and_funding_rates(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    market = Market(mode=TradingMode.FUTURES)
    pair = next(pair for pair in market.markets if pair.startswith("BTC/"))
    keys = [
        CandleKey(pair, "1h", "futures"),
        CandleKey(pair, "1h", "mark"),
        CandleKey(pair, "1h", "funding_rate"),
    ]
    run = download(market, files, keys, Wish(TimeRange(MIDNIGHT - 4 * DAY)))
    assert run.failed == {}
    assert sorted(files.keys(futures=True)) == sorted(keys)
    assert len(files.load(keys[1])) == 4 * 24
    rates = files.load(keys[2])
    assert rates.shape[1] == 2
    assert len(rates) == 4 * 3
    run = download(market, files, [CandleKey(pair, "1h", "index")], Wish(TimeRange(MIDNIGHT - DAY)))
    assert "index" in next(iter(run.failed.values()))


@pytest.mark.parametrize(
    ("stored", "wish", "part"),
    [
        ((), Wish(TimeRange(10 * HOUR + 1, 20 * HOUR)), Part(11 * HOUR, 20 * HOUR + 1)),
        ((5, 9), Wish(TimeRange(0)), Part(9 * HOUR, 100 * HOUR)),
        ((5, 9), Wish(TimeRange(0), prepend=True), Part(0, 5 * HOUR)),
        ((5, 9), Wish(TimeRange(7 * HOUR), prepend=True), Part(7 * HOUR, 5 * HOUR)),
        ((), Wish(new_pairs_days=1), Part(77 * HOUR, 100 * HOUR)),
    ],
)
def test_which_part_is_missing(stored, wish, part):
    candles = np.array([[hour * HOUR, 1, 1, 1, 1, 1] for hour in stored], dtype=float).reshape(-1, 6)
    assert missing_part(candles, wish, "1h", 100 * HOUR + 5) == part
