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
from appliance.research.data.layout import CandleKey, columns_of
from appliance.research.download.candles import CandleDownload, Part, missing_part
from appliance.research.download.wish import Wish
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

    def begin(self, name, unit): ...
    def advance(self, name, share, rows):
        assert 0 <= share <= 1
        assert rows >= 0

    def end(self, name, note):
        self.notes[name] = note


def download(market, files, keys, wish, **more):
    """Download; return why some failed, and what was noted."""
    progress = Silent()
    failed = asyncio.run(CandleDownload(market, files, wish, progress, **more).run(keys))
    return failed, progress.notes


def hours(candles):
    return (candles[:, 0] / HOUR).astype(int).tolist()


def test_a_range_is_downloaded_whole_without_the_unfinished_candle(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    failed, _ = download(Market(), files, [BTC], Wish(TimeRange(MIDNIGHT - 20 * DAY)))
    candles = files.load(BTC)
    assert hours(candles) == list(range(-(-(MIDNIGHT - 20 * DAY) // HOUR), NOW // HOUR))
    assert failed == {}


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
    failed, _ = download(Market(), files, keys, Wish(TimeRange(MIDNIGHT - DAY)))
    assert set(failed) == {keys[1], keys[3]}
    assert len(files.load(keys[2])) == 24


def test_what_was_saved_before_a_failure_is_gone_on_with(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    clock = iter(range(0, 10**6, 6))
    failing = Market(page=10, failing=(8,))
    failed, _ = download(
        failing, files, [BTC], Wish(TimeRange(MIDNIGHT - 10 * DAY)), seconds=lambda: next(clock)
    )
    assert failed == {BTC: "the exchange does not answer"}
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
        run = CandleDownload(market, files, wish, Silent(), seconds=lambda: market.calls * 6.0)
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
    failed, _ = download(market, files, keys, Wish(TimeRange(MIDNIGHT - 4 * DAY)))
    assert failed == {}
    assert sorted(files.keys(futures=True)) == sorted(keys)
    assert len(files.load(keys[1])) == 4 * 24
    rates = files.load(keys[2])
    assert rates.shape[1] == 2
    assert len(rates) == 4 * 3


@pytest.mark.parametrize("kind", ["index", "premiumIndex", "open_interest"])
def test_other_series_are_stored_with_their_columns(tmp_path, kind):
    files = CandleFiles(tmp_path, "feather")
    market = Market(mode=TradingMode.FUTURES)
    key = CandleKey("BTC/USDT:USDT", "1h", kind)
    assert download(market, files, [key], Wish(TimeRange(MIDNIGHT - 20 * DAY)))[0] == {}
    stored = files.load(key)
    assert len(stored) == 20 * 24
    assert stored.shape[1] == 1 + len(columns_of(kind))
    assert (tmp_path / "futures" / f"BTC_USDT_USDT-1h-{kind}.feather").is_file()


def test_spot_markets_have_no_other_series(tmp_path):
    key = CandleKey("BTC/USDT", "1h", "mark")
    failed, _ = download(Market(), CandleFiles(tmp_path, "feather"), [key], Wish(TimeRange(MIDNIGHT - DAY)))
    assert failed == {key: "simulated has no candles of the type mark"}


def test_a_pair_listed_years_later_needs_few_requests(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    market = Market(listed=MIDNIGHT - 3 * DAY)
    _, notes = download(market, files, [BTC], Wish(TimeRange(MIDNIGHT - 2000 * DAY)))
    assert len(files.load(BTC)) == 3 * 24
    assert market.calls < 60  # a hundred days each
    assert "the exchange has no earlier ones" in notes[str(BTC)]


class Forgetful(Market):
    """A market that only has the newest hundred candles, whatever is asked for."""

    keeps_candles = False

    async def fetch_candles(self, pair, timeframe, *, since_ms=None, limit=None):
        return await super().fetch_candles(pair, timeframe, limit=100)


def test_no_gap_is_left_where_the_exchange_forgets(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    wish = Wish(TimeRange(MIDNIGHT - 20 * DAY))
    assert download(Forgetful(now=NOW - 9 * DAY), files, [BTC], wish)[0] == {}
    failed, _ = download(Forgetful(), files, [BTC], wish)
    assert "use --erase to begin anew" in failed[BTC]
    assert hours(files.load(BTC))[-1] == (NOW - 9 * DAY) // HOUR - 1
    assert download(Forgetful(now=NOW - 7 * DAY), files, [BTC], wish)[0] == {}
    assert (np.diff(files.load(BTC)[:, 0]) == HOUR).all()
    market = Forgetful()
    download(market, files, [BTC], Wish(TimeRange(MIDNIGHT - 2000 * DAY), prepend=True))
    assert market.calls == 1


def test_what_is_to_be_erased_stays_until_there_is_something_else(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    download(Market(), files, [BTC], Wish(TimeRange(MIDNIGHT - 2 * DAY)))
    before = files.load(BTC)
    wish = Wish(TimeRange(MIDNIGHT - 9 * DAY), erase=True)
    failed, _ = download(Market(failing=(1,)), files, [BTC], wish)
    assert failed
    assert np.array_equal(files.load(BTC), before)


def test_a_download_that_is_interrupted_keeps_what_it_has(tmp_path):
    files = CandleFiles(tmp_path, "feather")
    failed, _ = download(Market(page=10, failing=(4,)), files, [BTC], Wish(TimeRange(MIDNIGHT - 9 * DAY)))
    assert failed
    assert len(files.load(BTC)) == 30


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
