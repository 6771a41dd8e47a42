"""The public trades of the simulated market make its candles."""

import numpy as np
import pytest

from appliance.exchange.simulated.market import SimulatedMarket
from appliance.research.data.tables import candles_of_trades
from appliance.research.data.trades import PublicTrades

NOW = 1767225607000
HOUR_MS = 3_600_000


@pytest.fixture
async def market():
    simulated = SimulatedMarket(seed=3, clock=lambda: NOW)
    yield simulated
    await simulated.close()


async def test_candles_of_the_trades_are_those_of_the_market(market: SimulatedMarket) -> None:
    for pair in list(market.markets)[::7]:
        trades = PublicTrades.of_rows(
            await market.trade_history.fetch_since(pair, NOW // HOUR_MS * HOUR_MS - HOUR_MS)
        )
        columns = trades.columns
        made = candles_of_trades(trades.timestamps, columns["price"], columns["amount"], "5m")[:12]
        told = await market.fetch_candles(pair, "5m", since_ms=int(made[0, 0]), limit=12)
        assert len(made) == 12
        assert np.allclose(made, told, rtol=1e-12)


async def test_pages_overlap_in_the_last_trade_and_end_at_present(market: SimulatedMarket) -> None:
    history = market.trade_history
    found = list(await history.fetch_since("BTC/USDT", NOW - 2 * HOUR_MS + 1))
    assert len(found) == history.limit
    assert found[0].timestamp > NOW - 2 * HOUR_MS
    page = await history.fetch_after("BTC/USDT", found[-1])
    assert page[0] == found[-1]
    assert page[-1].timestamp <= NOW
    assert np.diff([int(trade.id) for trade in (*found, *page[1:])]).tolist() == [1] * (
        len(found) + len(page) - 2
    )
    assert await history.fetch_since("BTC/USDT", NOW + HOUR_MS) == []
