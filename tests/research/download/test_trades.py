"""Downloading public trades: from the simulated market, which may fail, and tell oddly many of one moment."""

import asyncio
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.errors import ExchangeError, TemporaryExchangeError
from appliance.domain.market import PublicTrade
from appliance.exchange.simulated.market import SimulatedMarket
from appliance.research.data.trades import PublicTrades, TradeFiles
from appliance.research.download.trades import TradeDownload
from appliance.research.download.wish import Wish
from appliance.research.timerange import TimeRange

NOW = 1767225607000
HOUR = 3_600_000
PAIR = "BTC/USDT"


class Market(SimulatedMarket):
    """A simulated market that fails at some requests."""

    def __init__(self, *, now=NOW, failing=()):
        super().__init__(seed=3, clock=lambda: now)
        self.failing, self.calls = failing, 0

    async def _fetch_trades(self, pair, since_ms, limit):
        self.calls += 1
        if self.calls in self.failing:
            raise TemporaryExchangeError("the exchange does not answer")
        return await super()._fetch_trades(pair, since_ms, limit)


class Silent:
    def __init__(self):
        self.notes = {}

    def begin(self, name, unit):
        assert unit == "trades"

    def advance(self, name, share, rows):
        assert 0 <= share <= 1

    def end(self, name, note):
        self.notes[name] = note


def download(market, files, wish, pairs=(PAIR,), **more):
    progress = Silent()
    failed = asyncio.run(TradeDownload(market, files, wish, progress, **more).run(list(pairs)))
    return failed, progress.notes


def ids(files):
    return [int(name) for name in files.load(PAIR).columns["id"]]


def check_whole(files, start_ms, end_ms=NOW):
    """All trades between are stored, each once."""
    stored = ids(files)
    assert np.diff(stored).tolist() == [1] * (len(stored) - 1)
    times = files.load(PAIR).timestamps
    assert start_ms <= times[0] < start_ms + 20_000
    assert end_ms - 20_000 < times[-1] < end_ms


@pytest.fixture
def files(tmp_path):
    return TradeFiles(tmp_path, "feather")


def test_all_trades_of_a_time_range_are_stored(files):
    failed, notes = download(Market(), files, Wish(TimeRange(NOW - 9 * HOUR, NOW - HOUR)))
    assert failed == {}
    check_whole(files, NOW - 9 * HOUR, NOW - HOUR + 1)
    assert notes == {PAIR: f"{len(ids(files))} new trades"}


def test_what_is_stored_is_continued(files, caplog):
    wish = Wish(TimeRange(NOW - 9 * HOUR))
    download(Market(now=NOW - 3 * HOUR), files, wish)
    market = Market()
    download(market, files, wish)
    check_whole(files, NOW - 9 * HOUR)
    assert market.calls <= 2 + 3 * 720 // 999
    assert download(Market(), files, wish)[1] == {PAIR: "up to date"}
    assert not caplog.text


def test_an_earlier_start_needs_prepend(files, caplog):
    download(Market(), files, Wish(TimeRange(NOW - 2 * HOUR)))
    download(Market(), files, Wish(TimeRange(NOW - 9 * HOUR)))
    check_whole(files, NOW - 2 * HOUR)
    assert "--prepend" in caplog.text
    older = Wish(TimeRange(NOW - 9 * HOUR), prepend=True)
    assert download(Market(failing=(3,)), files, older)[0]
    check_whole(files, NOW - 2 * HOUR)
    download(Market(), files, older)
    check_whole(files, NOW - 9 * HOUR)


def test_erase_begins_anew_once_there_is_something_new(files):
    download(Market(), files, Wish(TimeRange(NOW - 9 * HOUR)))
    wish = Wish(TimeRange(NOW - 2 * HOUR), erase=True)
    assert download(Market(failing=(1,)), files, wish)[0]
    check_whole(files, NOW - 9 * HOUR)
    download(Market(), files, wish)
    check_whole(files, NOW - 2 * HOUR)


def test_trouble_with_one_pair_stays_its_own(files):
    failed, _ = download(Market(), files, Wish(TimeRange(NOW - HOUR)), ("NO/PAIR", PAIR))
    assert list(failed) == ["NO/PAIR"]
    check_whole(files, NOW - HOUR)


def test_an_exchange_without_old_trades_is_refused(files):
    market = Market()
    market.trade_history = None
    with pytest.raises(ExchangeError, match="no public trades"):
        download(market, files, Wish())


@settings(max_examples=15, deadline=None)
@given(ends=st.lists(st.integers(1, 8), max_size=4))
def test_however_often_it_is_stopped_the_end_is_the_same(tmp_path_factory, ends):
    files = TradeFiles(tmp_path_factory.mktemp("data"), "feather")
    wish = Wish(TimeRange(NOW - 9 * HOUR))

    async def stopped_after(calls: int) -> None:
        market = Market()
        run = TradeDownload(market, files, wish, Silent(), seconds=lambda: market.calls * 6.0)
        task = asyncio.create_task(run.run([PAIR]))
        while market.calls < calls and not task.done():
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await market.close()

    for calls in ends:
        asyncio.run(stopped_after(calls))
    download(Market(), files, wish)
    check_whole(files, NOW - 9 * HOUR)


class OneMoment:
    """A history with more trades of one ms than a page holds; `fetch_after` knows times only."""

    limit = 3

    def __init__(self, times):
        self.trades = [PublicTrade(at, str(n), None, "buy", 1.0, 1.0, 1.0) for n, at in enumerate(times)]

    async def fetch_since(self, pair, since_ms):
        return [trade for trade in self.trades if trade.timestamp >= since_ms][: self.limit]

    async def fetch_after(self, pair, last):
        return await self.fetch_since(pair, last.timestamp)


def test_a_moment_with_more_trades_than_a_page_does_not_stop_the_download(files, caplog):
    market = Market()
    market.trade_history = OneMoment([NOW - 9, NOW - 8, NOW - 8, NOW - 8, NOW - 8, NOW - 3])
    download(market, files, Wish(TimeRange(NOW - HOUR)))
    assert ids(files) == [0, 1, 2, 3, 5]
    assert "more trades" in caplog.text
    assert isinstance(files.load(PAIR), PublicTrades)
