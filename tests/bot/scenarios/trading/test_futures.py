"""Futures in dry-run: shorts, leverage, liquidation and its warning, funding, positions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError
from appliance.domain.futures import FundingRate
from appliance.exchange.leverage_tiers import careful_tiers
from appliance.queries.account import balance
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from tests.bot.scenarios.strategies.test_strategies import traded
from tests.server.scenarios.test_message_shapes import as_sent, differences
from tests.support.scripted import Scene, ScriptedMarket, scene

STRATEGIES = Path(__file__).parents[3] / "data" / "futures_strategies"
PAIR = "ETH/USDT:USDT"


class ScriptedFutures:
    """Answer funding and tiers that the test knows, for a scripted market."""

    formula = "with_maintenance_amount"
    grace_seconds = 0

    def __init__(self, market: "FuturesMarket") -> None:
        self._market = market
        self.silent = False

    async def leverage_tiers(self, pair):
        return careful_tiers()

    async def fetch_mark_candles(self, pair, timeframe, *, since_ms=None, limit=None):
        return await self._market.fetch_candles(pair, timeframe, since_ms=since_ms, limit=limit)

    async def fetch_funding_rates(self, pair, since_ms):
        if self.silent:
            await asyncio.Event().wait()
        return [each for each in self._market.funding if each.timestamp >= since_ms]

    def has(self, series):
        return True

    def delisting(self, pair):
        return None


class FuturesMarket(ScriptedMarket):
    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.funding: list = []
        self.futures = ScriptedFutures(self)
        self.prices = {f"{pair}:USDT": price for pair, price in self.prices.items()}
        self.markets = {
            f"{pair}:USDT": msgspec.structs.replace(
                market, pair=f"{pair}:USDT", spot=False, swap=True, contract_size=1.0
            )
            for pair, market in self.markets.items()
        }


@asynccontextmanager
async def futures_scene(folder: Path, **changes) -> AsyncIterator[Scene]:
    market = FuturesMarket(datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC))
    changes = {
        "trading_mode": "futures",
        "margin_mode": "isolated",
        "exchange.pair_whitelist": list(market.markets),
    } | changes
    async with scene(folder, market=market, **changes) as stage:
        yield stage


async def at(stage: Scene, price: float) -> None:
    stage.market.prices[PAIR] = price
    stage.market.wait(seconds=5)
    await stage.bot.run_one_cycle()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"dry_run": False, "exchange.name": "binance"},
            'trading_mode: live trading expects "spot", found "futures"',
        ),
        ({"margin_mode": "cross"}, 'margin_mode: expected "isolated", found "cross"'),
        ({"margin_mode": ""}, 'margin_mode: expected "isolated" in futures trading'),
        ({"trading_mode": "margin"}, 'trading_mode: expected "spot" or "futures"'),
    ],
)
async def test_a_missing_file_is_refused_in_one_line(tmp_path, changes, told):
    with pytest.raises(ConfigurationError, match=told):
        async with futures_scene(tmp_path, **changes):
            pass


async def test_leverage_is_kept_within_what_the_exchange_allows(tmp_path):
    async with futures_scene(tmp_path) as stage:
        trade = await stage.enter(PAIR, leverage=500.0)
        assert (trade.leverage, trade.stake_amount, trade.amount) == (20.0, 100.0, 20.0)


async def test_a_short_earns_when_the_price_falls(tmp_path):
    async with futures_scene(tmp_path, minimal_roi={"0": 0.1}) as stage:
        trade = await stage.bot.force_enter(EntryRequest(pair=PAIR, side="short", leverage=2.0))
        assert (trade.is_short, trade.entry_side, trade.amount) == (True, "sell", 2.0)
        assert trade.stop_loss == 105.0  # ten percent of the stake at twice its worth
        await at(stage, 94.0)
        (closed,) = stage.bot.book.closed
        assert closed.exit_reason == "roi"
        assert closed.realized_profit == pytest.approx(2 * (100 * 0.999 - 94 * 1.001))
        (told,) = stage.told("entry_fill")
        assert (told["direction"], told["leverage"]) == ("Short", 2.0)
        (lock,) = stage.bot.locks.active(stage.market.now)
        assert lock.side == "short"


async def test_liquidation_is_warned_of_once_and_ends_the_trade_before_it_comes(tmp_path):
    async with futures_scene(tmp_path, stoploss=-0.99) as stage:
        trade = await stage.enter(PAIR, leverage=10.0)
        assert trade.liquidation_price == pytest.approx(92.69)
        assert trade.liquidation_price > trade.stop_loss
        await at(stage, 93.5)
        await at(stage, 93.4)
        (warning,) = stage.told("liquidation_warning")
        assert (warning["positions_at_risk"], warning["open_positions"]) == (1, 1)
        assert differences(as_sent(warning)) == []
        assert (warning["pair"], warning["direction"], warning["margin_mode"]) == (PAIR, "Long", "isolated")
        await at(stage, 92.6)
        assert stage.bot.book.closed[0].exit_reason == "liquidation"


async def test_funding_is_reckoned_after_the_hour_and_belongs_to_the_profit(tmp_path):
    async with futures_scene(tmp_path) as stage:
        trade = await stage.bot.force_enter(EntryRequest(pair=PAIR, side="short", leverage=2.0))
        hour = int(datetime(2026, 1, 5, 13, tzinfo=UTC).timestamp() * 1000)
        stage.market.funding = [FundingRate(hour, 0.001)]
        stage.market.wait(hours=1, minutes=1)
        await at(stage, 100.0)
        assert trade.funding_fees == pytest.approx(0.001 * 100.0 * 2.0)
        await stage.bot.force_exit(ExitRequest(trade_id="all", order_type="market"))
        assert trade.orders[-1].funding_fee == pytest.approx(0.2)
        assert trade.close_profit_abs == pytest.approx(2 * 100 * (0.999 - 1.001) - 0.2 + 0.4)


async def test_an_exit_does_not_wait_for_missing_funding_fees(tmp_path, monkeypatch):
    monkeypatch.setattr("appliance.bot.orders.funding.LONGEST_SECONDS", 0.01)
    async with futures_scene(tmp_path) as stage:
        trade = await stage.bot.force_enter(EntryRequest(pair=PAIR, side="short", leverage=2.0))
        stage.market.wait(hours=1, minutes=1)
        stage.market.futures.silent = True
        async with asyncio.timeout(20):
            await stage.bot.force_exit(ExitRequest(trade_id="all", order_type="market"))
        assert not trade.is_open


async def test_positions_and_their_margin_are_in_the_balance(tmp_path):
    async with futures_scene(tmp_path) as stage:
        await stage.bot.force_enter(EntryRequest(pair=PAIR, side="short", leverage=5.0))
        await at(stage, 101.0)
        wallets = stage.bot.wallets
        assert (wallets.get_free("USDT"), wallets.get_used("USDT"), wallets.get_total("USDT")) == (
            900,
            100,
            1000,
        )
        assert wallets.get_owned(PAIR, "ETH") == 5.0
        told = await balance(stage.bot)
        (position,) = [each for each in told.currencies if each.is_position]
        assert (position.currency, position.side, position.position) == (PAIR, "short", 5.0)
        assert position.est_stake == pytest.approx(95.0)
        assert told.total == pytest.approx(995.0)


async def test_a_strategy_trades_both_ways_with_mark_prices_and_funding_rates(tmp_path):
    bot, told = await traded(tmp_path, STRATEGIES, "BothWays", mode=TradingMode.FUTURES)
    assert told == []
    assert {trade.is_short for trade in bot.book.closed} == {True, False}
    assert {trade.leverage for trade in bot.book.closed} >= {5.0, 50.0}
    frame = next(iter(bot.frames.values())).frame
    assert frame["mark_close"].notna().any()
    assert frame["funding_funding_rate"].notna().any()
