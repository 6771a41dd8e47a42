"""What only futures markets have, as it was known at the present of a replayed market."""

import numpy as np
import pytest

from appliance.domain.errors import ExchangeError
from appliance.domain.futures import LeverageTier
from appliance.exchange.leverage_tiers import careful_tiers
from appliance.exchange.replayed.futures import ReplayedFutures
from appliance.exchange.replayed.played_time import PlayedTime

HOUR = 3_600_000
BEGIN = 1_700_000_000_000 // (8 * HOUR) * 8 * HOUR
PAIR = "A/USDT:USDT"
TIERS = (LeverageTier(least=0.0, most=None, largest_leverage=10.0, maintenance_ratio=0.01),)


class Stored:
    """Mark candles of each hour, a rate for every eighth."""

    def load_series(self, pair, timeframe, series):
        hours = BEGIN + np.arange(24) * HOUR
        prices = np.arange(100.0, 124.0)
        if pair != PAIR:
            return np.empty((0, 6))
        if series == "funding_rate":
            return np.column_stack((hours, prices / 1e6))[::8]
        return np.column_stack((hours, prices, prices + 2, prices - 1, prices + 1, prices * 0 + 5))


def futures_at(hours: float) -> ReplayedFutures:
    now = BEGIN + int(hours * HOUR)
    time = PlayedTime(now, now + 24 * HOUR, step_ms=1000, speed=1.0)
    return ReplayedFutures(
        stored=Stored(), time=time, tiers={PAIR: TIERS}, formula="with_maintenance_amount", grace_seconds=0
    )


async def test_without_stored_rates_it_says_what_to_download():
    with pytest.raises(
        ExchangeError, match=r"no mark candles \(1h\) of B/USDT:USDT to replay: download them"
    ):
        await futures_at(3).fetch_mark_candles("B/USDT:USDT", "1h")


async def test_mark_candles_show_no_future():
    rows = await futures_at(3.5).fetch_mark_candles(PAIR, "1h", since_ms=BEGIN + HOUR)
    assert ((rows[:, 0] - BEGIN) // HOUR).tolist() == [1, 2, 3]
    assert rows[-2, 1:].tolist() == [102, 104, 101, 103, 5]
    assert rows[-1, 1:].tolist() == [103, 103, 103, 103, 0]  # of the candle that runs, its open is known


async def test_the_newest_mark_candles_are_given_without_a_time():
    rows = await futures_at(5).fetch_mark_candles(PAIR, "1h", limit=2)
    assert ((rows[:, 0] - BEGIN) // HOUR).tolist() == [4, 5]
    series = await futures_at(5).fetch_series(PAIR, "1h", "mark", since_ms=BEGIN, limit=2)
    assert ((series[:, 0] - BEGIN) // HOUR).tolist() == [0, 1]


async def test_rates_are_those_that_have_been_charged():
    rates = await futures_at(9).fetch_funding_rates(PAIR, BEGIN + 1)
    assert [((rate.timestamp - BEGIN) // HOUR, rate.rate) for rate in rates] == [(8, pytest.approx(0.000108))]
    coming = await futures_at(9).fetch_funding_rate(PAIR)
    assert coming["fundingTimestamp"] == BEGIN + 16 * HOUR
    assert coming["fundingRate"] == pytest.approx(0.000108)


async def test_tiers_are_those_that_are_known_or_careful_ones():
    assert await futures_at(1).leverage_tiers(PAIR) == TIERS
    assert await futures_at(1).leverage_tiers("B/USDT:USDT") == careful_tiers()
    assert futures_at(1).delisting(PAIR) is None
